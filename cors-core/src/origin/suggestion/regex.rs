//! Patterns that stand for simple regular expressions.

use super::plain::plain;
use super::{Advice, MOST_ELEMENTS};
use crate::http::text;
use crate::origin::{host, origin, pattern};

/// What only a regular expression has, separated by spaces.
const SIGNS: &str = r"\. \d \w \S \/ \: \- \[ ://.* ://.+ :.* :.+ s?: ( | [0-9 [a-z [A-Z [^ ]+ .{";

/// What matches any part of a label, or more, separated by spaces.
const ANY_PART: &str = r".* .+ [^.]* [^.]+ [^/]* [^/]+ [^./]* [^./]+ [^/.]+ [a-z0-9-]* [a-z0-9-]+ [a-zA-Z0-9-]* [a-zA-Z0-9-]+ [\w-]* [\w-]+";

/// Stands for the `*` of a pattern while `*` is a sign of an expression.
const WILDCARD: &str = "\u{0}";

/// Longer texts are not read.
const LONGEST: usize = 500;

/// Whether somebody took patterns for regular expressions.
pub(super) fn is_likely(text: &str) -> bool {
    text.starts_with('^')
        || text.ends_with('$')
        || text.starts_with("/^")
        || text::split(SIGNS, |c| c == ' ').any(|sign| text::contains(text, sign))
}

/// The patterns that match nothing but what a regular expression does.
pub(super) fn advice(text: &str) -> Advice {
    let mut expanded = Vec::new();
    // Escaped slashes are those of a JavaScript literal.
    let text = text::replace(without_slashes(text), "\\/", "/");
    let text = text::replace(&text, "s?:", "(s)?:");
    if text.len() > LONGEST || expand(&text, &mut expanded).is_none() {
        return Advice::General;
    }
    let mut patterns: Vec<String> = Vec::new();
    for text in &expanded {
        match rewrite(text).map(|text| plain(&text)) {
            Some(Advice::One(pattern)) => add(&mut patterns, pattern),
            Some(advice) if expanded.len() == 1 => return advice,
            _ => return Advice::General,
        }
    }
    match patterns.len() {
        0 | 1 => patterns.pop().into(),
        _ => Advice::Each(patterns),
    }
}

/// Adds a pattern unless another one covers it, and drops those that it covers.
fn add(patterns: &mut Vec<String>, pattern: String) {
    if patterns.iter().any(|other| *other == pattern || is_wider(other, &pattern)) {
        return;
    }
    patterns.retain(|other| !is_wider(&pattern, other));
    patterns.push(pattern);
}

/// Whether a pattern with a wildcard matches whatever another one does.
fn is_wider(wide: &str, pattern: &str) -> bool {
    wide.strip_suffix(":*") == Some(pattern)
        || pattern::parse(wide).is_ok_and(|wide| wide.has_wildcard() && wide.matches(pattern))
}

/// A JavaScript literal without its slashes and flags.
fn without_slashes(text: &str) -> &str {
    let Some(literal) = text.strip_prefix('/') else { return text };
    let is_flag = |c: char| matches!(c, 'd' | 'g' | 'i' | 'm' | 's' | 'u' | 'v' | 'y');
    text::trim_end(literal, is_flag).strip_suffix('/').unwrap_or(text)
}

/// Writes out groups and alternatives, the innermost group first. `None` if there are too many, or
/// what is not one.
fn expand(text: &str, expanded: &mut Vec<String>) -> Option<()> {
    let Some((before, rest)) = text.rsplit_once('(') else {
        expanded.extend(text::split(text, |c| c == '|').map(str::to_owned));
        return (expanded.len() <= MOST_ELEMENTS).then_some(());
    };
    let (group, after) = text::split_once(rest, ")")?;
    let group = group.strip_prefix("?:").unwrap_or(group);
    if group.starts_with('?') || after.starts_with(['*', '+', '{']) {
        return None;
    }
    let optional = after.strip_prefix('?');
    let after = optional.unwrap_or(after);
    for choice in text::split(group, |c| c == '|') {
        expand(&[before, choice, after].concat(), expanded)?;
    }
    if optional.is_some() {
        expand(&[before, after].concat(), expanded)?;
    }
    Some(())
}

/// The text without groups as a pattern is written. `None` if it means something else.
fn rewrite(text: &str) -> Option<String> {
    let is_open = text.starts_with('^') && !text.ends_with('$');
    let mut text = text::trim_start(text::trim_end(text, |c| c == '$'), |c| c == '^').to_owned();
    for (escaped, character) in [("\\:", ":"), ("\\-", "-"), ("\\[", "["), ("\\]", "]")] {
        text = text::replace(&text, escaped, character);
    }
    let (scheme, rest) = match text::split_once(&text, "://") {
        Some((scheme, rest)) => ([scheme, "://"], rest),
        None => ([""; 2], text.as_str()),
    };
    if text::has(scheme[0], is_sign) {
        return None;
    }
    let path = ["/.*", "/.+", "/?", "/*", "/"];
    let rest = path.iter().find_map(|path| rest.strip_suffix(path)).unwrap_or(rest);
    let (host, port) = origin::split_port(rest);
    let any_labels = [".*\\.", ".+\\.", ".*.", ".+.", "*\\.", "*."];
    let base = any_labels.iter().find_map(|labels| host.strip_prefix(labels));
    // The end of a host.
    let base = base.or_else(|| host.strip_prefix("\\.").filter(|_| scheme[1].is_empty()));
    let (labels, base) = base.map_or(("", host), |base| ("*.", base));
    let base = if labels.is_empty() { &with_wildcard(base)? } else { base };
    let base = text::replace(base, "\\.", ".");
    if text::has(&base, is_sign) && host::parse_ipv6(&base).is_none() {
        return None;
    }
    let base = text::replace(&base, WILDCARD, "*");
    let [before, port] = match port {
        Some(port) => [":", port],
        // Without an end, this means any port too.
        None if is_open && host::is_loopback(&base) => [":", "*"],
        None => ["", ""],
    };
    Some([scheme[0], scheme[1], labels, &base, before, port].concat())
}

/// The host with [`WILDCARD`] in place of an expression that matches whatever a `*` does there, or of a
/// `*` that is no sign of an expression. `None` if that would stand for more.
fn with_wildcard(host: &str) -> Option<String> {
    let mut parts = text::split(ANY_PART, |c| c == ' ').chain(["*"]);
    let Some((part, (before, after))) =
        parts.find_map(|part| Some((part, text::split_once(host, part)?)))
    else {
        return Some(host.into());
    };
    let matches_dots = part.starts_with('.') || part.starts_with("[^/]");
    let is_right = if after.is_empty() {
        before.is_empty() && matches_dots
    } else {
        let is_whole_label =
            before.is_empty() && text::trim_start(after, |c| c == '\\').starts_with('.');
        // `a.*.example` is no expression, but a `*` for a label.
        let is_glob = part.starts_with('.') && !text::contains(after, "\\.");
        !is_whole_label && !is_glob
    };
    is_right.then(|| [before, WILDCARD, after].concat())
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
            (r"^https://.*-team\.vercel\.app$", &["https://*-team.vercel.app"]),
            (r"^https://pr-(.+)\.example\.com$", &["https://pr-*.example.com"]),
            (r"^https://app-[^.]+--site\.netlify\.app$", &["https://app-*--site.netlify.app"]),
            (r"^https://[a-z0-9-]+-team\.example\.com$", &["https://*-team.example.com"]),
            (r"^https://pr-[\w-]+\.example\.com:\d+$", &["https://pr-*.example.com:*"]),
            (r"https://pr-*.example.com:\d+", &["https://pr-*.example.com:*"]),
            (r"^moz-extension://.*$", &["moz-extension://*"]),
            (r"^app://[^/]+$", &["app://*"]),
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
            r"^https://pr-.*\.com$",
            r"^https://.*-.*\.example\.com$",
            r"^app://[^.]+$",
            r"^https://app\.pr-.*\.example\.com$",
            r"^https://app.*.example.com$",
            r"^https://pr-.+.example.com$",
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
