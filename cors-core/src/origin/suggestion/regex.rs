//! Patterns that stand for simple regular expressions.

use std::borrow::Cow;

use super::plain::plain;
use super::{Advice, MOST_ELEMENTS};
use crate::origin::pattern::OriginPattern;
use crate::origin::{host, origin};

/// What only a regular expression has.
const SIGNS: [&str; 21] = [
    "\\.", "\\d", "\\w", "\\S", "\\/", "\\:", "\\-", "\\[", "://.*", "://.+", ":.*", ":.+", "s?:",
    "(", "|", "[0-9", "[a-z", "[A-Z", "[^", "]+", ".{",
];

/// Longer texts are not read.
const LONGEST: usize = 500;

/// Whether somebody took patterns for regular expressions.
pub(super) fn is_likely(text: &str) -> bool {
    text.starts_with('^')
        || text.ends_with('$')
        || text.starts_with("/^")
        || SIGNS.into_iter().any(|sign| text.contains(sign))
}

/// The patterns that match nothing but what a regular expression does.
pub(super) fn advice(text: &str) -> Advice {
    let mut expanded = Vec::new();
    // Escaped slashes are those of a JavaScript literal.
    let text = without_slashes(text).replace("\\/", "/").replace("s?:", "(s)?:");
    if text.len() > LONGEST || expand(&text, &mut expanded).is_none() {
        return Advice::General;
    }
    let mut patterns: Vec<String> = Vec::new();
    for text in &expanded {
        match rewrite(text).map(|text| plain(&text)) {
            Some(Advice::One(pattern)) if !patterns.contains(&pattern) => patterns.push(pattern),
            Some(Advice::One(_)) => {}
            Some(advice) if expanded.len() == 1 => return advice,
            _ => return Advice::General,
        }
    }
    let covers = |pattern: &String| patterns.iter().any(|other| is_wider(other, pattern));
    let mut needed: Vec<_> = patterns.iter().filter(|pattern| !covers(pattern)).cloned().collect();
    match needed.len() {
        0 => Advice::General,
        1 => needed.pop().into(),
        _ => Advice::Each(needed),
    }
}

/// Whether a pattern with a wildcard matches whatever another one does.
fn is_wider(wide: &str, pattern: &str) -> bool {
    let matches = |wide: OriginPattern| wide.has_wildcard() && wide.matches(pattern.as_bytes());
    wide != pattern && (wide.strip_suffix(":*") == Some(pattern) || wide.parse().is_ok_and(matches))
}

/// A JavaScript literal without its slashes and flags.
fn without_slashes(text: &str) -> &str {
    let literal = text.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
    match literal {
        Some((inside, flags)) if flags.bytes().all(|flag| b"dgimsuvy".contains(&flag)) => inside,
        _ => text,
    }
}

/// Writes out groups and alternatives, the innermost group first. `None` if there are too many, or
/// what is not one.
fn expand(text: &str, expanded: &mut Vec<String>) -> Option<()> {
    let Some((before, rest)) = text.rsplit_once('(') else {
        expanded.extend(text.split('|').map(str::to_owned));
        return (expanded.len() <= MOST_ELEMENTS).then_some(());
    };
    let (group, after) = rest.split_once(')')?;
    let group = group.strip_prefix("?:").unwrap_or(group);
    if group.starts_with('?') || after.starts_with(['*', '+', '{']) {
        return None;
    }
    let optional = after.strip_prefix('?');
    let after = optional.unwrap_or(after);
    for choice in group.split('|') {
        expand(&format!("{before}{choice}{after}"), expanded)?;
    }
    if optional.is_some() {
        expand(&format!("{before}{after}"), expanded)?;
    }
    Some(())
}

/// The text without groups as a pattern is written. `None` if it means something else.
fn rewrite(text: &str) -> Option<String> {
    let is_open = text.starts_with('^') && !text.ends_with('$');
    let text = text.trim_start_matches('^').trim_end_matches('$');
    let text = text.replace("\\:", ":").replace("\\-", "-").replace("\\[", "[").replace("\\]", "]");
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), Cow::Borrowed(rest)),
        // The end of a host.
        None if text.starts_with("\\.") => (String::new(), Cow::Owned(format!("*{text}"))),
        None => (String::new(), Cow::Borrowed(text.as_str())),
    };
    if scheme.contains(is_sign) {
        return None;
    }
    let rest = ["/.*", "/.+", "/?", "/*", "/"]
        .into_iter()
        .find_map(|path| rest.strip_suffix(path))
        .unwrap_or(&rest);
    let (host, port) = origin::split_port(rest);
    let any_labels = [".*\\.", ".+\\.", ".*.", ".+.", "*\\.", "*."];
    let base = any_labels.into_iter().find_map(|labels| host.strip_prefix(labels));
    let (labels, base) = base.map_or(("", host), |base| ("*.", base));
    let base = base.replace("\\.", ".");
    if base.contains(is_sign) && host::parse_ipv6(&base).is_none() {
        return None;
    }
    let port = match port {
        Some(port) => format!(":{port}"),
        // Without an end, this means any port too.
        None if is_open && host::is_loopback(&base) => ":*".into(),
        None => String::new(),
    };
    Some(format!("{scheme}{labels}{base}{port}"))
}

/// Whether a character has a meaning in regular expressions that a pattern does not have.
const fn is_sign(c: char) -> bool {
    matches!(c, '\\' | '*' | '+' | '?' | '[' | ']' | '{' | '}' | '(' | ')' | '|' | '^' | '$')
}

#[cfg(test)]
mod tests {
    use super::super::Advice;
    use super::{advice, is_likely};

    #[test]
    fn simple_expressions_are_patterns() {
        for (text, patterns) in [
            (r"^https://.*\.example\.com$", &["https://*.example.com"][..]),
            (r"^https:\/\/.+\.example\.com\/?$", &["https://*.example.com"]),
            (r"/^https:\/\/example\.com$/i", &["https://example.com"]),
            (r"/\.example\.com$/", &["https://*.example.com"]),
            (r"^http:\/\/localhost:\d+$", &["http://localhost:*"]),
            (r"http://localhost:\d+", &["http://localhost:*"]),
            (r"^http://localhost(:\d+)?$", &["http://localhost:*"]),
            (r"^http://localhost", &["http://localhost:*"]),
            (r"^http://localhost$", &["http://localhost"]),
            (r"^https://app\.example\.com", &["https://app.example.com"]),
            (r"^http://\[::1\]:\d+$", &["http://[::1]:*"]),
            (r"^https?://localhost:[0-9]{4}$", &["https://localhost:*", "http://localhost:*"]),
            (
                r"^https?:\/\/(localhost|127\.0\.0\.1)(:\d+)?$",
                &[
                    "https://localhost:*",
                    "http://localhost:*",
                    "https://127.0.0.1:*",
                    "http://127.0.0.1:*",
                ],
            ),
            (r"https://(a|b)\.example\.com", &["https://a.example.com", "https://b.example.com"]),
            (r"^https://(.*\.)?example\.com$", &["https://*.example.com", "https://example.com"]),
            (
                r"^(https://a\.example|https://b\.example)$",
                &["https://a.example", "https://b.example"],
            ),
            (r"(https|http)://*.a.example", &["https://*.a.example", "http://*.a.example"]),
            (r"http://localhost:(3000|5173)", &["http://localhost:3000", "http://localhost:5173"]),
        ] {
            assert!(is_likely(text), "{text}");
            assert_eq!(advice(text).values(), patterns, "{text}");
        }
    }

    #[test]
    fn others_are_not() {
        for text in [
            r"https://[a-z]+\.example\.com",
            r"https://app[0-9]\.example\.com",
            r"^https://.{5,}\.example\.com$",
            r"^https://.*-team\.vercel\.app$",
            r"^https://deploy-preview-\d+--site\.netlify\.app$",
            r"^https://(a|b)+\.example$",
            r"^https://(?!evil)a\.example$",
            r"^https://a\.(com|org|net|io|dev|app|eu|uk|de)$",
            r"^.*://a\.example$",
            r"^https://a\.example:30\d\d$|^http://b\.example$",
            r"^https://[^.]+\.example\.com$",
            "((((",
            "|",
        ] {
            assert_eq!(advice(text), Advice::General, "{text}");
        }
        assert_eq!(advice(&"(a|b)".repeat(200)), Advice::General);
    }
}
