//! Problems with the line of the file that they are in.

use std::io::{self, Write};
use std::ops::Range;

use annotate_snippets::{
    AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str,
};
use cors_core::Diagnostic;
use cors_core::explain::Severity;

use super::problem::{Problem, Source};
use crate::input::in_one_line;

/// The terminal removes the colours where it has none.
pub(super) fn write(problems: &[Problem], out: &mut impl Write) -> io::Result<()> {
    for problem in problems {
        writeln!(out, "{}\n", Renderer::styled().render(&[group(problem)]))?;
    }
    Ok(())
}

fn group(problem: &Problem) -> Group<'_> {
    let level = match problem.severity() {
        Severity::Warning => Level::WARNING,
        _ => Level::ERROR,
    };
    let diagnostic = problem.diagnostic.as_ref();
    let title = match diagnostic {
        Some(diagnostic) => level.primary_title(diagnostic.reason()).id(diagnostic.code()),
        None => level.primary_title(problem.text()),
    };
    let file = in_one_line(&problem.file);
    let mut group = match (&problem.source, problem.place()) {
        (Some(source), Some((line, _))) => {
            let label = diagnostic.map(Diagnostic::path);
            let annotation = AnnotationKind::Primary.span(span(source, diagnostic)).label(label);
            let snippet = Snippet::source(source.text.as_str()).line_start(line).path(file);
            title.element(snippet.annotation(annotation))
        }
        (None, Some((line, column))) => {
            title.element(Origin::path(file).line(line).char_column(column))
        }
        _ => title.element(Origin::path(file)),
    };
    if let Some(diagnostic) = diagnostic {
        if problem.source.is_none() {
            let setting = normalize_untrusted_str(&setting(diagnostic));
            group = group.element(Level::NOTE.message(setting));
        }
        group = group.element(Level::HELP.message(normalize_untrusted_str(diagnostic.help())));
    }
    group
}

/// Describes a setting that has no place in the file, and its value.
fn setting(diagnostic: &Diagnostic) -> String {
    match diagnostic.value() {
        Some(value) => format!("{} is {value:?}", diagnostic.path()),
        None => format!("the setting is {}", diagnostic.path()),
    }
}

/// The bytes that a diagnostic is about: the value or, if the file spells it differently, a string
/// or a word.
fn span(source: &Source, diagnostic: Option<&Diagnostic>) -> Range<usize> {
    let start = source.start;
    let rest = source.text.get(start..).unwrap_or_default();
    let value = diagnostic.and_then(Diagnostic::value).filter(|value| !value.is_empty());
    let len = match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => quoted_len(rest, quote),
        _ => match value.filter(|value| rest.starts_with(value)) {
            Some(value) => value.len(),
            None => word_len(rest),
        },
    };
    start..start + len
}

/// The length of the string at the beginning of a text, with its quotes. Three quotes begin a string of
/// several lines.
fn quoted_len(text: &str, quote: char) -> usize {
    let quotes = String::from(quote).repeat(3);
    if let Some(rest) = text.strip_prefix(&quotes) {
        return rest.find(&quotes).map_or(text.len(), |end| end + 2 * quotes.len());
    }
    let mut is_escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = quote == '"',
            _ if character == quote => return at + quote.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// The length of the word at the beginning of a text, or of the one character that is no word.
fn word_len(text: &str) -> usize {
    let ends = |character: char| character.is_whitespace() || "=:,[]{}#".contains(character);
    let first = text.chars().next().map_or(0, char::len_utf8);
    text.find(ends).unwrap_or(text.len()).max(first)
}

#[cfg(test)]
mod tests {
    use super::{quoted_len, word_len};

    #[test]
    fn strings_and_words_end_where_they_end_in_files() {
        for (text, len) in [
            (r#""a" ]"#, 3),
            (r#""\"" ]"#, 4),
            (r"'\', 'b'", 3),
            ("'é'", 4),
            ("'a", 2),
            ("\"\"\"a", 4),
            ("\'\'\'a\'\'\' ]", 7),
        ] {
            assert_eq!(quoted_len(text, text.chars().next().unwrap_or_default()), len, "{text}");
        }
        for (text, len) in
            [("max_age = 1", 7), ("600, 1", 3), ("[1]", 1), ("a: b", 1), ("é", 2), ("", 0)]
        {
            assert_eq!(word_len(text), len, "{text}");
        }
    }
}
