//! What a person most likely meant by a value that is not valid. Whatever is suggested is valid.

use crate::{OriginPattern, fetch, host, origin, pattern, punycode};

/// IDNA maps this to `ss` or, since Unicode 15.1, to `ß`.
const TWO_LOWER_CASES: char = 'ẞ';

/// The origin that a text most likely means, if it can be told.
pub(crate) fn origin(text: &str) -> Option<String> {
    let text = without_regex(unwrapped(text));
    if text.contains(TWO_LOWER_CASES) {
        return None;
    }
    // Not the text as a whole: IDNA has no rule of its own for a sigma that ends a word.
    let text: String = text.chars().flat_map(char::to_lowercase).collect();
    let (scheme, authority) = split_scheme(&text)?;
    let authority = authority.split(['/', '?', '#', '\\']).next()?.rsplit('@').next()?;
    let (host, port) = origin::split_port(authority);
    let (wildcard, base) = match host.strip_prefix('*') {
        Some(base) => ("*.", base.strip_prefix('.').unwrap_or(base)),
        None => ("", host),
    };
    let host = canonical_host(base.strip_suffix('.').unwrap_or(base))?;
    let port = match port.filter(|port| !port.is_empty()) {
        None => String::new(),
        Some("*") => ":*".into(),
        Some(digits) => match digits.parse().ok()? {
            port if origin::default_port(scheme) == Some(port) => String::new(),
            port => format!(":{port}"),
        },
    };
    let suggestion = format!("{scheme}://{wildcard}{host}{port}");
    pattern::parse(&suggestion).is_ok().then_some(suggestion)
}

/// The origins in a text that holds several, where each can be told.
pub(crate) fn origins(text: &str) -> Option<Vec<String>> {
    elements(text, [',', ';', ' ', '\t', '\r', '\n'], |element| match pattern::parse(element) {
        Ok(pattern) => Some(pattern.to_string()),
        Err(_) => origin(element),
    })
}

/// The origin of a page that is most likely meant by one with a scheme that pages never have, or
/// with a misspelt one.
pub(crate) fn page_origin(pattern: &OriginPattern) -> Option<String> {
    let scheme = match pattern.scheme() {
        "http" | "https" => return None,
        "ws" => "http",
        "wss" | "ftp" => "https",
        other => ["https", "http"]
            .into_iter()
            .find(|scheme| strsim::damerau_levenshtein(other, scheme) == 1)?,
    };
    let (_, rest) = pattern.as_str().split_once("://")?;
    origin(&format!("{scheme}://{rest}"))
}

/// The method or header name that a text most likely means.
pub(crate) fn token(text: &str) -> Option<String> {
    let name = unwrapped(text);
    // A whole header line, or a name copied with its colon.
    let name = name.split_once(':').map_or(name, |(name, _)| name).trim();
    (name != "*" && fetch::is_token(name.as_bytes())).then(|| name.into())
}

/// The methods or header names in a text that holds several.
pub(crate) fn tokens(text: &str) -> Option<Vec<String>> {
    elements(text, [',', ';'], token)
}

/// Several elements that were written as one; `None` where one of them cannot be told.
fn elements<const N: usize>(
    text: &str,
    separators: [char; N],
    read: impl Fn(&str) -> Option<String>,
) -> Option<Vec<String>> {
    /// More would not be read.
    const MOST: usize = 8;
    let text = text.trim();
    let text = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let parts = text.split(separators).filter(|part| !part.trim().is_empty());
    let elements: Vec<_> =
        parts.take(MOST + 1).map(|part| read(unwrapped(part))).collect::<Option<_>>()?;
    (2..=MOST).contains(&elements.len()).then_some(elements)
}

/// A value without what a shell, a YAML file or a JSON array in a variable put around it.
fn unwrapped(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '`'))
}

/// The pattern that a regular expression of the simplest kind stands for.
fn without_regex(text: &str) -> String {
    text.trim_start_matches('^')
        .trim_end_matches('$')
        .replace("\\.", ".")
        .replace("\\/", "/")
        .replace("://.*.", "://*.")
        .replace("://.+.", "://*.")
}

/// The scheme, guessed where there is none, and what follows it.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    if let Some((scheme, rest)) = text.split_once("://") {
        return Some((if scheme.contains('*') { "https" } else { scheme }, rest));
    }
    for (misspelt, scheme) in
        [("https:", "https"), ("http:", "http"), ("https//", "https"), ("http//", "http")]
    {
        if let Some(rest) = text.strip_prefix(misspelt) {
            return Some((scheme, rest.trim_start_matches('/')));
        }
    }
    let rest = text.trim_start_matches('/');
    let authority = rest.split('/').next()?;
    let (host, port) = origin::split_port(authority);
    if host::is_loopback(host) || host::parse_ipv6(host).is_some() || is_ipv4(host) {
        return Some(("http", rest));
    }
    // A single word such as `any` is hardly a host.
    (host.contains('.') || port.is_some()).then_some(("https", rest))
}

fn is_ipv4(host: &str) -> bool {
    host::check(host).is_ok() && host::is_ip(host)
}

fn canonical_host(host: &str) -> Option<String> {
    if let Some(address) = host::parse_ipv6(host) {
        let mut canonical = String::new();
        return host::write_ipv6(address, &mut canonical).is_ok().then_some(canonical);
    }
    if host.is_ascii() {
        return Some(host.into());
    }
    if !host.chars().all(stands_for_itself) {
        return None;
    }
    let labels: Option<Vec<_>> = host.split('.').map(punycode::encode_label).collect();
    Some(labels?.join("."))
}

/// Whether [IDNA processing](https://www.unicode.org/reports/tr46/) surely leaves a lower-case
/// character as it is, whatever stands beside it. Of the scripts in which this is easily told
/// these are the most used; for another, no suggestion is made.
const fn stands_for_itself(c: char) -> bool {
    match c {
        // These are mapped to two letters.
        'ĳ' | 'ŀ' | 'ŉ' => false,
        _ => {
            c.is_ascii()
                || matches!(
                    c,
                    'ß'..='ö' | 'ø'..='ž'
                    | 'ά'..='ώ'
                    | 'а'..='џ'
                    | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー'
                    | '\u{4E00}'..='\u{9FA5}'
                    | '가'..='힣'
                )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{origin, origins, token, tokens};

    #[test]
    fn an_origin_is_told_from_what_stands_near_it() {
        for (text, suggestion) in [
            ("https://example.com/", "https://example.com"),
            ("https://user:word@example.com/a?b#c", "https://example.com"),
            ("HTTPS://Example.COM", "https://example.com"),
            ("https://example.com:443", "https://example.com"),
            ("http://example.com:080", "http://example.com"),
            ("https://example.com:", "https://example.com"),
            ("https://example.com.", "https://example.com"),
            (" 'https://example.com', ", "https://example.com"),
            ("example.com", "https://example.com"),
            ("//example.com", "https://example.com"),
            ("https:example.com", "https://example.com"),
            ("http:/example.com", "http://example.com"),
            ("https//example.com", "https://example.com"),
            ("*://example.com", "https://example.com"),
            ("*.example.com", "https://*.example.com"),
            ("https://*example.com", "https://*.example.com"),
            (r"^https://.*\.example\.com$", "https://*.example.com"),
            ("localhost:3000", "http://localhost:3000"),
            ("127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("192.168.1.7", "http://192.168.1.7"),
            ("[::1]:3000", "http://[::1]:3000"),
            ("http://[0:0:0:0:0:0:0:1]", "http://[::1]"),
            ("http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]"),
            ("backend:8080", "https://backend:8080"),
            ("https://café.example", "https://xn--caf-dma.example"),
            ("https://CAFÉ.example", "https://xn--caf-dma.example"),
            ("https://*.bücher.example:*", "https://*.xn--bcher-kva.example:*"),
            ("https://日本語.example", "https://xn--wgv71a119e.example"),
            // A sigma in upper case is no final one, wherever it stands.
            ("https://ΟΔΟΣ-1.gr", "https://xn---1-k9b7bby.gr"),
            ("https://ΟΔΟΣ.gr:8443", "https://xn--pxavbq.gr:8443"),
            ("https://ΟΔΟΣ:8443", "https://xn--pxavbq:8443"),
            ("https://οδος.gr", "https://xn--pxavbm.gr"),
        ] {
            assert_eq!(origin(text).as_deref(), Some(suggestion), "{text}");
        }
    }

    #[test]
    fn no_origin_is_invented() {
        for text in [
            "",
            "*",
            "any",
            "null",
            "https://",
            "https://*",
            "https://*.",
            "https://a.*.example.com",
            "https://*.127.0.0.1",
            "https://example.com:0",
            "https://example.com:65536",
            "https://example.com:80*",
            "http://127.1",
            "https://a.example, https://b.example",
            // Not in the composed form that DNS has.
            "https://cafe\u{301}.example",
            "https://STRAẞE.example",
            // Ligatures, which are mapped to two letters.
            "https://\u{FB01}sh.example",
            "https://ĳssel.example",
        ] {
            assert_eq!(origin(text), None, "{text}");
        }
        assert_eq!(origin(&format!("https://{}.example", "日本".repeat(20_000))), None);
    }

    #[test]
    fn several_origins_are_told_apart() {
        for text in [
            "https://a.example,https://b.example",
            "https://a.example/ https://b.example/",
            r#"["https://a.example", "https://b.example"]"#,
        ] {
            assert_eq!(origins(text).unwrap(), ["https://a.example", "https://b.example"]);
        }
        let several = |count| origins(&vec!["https://a.example"; count].join(","));
        assert_eq!(several(8).map(|origins| origins.len()), Some(8));
        assert_eq!(several(9), None);
        assert_eq!(origins("https://a.example, ?"), None);
        assert_eq!(origins("https://a.example"), None);
    }

    #[test]
    fn tokens_are_told_from_what_stands_around_them() {
        for (text, suggestion) in
            [(" put ", "put"), ("X-Id:", "X-Id"), ("X-Id: 7", "X-Id"), ("'x-id'", "x-id")]
        {
            assert_eq!(token(text).as_deref(), Some(suggestion), "{text}");
        }
        assert_eq!(token("naïve"), None);
        assert_eq!(tokens("PUT, DELETE").unwrap(), ["PUT", "DELETE"]);
    }
}
