//! Mistakes that are told by more than the first character that is wrong.

use super::{
    Advice, after_scheme, before_path, is_curly_quote, is_letter_or_digit, network, regex, trimmed,
    unwrapped, url, without_brackets, without_pair,
};
use crate::http::text;
use crate::origin::pattern_error::PatternErrorKind as Kind;
use crate::origin::{origin, scheme};

/// What a text that is not a pattern was meant to be; `kind` is the first problem it has.
pub(crate) fn kind(kind: Kind, text: &str) -> Kind {
    /// Longer texts are not read.
    const LONGEST: usize = 1000;

    if matches!(kind, Kind::Empty | Kind::Null | Kind::File) || text.len() > LONGEST {
        return kind;
    }
    let whole = trimmed(text);
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
    } else if let Some(kind) = every_host(text) {
        kind
    } else if network::is_network(text) {
        Kind::Network
    } else if has_question_mark_in_host(text) {
        Kind::QuestionMark
    } else if text::starts(whole, is_curly_quote) || text::ends(whole, is_curly_quote) {
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
        && text::split_once(text, "?").is_some_and(|(host, _)| host.ends_with(':'))
    {
        Kind::InvalidPort
    } else {
        kind
    }
}

/// What to write instead, if the kind of the mistake leaves no other choice.
pub(super) fn advice(kind: Kind, text: &str) -> Option<Advice> {
    match kind {
        Kind::Network => Some(network::advice(unwrapped(text))),
        Kind::MissingScheme | Kind::MissingHost => url::extension_advice(unwrapped(text)),
        Kind::SeveralOrigins
            if text::split(unwrapped(text), |c| matches!(c, ',' | ';' | ' '))
                .any(|one| one == "*") =>
        {
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
        | Kind::EveryHost => Some(Advice::General),
        _ => None,
    }
}

fn is_data(text: &str) -> bool {
    text::strip_prefix_ignore_case(text, "data:").is_some() && !text::contains(text, "://")
}

/// Whether there is a name that a template, a shell or an extension's manifest should have
/// replaced.
fn has_placeholder(text: &str) -> bool {
    let after_dollar = |rest: &str| text::starts(rest, |c| c.is_ascii_alphabetic() || c == '_');
    // `%s`, but not `%d0`, which is an encoded byte.
    let is_format = |rest: &str| {
        rest.strip_prefix(['s', 'd']).is_some_and(|rest| !text::starts(rest, is_letter_or_digit))
    };
    text::contains(text, "__MSG_")
        || text::contains(text, "@@")
        || has_name_between(text, "{", "}")
        || has_name_between(text, "<", ">")
        || has_name_between(text, "%", "%")
        || text::split(text, |c| c == '$').skip(1).any(after_dollar)
        || text::split(text, |c| c == '%').skip(1).any(is_format)
}

fn has_name_between(mut text: &str, opening: &str, closing: &str) -> bool {
    while let Some((_, after)) = text::split_once(text, opening) {
        if text::split_once(after, closing).is_some_and(|(inside, _)| is_name(inside)) {
            return true;
        }
        text = after;
    }
    false
}

fn is_name(text: &str) -> bool {
    // Some templates have `<%= name %>`.
    let name = text::trim(text, |c| matches!(c, '%' | '=' | '-' | ' '));
    text::starts(name, |c| c.is_ascii_alphabetic() || c == '_')
        && text::has_only(name, |c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// What is wrong with a `*` for the whole host, if the scheme cannot have one.
fn every_host(text: &str) -> Option<Kind> {
    let (scheme, rest) = match text::split_once(text, "://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, text),
    };
    let authority = before_path(text::trim_end(rest, |c| c == '$'));
    let (host, port) = origin::split_port(authority);
    let is_wild = (scheme.is_some() || port.is_some())
        && text::is_one_of(host, "* ** *. *.* .* .+ (.*) (.+)");
    if !is_wild {
        return None;
    }
    let scheme = text::trim_start(scheme.unwrap_or_default(), |c| c == '^');
    let scheme = text::to_lower_case(scheme);
    if scheme == "data" {
        Some(Kind::Data)
    } else if text::is_one_of(&scheme, url::PREFIXES) {
        Some(Kind::UrlPrefix)
    } else if text::is_one_of(&scheme, url::WITHOUT_ORIGIN) {
        Some(Kind::WithoutOrigin)
    } else {
        // An expression for schemes is one for those of websites.
        let is_website = !origin::is_scheme(&scheme)
            || scheme::is_of_web(scheme::meant(&scheme).unwrap_or(&scheme));
        is_website.then_some(Kind::EveryHost)
    }
}

/// Whether a `?` stands for a character of a host, as in `https://pr-??.example.com`.
fn has_question_mark_in_host(text: &str) -> bool {
    let authority = before_path(after_scheme(text));
    let Some((before, rest)) = text::split_once(authority, "?") else { return false };
    let after = text::trim_start(rest, |c| c == '?');
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let is_of_host =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '?' | ':' | '*');
    text::has_only(before, is_plain)
        && text::has_only(rest, is_of_host)
        && (after.starts_with(['.', '-'])
            || after.is_empty() && before.ends_with(['.', '-'])
            || before.is_empty() && text::contains(after, "."))
}

/// Whether a semicolon stands for the colon, as in `https;//a.example`.
fn has_semicolon_after_scheme(text: &str) -> bool {
    (text.starts_with("http;//") || text.starts_with("https;//"))
        && !text::has(text, |c| matches!(c, ',' | ' '))
        && text::split(text, |c| c == ';').count() == 2
}

fn is_wildcard_with_trailing_dot(text: &str) -> bool {
    let (host, _) = origin::split_port(after_scheme(text));
    let wild = text::split_once(host, ".").filter(|(label, _)| text::contains(label, "*"));
    let base = wild.and_then(|(_, base)| base.strip_suffix('.'));
    base.is_some_and(|base| text::split(base, |c| c == '.').all(|label| !label.is_empty()))
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
            ("https://*/*", Kind::EveryHost),
            ("ws://*", Kind::EveryHost),
            ("^https?://.*$", Kind::EveryHost),
            ("htps://*", Kind::EveryHost),
            ("*://*/*", Kind::EveryHost),
            ("data://*", Kind::Data),
            ("Blob://*", Kind::UrlPrefix),
            ("javascript://*", Kind::WithoutOrigin),
            ("about://*", Kind::WithoutOrigin),
            // Other schemes can have any host.
            ("moz-extension://*/*", Kind::Path),
            ("^chrome-extension://.*$", Kind::RegularExpression),
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
            ("https://pr-*.a.example.", Kind::TrailingDotUnderWildcard),
            ("https://*.a..example.", Kind::EmptyLabel),
            ("https://.a.example.", Kind::EmptyLabel),
        ] {
            assert_eq!(kind(Kind::EmptyLabel, text), expected, "{text}");
        }
    }
}
