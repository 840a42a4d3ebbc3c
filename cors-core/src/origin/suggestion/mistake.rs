//! Mistakes that are told by more than the first character that is wrong.

use std::net::Ipv6Addr;

use super::{Advice, hosts, is_curly_quote, regex, unwrapped, url, without_brackets, without_pair};
use crate::origin::origin;
use crate::origin::pattern_error::PatternErrorKind as Kind;

/// What a text that is not a pattern was meant to be; `kind` is the first problem it has.
pub(crate) fn kind(kind: Kind, text: &str) -> Kind {
    /// Longer texts are not read.
    const LONGEST: usize = 1000;

    if matches!(kind, Kind::Empty | Kind::Null | Kind::File) || text.len() > LONGEST {
        return kind;
    }
    let whole = text.trim();
    let text = unwrapped(text);
    if is_data(text) {
        Kind::Data
    } else if url::has_no_origin(text) {
        Kind::WithoutOrigin
    } else if url::means_own_pages(text) {
        Kind::OwnPages
    } else if url::after_prefix(text).is_some() {
        Kind::UrlPrefix
    } else if has_placeholder(text) {
        Kind::Placeholder
    } else if is_every_host(text) {
        Kind::EveryHost
    } else if is_network(text) {
        Kind::Network
    } else if has_question_mark_in_host(text) {
        Kind::QuestionMark
    } else if whole.starts_with(is_curly_quote) || whole.ends_with(is_curly_quote) {
        Kind::Quotes
    } else if kind != Kind::Quotes
        && (without_pair(whole), without_brackets(whole)) != (whole, whole)
    {
        Kind::Brackets
    } else if kind != Kind::Quotes && regex::is_likely(text) {
        Kind::RegularExpression
    } else if kind == Kind::SeveralOrigins && has_semicolon_after_scheme(text) {
        Kind::MissingScheme
    } else if kind == Kind::EmptyLabel && is_wildcard_with_trailing_dot(text) {
        Kind::TrailingDotUnderWildcard
    } else if kind == Kind::Query
        && text.split_once('?').is_some_and(|(host, _)| host.ends_with(':'))
    {
        Kind::InvalidPort
    } else {
        kind
    }
}

/// What to write instead, if the kind of the mistake leaves no other choice.
pub(super) fn advice(kind: Kind, text: &str) -> Option<Advice> {
    match kind {
        Kind::EveryHost if is_website(unwrapped(text)) => Some(Advice::Instead(
            "list the origins, write \"*\" alone to share public data with every website, or set allow_origins_by_predicate to true and let the application decide",
        )),
        Kind::MissingScheme | Kind::MissingHost => url::extension_advice(unwrapped(text)),
        Kind::SeveralOrigins if unwrapped(text).split([',', ';', ' ']).any(|one| one == "*") => {
            Some(Advice::Instead("write \"*\" alone, or list the origins without it"))
        }
        Kind::Empty
        | Kind::Null
        | Kind::File
        | Kind::Data
        | Kind::WithoutOrigin
        | Kind::OwnPages
        | Kind::QuestionMark
        | Kind::Placeholder
        | Kind::EveryHost
        | Kind::Network => Some(Advice::General),
        _ => None,
    }
}

fn is_data(text: &str) -> bool {
    text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:")) && !text.contains("://")
}

fn is_website(text: &str) -> bool {
    text.split_once("://").is_none_or(|(scheme, _)| scheme.starts_with("http"))
}

/// Whether there is a name that a template, a shell or an extension's manifest should have
/// replaced.
fn has_placeholder(text: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
    };
    let between = |open: char, close: char| {
        let after = text.match_indices(open).filter_map(|(at, _)| text.get(at + 1..));
        let mut inside = after.filter_map(|rest| Some(rest.split_once(close)?.0));
        // Some templates have `<%= name %>`.
        inside.any(|inside| is_name(inside.trim_matches(['%', '=', '-', ' '])))
    };
    let after_dollar = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    // `%s`, but not `%d0`, which is an encoded byte.
    let is_format = |rest: &str| {
        let mut chars = rest.chars();
        matches!(chars.next(), Some('s' | 'd')) && !chars.next().is_some_and(char::is_alphanumeric)
    };
    text.contains("__MSG_")
        || text.contains("@@")
        || between('{', '}')
        || between('<', '>')
        || between('%', '%')
        || text.split('$').skip(1).any(after_dollar)
        || text.split('%').skip(1).any(is_format)
}

/// Whether a `*` stands for the whole host.
fn is_every_host(text: &str) -> bool {
    let (scheme, rest) = text.split_once("://").map_or((None, text), |(s, rest)| (Some(s), rest));
    let authority = rest.trim_end_matches('$').split('/').next().unwrap_or_default();
    let (host, port) = origin::split_port(authority);
    (scheme.is_some() || port.is_some())
        && matches!(host, "*" | "**" | "*." | "*.*" | ".*" | ".+" | "(.*)" | "(.+)")
}

/// Whether a `?` stands for a character of a host, as in `https://pr-??.example.com`.
fn has_question_mark_in_host(text: &str) -> bool {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let Some((before, rest)) = authority.split_once('?') else { return false };
    let after = rest.trim_start_matches('?');
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let is_of_host = |c: char| is_plain(c) || matches!(c, '?' | ':' | '*');
    before.chars().all(is_plain)
        && rest.chars().all(is_of_host)
        && (after.starts_with(['.', '-'])
            || after.is_empty() && before.ends_with(['.', '-'])
            || before.is_empty() && after.contains('.'))
}

/// Whether a semicolon stands for the colon, as in `https;//a.example`.
fn has_semicolon_after_scheme(text: &str) -> bool {
    ["http;//", "https;//"].iter().any(|start| text.starts_with(start))
        && !text.contains([',', ' '])
        && text.matches(';').count() == 1
}

fn is_wildcard_with_trailing_dot(text: &str) -> bool {
    let authority = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (host, _) = origin::split_port(authority);
    let base = host.strip_prefix("*.").and_then(|base| base.strip_suffix('.'));
    base.is_some_and(|base| base.split('.').all(|label| !label.is_empty()))
}

/// Whether a text means the addresses of a network: in CIDR notation, or with a wildcard for some
/// of the numbers.
fn is_network(text: &str) -> bool {
    let text = text.replace("\\/", "/").replace("\\.", ".");
    let rest = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
    let is_prefix = rest.ends_with('.') && text.starts_with('^');
    let rest = rest.trim_start_matches('^').trim_end_matches('$');
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let after = path.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_length = (1..=3).contains(&(path.len() - after.len()))
        && !after.starts_with(|c: char| c.is_alphanumeric() || c == '.');
    if is_length && authority.trim_matches(['[', ']']).parse::<Ipv6Addr>().is_ok() {
        return true;
    }
    let (host, _) = origin::split_port(authority);
    // One address, and a dot too many.
    let host = host.strip_suffix('.').filter(|host| hosts::is_ipv4(host)).unwrap_or(host);
    let mut labels = host.split('.');
    let is_number = |label: &str| label.parse::<u8>().is_ok();
    let is_wild = |label: &str| is_wild_number(label);
    // `*.168.0.1`
    let has_four = labels.clone().count() == 4 && labels.clone().any(is_number);
    (has_four || labels.clone().next().is_some_and(is_number))
        && labels.clone().all(|label| is_number(label) || is_wild(label))
        && (is_length || is_prefix || labels.any(is_wild))
}

/// Whether a label stands for several numbers: `*`, `0-255`, or a regular expression.
fn is_wild_number(label: &str) -> bool {
    let bare = label.trim_matches(['(', ')']);
    let is_range = bare.split_once('-').is_some_and(|(first, last)| {
        first.trim_start_matches('[').parse::<u8>().is_ok()
            && last.trim_end_matches(']').parse::<u8>().is_ok()
    });
    let is_digits = ["\\d", "[0-9]"].into_iter().any(|digit| {
        bare.strip_prefix(digit)
            .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || "+*{},".contains(c)))
    });
    let is_glob = !bare.is_empty() && bare.chars().all(|c| c == '?');
    is_range || is_digits || is_glob || matches!(bare, "" | "*" | "+" | "x" | "X" | "**")
}

#[cfg(test)]
mod tests {
    use super::kind;
    use crate::origin::pattern_error::PatternErrorKind as Kind;

    #[test]
    fn mistakes_are_told() {
        for (text, expected) in [
            ("data:", Kind::Data),
            ("DATA:text/html,x", Kind::Data),
            ("javascript:void(0)", Kind::WithoutOrigin),
            ("About:blank", Kind::WithoutOrigin),
            ("about://a", Kind::Path),
            ("'self'", Kind::OwnPages),
            ("Same-Origin", Kind::OwnPages),
            ("blob:https://a.example/1", Kind::UrlPrefix),
            ("View-Source:https://a.example", Kind::UrlPrefix),
            ("blob:", Kind::Path),
            ("https://??.example.com", Kind::QuestionMark),
            ("https://app?.example.com", Kind::QuestionMark),
            ("pr-??.example.com", Kind::QuestionMark),
            ("https://pr-??", Kind::QuestionMark),
            ("https://?app.example.com", Kind::QuestionMark),
            ("https://a.example??", Kind::Path),
            ("https://a.example?a=.b", Kind::Path),
            ("“https://a.example”", Kind::Quotes),
            ("«https://a.example»", Kind::Quotes),
            ("<https://a.example>", Kind::Brackets),
            ("{https://a.example/}", Kind::Brackets),
            ("[https://a.example]", Kind::Brackets),
            ("<a.example", Kind::Path),
            ("data://x", Kind::Path),
            ("chrome-extension://__MSG_@@extension_id__", Kind::Placeholder),
            ("https://${HOST}", Kind::Placeholder),
            ("$CORS_ORIGIN", Kind::Placeholder),
            ("https://%s.example", Kind::Placeholder),
            ("<%= origin %>", Kind::Placeholder),
            ("https://{{ host }}:8080", Kind::Placeholder),
            ("https://{tenant}.example.com", Kind::Placeholder),
            ("https://<your-domain>", Kind::Placeholder),
            ("%ORIGIN%", Kind::Placeholder),
            ("https://a.example$", Kind::RegularExpression),
            ("https://.{5,}.example", Kind::RegularExpression),
            ("http://[fe80::1%eth0]", Kind::Path),
            ("moz-extension://*", Kind::EveryHost),
            ("https://*/*", Kind::EveryHost),
            ("^chrome-extension://.*$", Kind::EveryHost),
            ("http://*:3000", Kind::EveryHost),
            ("*:3000", Kind::EveryHost),
            ("http://192.168.*", Kind::Network),
            ("10.*", Kind::Network),
            ("192.168.*.*:5173", Kind::Network),
            ("http://192.168.1.x:3000", Kind::Network),
            ("http://192.168.0.0/16", Kind::Network),
            ("10/8", Kind::Network),
            ("fd00::/8", Kind::Network),
            ("http://[fd00::]/8", Kind::Network),
            ("http://172.16-31.*.*", Kind::Network),
            (r"^http:\/\/192\.168\.\d+\.\d+:\d+$", Kind::Network),
            (r"^http://10\.", Kind::Network),
            ("http://192.168.1.???", Kind::Network),
            ("http://*.0.0.1", Kind::Network),
            ("https://*.168.0.1:8443", Kind::Network),
            ("https://*.127.0.0.1", Kind::Path),
            ("http://192.168.0.7/", Kind::Path),
            ("http://192.168.0.7/index", Kind::Path),
            ("10.*.example.com", Kind::Path),
            (r"http://localhost:\d+", Kind::RegularExpression),
            (r"/^http:\/\/localhost:\d+$/", Kind::RegularExpression),
            ("https://a.example?b", Kind::Path),
        ] {
            assert_eq!(kind(Kind::Path, text), expected, "{text}");
        }
        assert_eq!(kind(Kind::Query, "http://localhost:????"), Kind::InvalidPort);
        assert_eq!(kind(Kind::Query, "https://a.example?b"), Kind::Query);
        assert_eq!(kind(Kind::Null, "null"), Kind::Null);
        assert_eq!(kind(Kind::SeveralOrigins, "https;//a.example"), Kind::MissingScheme);
        let several = "https;//a.example;b.example";
        assert_eq!(kind(Kind::SeveralOrigins, several), Kind::SeveralOrigins);
        for (text, expected) in [
            ("https://*.a.example.", Kind::TrailingDotUnderWildcard),
            ("https://*.a.example.:8443", Kind::TrailingDotUnderWildcard),
            ("https://*.a..example.", Kind::EmptyLabel),
            ("https://.a.example.", Kind::EmptyLabel),
        ] {
            assert_eq!(kind(Kind::EmptyLabel, text), expected, "{text}");
        }
    }
}
