use std::fmt;
use std::net::IpAddr;

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

    /// Returns the address of the host, or `None` if the host is a name. Behind schemes other than
    /// `http`, `https`, `ws`, `wss` and `ftp`, a host is an identifier and never an address.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        if host_kind(self.scheme) == HostKind::Opaque {
            return None;
        }
        host::parse_ip(self.host)
    }

    /// Returns whether the page is served from this machine: from `localhost`, a name below it,
    /// `127.0.0.0/8` or `[::1]`. Other machines cannot use these names and addresses.
    ///
    /// ```
    /// use cors_core::Origin;
    ///
    /// assert!(Origin::parse("http://localhost:3000").unwrap().is_loopback());
    /// assert!(!Origin::parse("https://localhost.example").unwrap().is_loopback());
    /// // An application's page: `localhost` only identifies it.
    /// assert!(!Origin::parse("capacitor://localhost").unwrap().is_loopback());
    /// ```
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        host_kind(self.scheme) == HostKind::Domain && host::is_loopback(self.host)
    }

    /// Returns whether the host is an address of a private network
    /// ([RFC 1918](https://www.rfc-editor.org/rfc/rfc1918#section-3): `10.0.0.0/8`, `172.16.0.0/12`
    /// and `192.168.0.0/16`; [RFC 4193](https://www.rfc-editor.org/rfc/rfc4193#section-3):
    /// `fc00::/7`) or a link-local address (`169.254.0.0/16`, `fe80::/10`). Names are not private,
    /// whatever they resolve to: anybody can let a name resolve to such an address.
    ///
    /// A page at such an address can be anybody's on the visitor's network.
    ///
    /// ```
    /// use cors_core::{Origin, OriginPredicate};
    ///
    /// let predicate = OriginPredicate::<()>::predicate(|origin, _| origin.is_private());
    /// # let _ = predicate;
    /// assert!(Origin::parse("http://192.168.0.7:5173").unwrap().is_private());
    /// assert!(!Origin::parse("http://192.168.0.7.evil.example").unwrap().is_private());
    /// ```
    #[must_use]
    pub fn is_private(&self) -> bool {
        match self.ip() {
            Some(IpAddr::V4(ip)) => ip.is_private() || ip.is_link_local(),
            Some(IpAddr::V6(ip)) => ip.is_unique_local() || ip.is_unicast_link_local(),
            None => false,
        }
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
    fn addresses_are_told_from_names() {
        for (text, ip, is_loopback, is_private) in [
            ("http://10.0.0.0", Some("10.0.0.0"), false, true),
            ("https://10.255.255.255:8443", Some("10.255.255.255"), false, true),
            ("http://172.15.255.255", Some("172.15.255.255"), false, false),
            ("http://172.16.0.0", Some("172.16.0.0"), false, true),
            ("http://172.31.255.255", Some("172.31.255.255"), false, true),
            ("http://172.32.0.0", Some("172.32.0.0"), false, false),
            ("http://192.167.255.255", Some("192.167.255.255"), false, false),
            ("http://192.168.0.7:5173", Some("192.168.0.7"), false, true),
            ("ws://192.168.255.255", Some("192.168.255.255"), false, true),
            ("http://192.169.0.0", Some("192.169.0.0"), false, false),
            ("http://169.254.169.254", Some("169.254.169.254"), false, true),
            ("http://100.64.0.1", Some("100.64.0.1"), false, false),
            ("http://8.8.8.8", Some("8.8.8.8"), false, false),
            ("http://0.0.0.0:3000", Some("0.0.0.0"), false, false),
            ("http://127.0.0.1:3000", Some("127.0.0.1"), true, false),
            ("http://127.255.255.255", Some("127.255.255.255"), true, false),
            ("http://[::1]:3000", Some("::1"), true, false),
            ("http://[::]", Some("::"), false, false),
            ("http://[fc00::]", Some("fc00::"), false, true),
            ("http://[fdff::1]:8080", Some("fdff::1"), false, true),
            ("http://[fe00::]", Some("fe00::"), false, false),
            ("http://[fe80::1]", Some("fe80::1"), false, true),
            ("http://[febf::1]", Some("febf::1"), false, true),
            ("http://[fec0::1]", Some("fec0::1"), false, false),
            ("http://[2001:db8::1]", Some("2001:db8::1"), false, false),
            ("http://[::ffff:c0a8:1]", Some("::ffff:192.168.0.1"), false, false),
            ("http://localhost", None, true, false),
            ("http://a.localhost.:8080", None, true, false),
            ("http://localhost.evil.example", None, false, false),
            ("http://192.168.0.7.evil.example", None, false, false),
            ("http://10.0.0.1.nip.io", None, false, false),
            ("https://fd00.example", None, false, false),
            ("http://nas.local", None, false, false),
            // Identifiers.
            ("capacitor://localhost", None, false, false),
            ("app://192.168.0.7", None, false, false),
            ("app://[fd00::1]", None, false, false),
        ] {
            let origin = Origin::parse(text).unwrap();
            assert_eq!(origin.ip(), ip.map(|ip| ip.parse().unwrap()), "{text}");
            assert_eq!(origin.is_loopback(), is_loopback, "{text}");
            assert_eq!(origin.is_private(), is_private, "{text}");
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
