use std::fmt;

use crate::origin::host;
use crate::origin::host::{HostKind, Labels};

/// One [serialized origin], parsed strictly: what a browser sends for a page with a scheme and
/// a host, and nothing else.
///
/// `null`, which browsers send for pages without one (sandboxed frames, `data:` documents,
/// some redirects), is not an `Origin`.
///
/// Hosts are read as the [URL standard] writes them. Behind `http` and `https` (and `ws`, `wss`,
/// `ftp`), a host is a domain in lower case or an IP address. A trailing dot is part of a domain:
/// `https://app.example.` is another origin than `https://app.example`. Behind any other scheme,
/// such as those of browser extensions and of apps, a host keeps its case.
///
/// Three kinds of hosts are refused although URLs can have them: hosts that contain `*`, which is
/// a wildcard in patterns, and names that DNS cannot hold, because a label is empty or has more
/// than 63 characters, or the host more than 253. Whether an `xn--` label is valid Punycode is not
/// checked.
///
/// ```
/// use cors_core::Origin;
///
/// let origin = Origin::parse("https://app.example.com:8443").unwrap();
/// assert_eq!(origin.scheme(), "https");
/// assert_eq!(origin.host(), "app.example.com");
/// assert_eq!(origin.port(), Some(8443));
/// assert_eq!(Origin::parse("https://app.example.com/"), None);
/// ```
///
/// [serialized origin]: https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin
/// [URL standard]: https://url.spec.whatwg.org/#concept-host-serializer
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Origin<'a> {
    scheme: &'a str,
    host: &'a str,
    port: Option<u16>,
}

/// The longest scheme that is accepted.
pub(crate) const MAX_SCHEME_LEN: usize = 64;

/// The longest origin that is accepted: scheme, `://`, host, trailing dot, `:`, port.
pub(crate) const MAX_LEN: usize = MAX_SCHEME_LEN + 3 + host::MAX_LEN + 1 + 1 + 5;

impl<'a> Origin<'a> {
    /// Parses the value of an `Origin` header; `None` for anything a browser would not send.
    ///
    /// ```
    /// use cors_core::Origin;
    ///
    /// let origin = Origin::parse("https://app.example.com:8443").unwrap();
    /// assert_eq!((origin.scheme(), origin.host(), origin.port()), ("https", "app.example.com", Some(8443)));
    /// ```
    #[must_use]
    pub fn parse(value: &'a (impl AsRef<[u8]> + ?Sized)) -> Option<Self> {
        Self::parse_with_labels(value.as_ref()).map(|(origin, _)| origin)
    }

    /// Parses an origin, and tells whether a `*.` covers the labels of its host.
    pub(crate) fn parse_with_labels(value: &'a [u8]) -> Option<(Self, Labels)> {
        if value.len() > MAX_LEN {
            return None;
        }
        let text = std::str::from_utf8(value).ok()?;
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
        let labels = host::check(host_kind(scheme), host).ok()?;
        Some((Self { scheme, host, port }, labels))
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

    /// The host: a name in lower case (Punycode where it is not ASCII), with a trailing dot if the
    /// page's URL has one; a dotted IPv4 address; or an IPv6 address in brackets. Behind schemes
    /// other than `http`, `https`, `ws`, `wss` and `ftp`, an identifier whose case counts.
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
        true => authority.bytes().position(|byte| byte == b']').unwrap_or(0),
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

/// What a host is behind this scheme. The [special schemes] are those that have a default port,
/// apart from `file`, which no origin has.
///
/// [special schemes]: https://url.spec.whatwg.org/#special-scheme
pub(crate) fn host_kind(scheme: &str) -> HostKind {
    if default_port(scheme).is_some() { HostKind::Domain } else { HostKind::Opaque }
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
            "http://3d-printer:8080",
            "https://app.example.",
            "http://a!b.example:8080",
            "moz-extension://8513c13e-1050-4fe6-a548-34448bfa51af",
            "safari-web-extension://E40BB581-1C2A-4E63-9A0D-0A1B2C3D4E5F",
            "app://.",
            "app://.:8080",
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
        let text = format!("https://{host}.:65535");
        assert!(Origin::parse(text.as_bytes()).is_some());
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
            "https://a..example",
            "https://a*b.example",
            "https://a%2ab.example",
            "HTTPS://app.example",
            "App://.",
            "1https://example.com",
            "://example.com",
        ] {
            assert_eq!(Origin::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Origin::parse(b"https://example.com\xff"), None);
        assert_eq!(Origin::parse(&[b'a'; 400]), None);
    }
}
