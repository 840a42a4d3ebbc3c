use std::fmt;

/// Returns a value as [`Quoted`] prints it.
#[inline(never)]
pub(crate) fn quoted(value: &str) -> String {
    Quoted(value).to_string()
}

/// A value between quotes, escaped, and cut where it is too long to be read.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 100;
        match self.0.char_indices().nth(LONGEST).and_then(|(end, _)| self.0.get(..end)) {
            Some(start) => write!(f, "{start:?}…"),
            None => write!(f, "{:?}", self.0),
        }
    }
}

/// Values between quotes, separated by commas; of many, the first.
pub(crate) struct QuotedList<'a>(pub(crate) &'a [String]);

impl fmt::Display for QuotedList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 10;

        for (index, value) in self.0.iter().take(MOST).enumerate() {
            f.write_str(if index > 0 { ", " } else { "" })?;
            Quoted(value).fmt(f)?;
        }
        f.write_str(if self.0.len() > MOST { ", …" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::Quoted;

    #[test]
    fn values_are_escaped_and_cut() {
        assert_eq!(Quoted("a\n\"b\"").to_string(), r#""a\n\"b\"""#);
        assert_eq!(Quoted(&"é".repeat(100)).to_string(), format!("\"{}\"", "é".repeat(100)));
        assert_eq!(Quoted(&"é".repeat(101)).to_string(), format!("\"{}\"…", "é".repeat(100)));
    }
}
