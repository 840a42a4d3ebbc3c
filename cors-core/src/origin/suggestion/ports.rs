//! Ports as people write them.

use super::MOST_ELEMENTS;
use crate::http::text;

/// The ports that a text means.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Ports {
    Default,
    Any,
    Exact(u16),
    Listed(Vec<u16>),
    /// Several, but not any, and too many to list.
    Many,
}

/// Reads what stands after the colon; `None` if it is not clear.
pub(super) fn read(text: &str) -> Option<Ports> {
    let inside = text::trim(text, |c| matches!(c, '[' | ']' | '{' | '}' | '(' | ')'));
    if text.is_empty() {
        return Some(Ports::Default);
    }
    if is_any(text) || is_any(inside) {
        return Some(Ports::Any);
    }
    if let Some(port) = port(text) {
        return Some(Ports::Exact(port));
    }
    if let Some((first, last)) = range(inside) {
        let is_short = usize::from(last - first) < MOST_ELEMENTS;
        let ports = || Ports::Listed((first..=last).collect());
        return Some(if is_short { ports() } else { Ports::Many });
    }
    list(inside).or_else(|| begins_with_digits(text).then_some(Ports::Many))
}

fn list(text: &str) -> Option<Ports> {
    let mut ports = Vec::new();
    for part in text::split(text, |c| matches!(c, ',' | '|' | ';' | ' ')) {
        if !part.is_empty() {
            ports.push(port(part).filter(|_| ports.len() < MOST_ELEMENTS)?);
        }
    }
    (!ports.is_empty()).then_some(Ports::Listed(ports))
}

fn port(digits: &str) -> Option<u16> {
    let is_number = text::has_only(digits, |c| c.is_ascii_digit());
    digits.parse().ok().filter(|port| is_number && *port > 0)
}

fn range(text: &str) -> Option<(u16, u16)> {
    let split = |separator| text::split_once(text, separator);
    let (first, last) = split("..=").or_else(|| split("..")).or_else(|| split("-"))?;
    let (first, last) = (port(first)?, port(last)?);
    (first < last).then_some((first, last))
}

/// Whether a text stands for any number: a glob, or a regular expression for digits.
fn is_any(text: &str) -> bool {
    let is_all = |is: fn(char) -> bool| !text.is_empty() && text::has_only(text, is);
    if is_all(|c| c == '*')
        || is_all(|c| c == '?')
        || is_all(|c| c == '#')
        || matches!(text, ".*" | ".+" | "\\*")
    {
        return true;
    }
    /// Most ports of development servers have four digits.
    const DIGITS: usize = 4;
    let (mut rest, mut digits, mut repeats) = (text, 0, false);
    while let Some(after) = digit(rest) {
        digits += 1;
        rest = after;
        if let Some(after) = repetition(rest) {
            repeats = true;
            rest = after;
        }
    }
    rest.is_empty() && (repeats || digits >= DIGITS)
}

/// What follows a regular expression for one digit.
fn digit(text: &str) -> Option<&str> {
    ["\\d", "[0-9]", "[1-9]", "[\\d]"].iter().find_map(|digit| text.strip_prefix(digit))
}

/// What follows a regular expression's sign that something is repeated.
fn repetition(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix(['+', '*']) {
        return Some(rest);
    }
    let (times, rest) = text::split_once(text.strip_prefix('{')?, "}")?;
    text::has_only(times, |c| c.is_ascii_digit() || c == ',').then_some(rest)
}

/// Whether a text is the beginning of a port, with a glob or a regular expression for the rest.
fn begins_with_digits(text: &str) -> bool {
    let rest = text::trim_start(text, |c| c.is_ascii_digit());
    let is_sign = |c: char| matches!(c, '*' | '?' | '#' | 'x' | 'X' | '+');
    let is_sign_or_dot = |c: char| matches!(c, '*' | '?' | '#' | 'x' | 'X' | '+' | '.');
    // `.` only as in `.*`.
    let is_glob = text::ends(rest, is_sign) && text::has_only(rest, is_sign_or_dot);
    let mut digits = rest;
    while let Some(after) = digit(digits) {
        digits = repetition(after).unwrap_or(after);
    }
    rest.len() < text.len() && (is_glob || !rest.is_empty() && digits.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Ports, read};

    #[test]
    fn ports_are_read() {
        for text in [
            "*",
            "**",
            "????",
            "#####",
            ".*",
            ".+",
            "[*]",
            "\\*",
            r"\d+",
            r"\d*",
            "[0-9]+",
            r"\d{4}",
            r"\d{1,5}",
            r"\d\d\d\d",
            "[1-9][0-9]*",
            r"(\d+)",
            "[0-9]{4,5}",
        ] {
            assert_eq!(read(text), Some(Ports::Any), "{text}");
        }
        for text in ["300*", "30??", "80*", "300x", r"30\d\d", "300[0-9]", "3000-3010", "[1-9999]"]
        {
            assert_eq!(read(text), Some(Ports::Many), "{text}");
        }
        for (text, ports) in [
            ("3000-3002", vec![3000, 3001, 3002]),
            ("[3000-3001]", vec![3000, 3001]),
            ("3000..3002", vec![3000, 3001, 3002]),
            ("[8080,8081]", vec![8080, 8081]),
            ("(3000|5173)", vec![3000, 5173]),
            ("3000,5173", vec![3000, 5173]),
        ] {
            assert_eq!(read(text), Some(Ports::Listed(ports)), "{text}");
        }
        assert_eq!(read(""), Some(Ports::Default));
        assert_eq!(read("08080"), Some(Ports::Exact(8080)));
        for text in ["0", "65536", "http", "-1", "+1", "80.", "3010-3000", "?q", "\\", r"\d", "xx"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
