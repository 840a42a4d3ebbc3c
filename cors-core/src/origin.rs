use std::fmt;

use crate::host;

/// One [serialized origin], parsed strictly: what a browser sends for a page with a scheme and
/// a host, and nothing else.
///
/// `null`, which browsers send for pages without one (sandboxed frames, `data:` documents,
/// some redirects), is not an `Origin`.
///
/// ```
/// use cors_core::Origin;
///
/// let origin = Origin::parse(b"https://app.example.com:8443").unwrap();
/// assert_eq!(origin.scheme(), "https");
/// assert_eq!(origin.host(), "app.example.com");
/// assert_eq!(origin.port(), Some(8443));
/// assert_eq!(Origin::parse(b"https://app.example.com/"), None);
/// ```
///
/// [serialized origin]: https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Origin<'a> {
    scheme: &'a str,
    host: &'a str,
    port: Option<u16>,
}

/// The longest scheme that is accepted.
pub(crate) const MAX_SCHEME_LEN: usize = 64;

/// The longest origin that is accepted: scheme, `://`, host, `:`, port.
pub(crate) const MAX_LEN: usize = MAX_SCHEME_LEN + 3 + host::MAX_LEN + 1 + 5;

impl<'a> Origin<'a> {
    /// Parses the value of an `Origin` header; `None` for anything a browser would not send.
    #[must_use]
    pub fn parse(value: &'a [u8]) -> Option<Self> {
        if value.len() > MAX_LEN {
            return None;
        }
        let text = str::from_utf8(value).ok()?;
        // Byte by byte: `split_once` searches many at a time, which is dearer in short texts.
        let (scheme, rest) = text.split_at_checked(text.bytes().position(|byte| byte == b':')?)?;
        let authority = rest.strip_prefix("://")?;
        // The origin of a page from a file is opaque, so browsers send `null`.
        if !is_scheme(scheme) || scheme == "file" {
            return None;
        }
        let (host, port) = split_port(authority);
        let port = match port {
            None => None,
            Some(digits) => {
                Some(parse_port(digits).filter(|port| default_port(scheme) != Some(*port))?)
            }
        };
        host::check(host).ok()?;
        Some(Self { scheme, host, port })
    }

    /// The parts of an origin that was parsed before.
    pub(crate) const fn from_parts(scheme: &'a str, host: &'a str, port: Option<u16>) -> Self {
        Self { scheme, host, port }
    }

    /// The scheme in lower case, such as `https`.
    #[must_use]
    pub const fn scheme(&self) -> &'a str {
        self.scheme
    }

    /// The host: a name in lower case (Punycode where it is not ASCII), a dotted IPv4 address,
    /// or an IPv6 address in brackets.
    #[must_use]
    pub const fn host(&self) -> &'a str {
        self.host
    }

    /// The port, or `None` where it is the scheme's default, which browsers leave out.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        self.port
    }
}

impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

/// Whether `text` is a lower-case [scheme] of bounded length.
///
/// [scheme]: https://url.spec.whatwg.org/#url-scheme-string
pub(crate) fn is_scheme(text: &str) -> bool {
    let rest = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.');
    text.len() <= MAX_SCHEME_LEN
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(rest)
}

/// Splits `host:port` at the colon that ends the host; the colons of `[::1]` do not.
pub(crate) fn split_port(authority: &str) -> (&str, Option<&str>) {
    let after_brackets = match authority.starts_with('[') {
        true => authority.find(']').unwrap_or(0),
        false => 0,
    };
    let colon = authority
        .get(after_brackets..)
        .and_then(|rest| rest.bytes().position(|byte| byte == b':'))
        .map(|at| at + after_brackets);
    match colon.and_then(|at| authority.split_at_checked(at)) {
        Some((host, port)) => (host, port.strip_prefix(':')),
        None => (authority, None),
    }
}

/// Reads a port as a URL serializes it: 1 to 65535, no leading zero.
pub(crate) fn parse_port(digits: &str) -> Option<u16> {
    let canonical = matches!(digits.as_bytes(), [b'1'..=b'9', rest @ ..] if rest.iter().all(u8::is_ascii_digit));
    if canonical { digits.parse().ok() } else { None }
}

/// The [default port] that a URL of this scheme leaves out.
///
/// [default port]: https://url.spec.whatwg.org/#default-port
pub(crate) fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn what_browsers_send_is_parsed_and_printed_back() {
        for text in [
            "https://example.com",
            "https://example.com:8443",
            "http://example.com:443",
            "http://[::1]:3000",
            "capacitor://localhost",
            "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
        ] {
            let origin = Origin::parse(text.as_bytes()).map(|origin| origin.to_string());
            assert_eq!(origin.as_deref(), Some(text));
        }
    }

    #[test]
    fn the_longest_origin_is_parsed() {
        let scheme = "a".repeat(64);
        let host = format!("{}{}", "a.".repeat(100), "b".repeat(53));
        let text = format!("{scheme}://{host}:65535");
        let origin = Origin::parse(text.as_bytes()).map(|origin| origin.to_string());
        assert_eq!(origin.as_deref(), Some(text.as_str()));
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            "",
            "null",
            "https://",
            "file://example.com",
            "example.com",
            "HTTPS://example.com",
            "https://example.com/",
            "https://example.com:443",
            "http://example.com:80",
            "ws://example.com:80",
            "wss://example.com:443",
            "ftp://example.com:21",
            "https://example.com:",
            "https://example.com:0",
            "https://example.com:08443",
            "https://example.com:65536",
            "https://example.com:+1",
            "https://user@example.com",
            "https://example.com, https://example.com",
            "https://[::1]x:3000",
            "https://[::1",
            "1https://example.com",
            "://example.com",
        ] {
            assert_eq!(Origin::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Origin::parse(b"https://example.com\xff"), None);
        assert_eq!(Origin::parse(&[b'a'; 400]), None);
    }
}
