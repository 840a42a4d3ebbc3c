use std::fmt::{self, Write};

/// Text that stays on one line, whatever it contains: line breaks and all else that a terminal
/// would act on are escaped. A file can have any name.
pub(crate) struct OneLine<T>(pub(crate) T);

impl<T: fmt::Display> fmt::Display for OneLine<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{}", self.0)
    }
}

/// Escapes what is written to it.
struct Escaping<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // Paths under Windows are full of backslashes, which harm nobody.
        const KEPT: [char; 3] = ['\\', '"', '\''];

        for part in text.split_inclusive(KEPT) {
            let escaped = part.strip_suffix(KEPT).unwrap_or(part);
            write!(self.0, "{}", escaped.escape_debug())?;
            self.0.write_str(part.get(escaped.len()..).unwrap_or_default())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::OneLine;

    #[test]
    fn only_what_a_terminal_acts_on_is_escaped() {
        for (text, shown) in [
            (r#"C:\policies\it's "é".toml"#, r#"C:\policies\it's "é".toml"#),
            ("e\u{301}.toml", "e\u{301}.toml"),
            ("a\nb\r\u{2028}\u{85}c.toml", r"a\nb\r\u{2028}\u{85}c.toml"),
            ("\u{1b}[31m\\\n\u{202e}", "\\u{1b}[31m\\\\n\\u{202e}"),
            ("", ""),
        ] {
            assert_eq!(OneLine(text).to_string(), shown);
        }
    }
}
