use std::fmt;

use crate::http::text;
use crate::origin::host::Labels;
use crate::origin::host_pattern::{HostPattern, LabelParts};
use crate::origin::origin::MAX_SCHEME_LEN;
use crate::origin::pattern_error::{PatternErrorKind, PatternErrorKind as Kind};
use crate::origin::{host_pattern, origin, scheme};

/// An origin, or a set of origins that differ in host or port.
///
/// | pattern | matches |
/// |---|---|
/// | `https://example.com` | this origin only |
/// | `https://*.example.com` | one or more labels before `.example.com`, not `https://example.com` |
/// | `https://pr-*.example.com` | one label before `.example.com`, which begins with `pr-` |
/// | `https://pr-*-team.example.com` | one label, which also ends in `-team` |
/// | `http://localhost:*` | any port, the default port included |
/// | `moz-extension://*` | any host |
///
/// A wildcard for hosts and one for ports may stand in one pattern. A pattern is written as browsers
/// send origins: no trailing slash, no default port, and lower case, except for the hosts of schemes
/// other than `http` and `https`, which keep their case (`safari-web-extension://E40BB581-…`).
///
/// A `*` inside the first label stands for one or more of `[a-z0-9-]`, never for a dot. Directly below
/// a name where anybody can register names, such as `com` or `vercel.app`, a part that begins with
/// `-` has to follow it: strangers choose how their names begin there. Whether they can choose the
/// end, too, depends on the provider.
///
/// A `*` for any host goes only with schemes of applications and browser extensions: not with `http`,
/// `https`, `ws`, `wss` and `ftp`, nor with schemes whose pages have no origin.
///
/// A `*.` covers labels of `[a-z0-9_-]`. Neither wildcard covers a name with a trailing dot, and the
/// host behind it has neither a trailing dot nor other characters. Other hosts are listed as they
/// are: `https://app.example.`, `http://a!b.example`. The characters that separate, quote or compute
/// values in configurations, which are quotes, `,`, `;`, `(`, `)`, `$`, `{` and `}`, cannot be
/// listed; only a predicate can allow such a host.
///
/// ```
/// use cors_core::explain::OriginPattern;
///
/// let pattern: OriginPattern = "https://*.example.com".parse()?;
/// assert!(pattern.matches(b"https://app.example.com"));
/// assert!(!pattern.matches(b"https://example.com"));
///
/// let pattern: OriginPattern = "https://pr-*.example.com".parse()?;
/// assert!(pattern.matches(b"https://pr-17.example.com"));
/// assert!(!pattern.matches(b"https://pr-17.evil.example.com"));
/// # Ok::<(), cors_core::Diagnostic>(())
/// ```
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct OriginPattern {
    text: Box<str>,
    /// Where the part of the host begins that follows the wildcard in it.
    base_start: u16,
    /// Where the host's text ends and the port's, if any, begins.
    host_end: u16,
    scheme_len: u8,
    hosts: HostPattern,
    port: PortPattern,
}

/// The ports of a pattern.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum PortPattern {
    /// The one port, `None` being the scheme's default.
    Exact(Option<u16>),
    Any,
}

impl OriginPattern {
    /// Returns whether the pattern matches the value of an `Origin` header.
    #[must_use]
    pub fn matches(&self, origin: impl AsRef<[u8]>) -> bool {
        self.matches_bytes(origin.as_ref())
    }

    fn matches_bytes(&self, origin: &[u8]) -> bool {
        if !self.has_wildcard() {
            return origin == self.text.as_bytes();
        }
        let Some((origin, labels)) = origin::Origin::parse_with_labels(origin) else {
            return false;
        };
        let host = match self.hosts {
            HostPattern::One => origin.host() == self.host(),
            HostPattern::Subdomains => {
                let covered = origin.host().strip_suffix(self.host());
                labels == Labels::Plain && covered.is_some_and(|covered| covered.ends_with('.'))
            }
            HostPattern::Label { .. } => labels == Labels::Plain && self.covers(origin.host()),
            HostPattern::Any => true,
        };
        let port = self.port == PortPattern::Any || self.port == PortPattern::Exact(origin.port());
        origin.scheme() == self.scheme() && host && port
    }

    /// The pattern as it was written.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        &self.text
    }

    #[inline(never)]
    pub(crate) fn scheme(&self) -> &str {
        self.text.get(..self.scheme_len.into()).unwrap_or_default()
    }

    /// The host without the wildcard before it; empty if that stands for any host.
    #[inline(never)]
    pub(crate) fn host(&self) -> &str {
        self.text.get(self.base_start.into()..self.host_end.into()).unwrap_or_default()
    }

    /// Scheme and host.
    pub(super) fn without_port(&self) -> &[u8] {
        self.text.as_bytes().get(..self.host_end.into()).unwrap_or_default()
    }

    /// Scheme and host as they stand around the `*` of the host. If there is none, nothing stands
    /// after it.
    pub(super) fn around_wildcard(&self) -> (&[u8], &[u8]) {
        let text = self.without_port();
        let in_host = match self.hosts {
            HostPattern::One => return (text, b""),
            HostPattern::Subdomains | HostPattern::Any => 0,
            HostPattern::Label { before } => before.into(),
        };
        let star = usize::from(self.scheme_len) + "://".len() + in_host;
        (text.get(..star).unwrap_or_default(), text.get(star + "*".len()..).unwrap_or_default())
    }

    /// What stands around the `*` inside the first label; nothing in any other pattern.
    pub(crate) fn label_parts(&self) -> LabelParts<'_> {
        let host_start = usize::from(self.scheme_len) + "://".len();
        let label_end = usize::from(self.base_start).saturating_sub(".".len());
        let label = self.text.get(host_start..label_end).unwrap_or_default();
        LabelParts::new(label).unwrap_or_default()
    }

    /// Whether the host of an origin, of plain labels, is one with a label that this pattern covers.
    pub(crate) fn covers(&self, host: &str) -> bool {
        text::split_once(host, ".")
            .is_some_and(|(label, base)| base == self.host() && self.label_parts().covers(label))
    }

    pub(crate) const fn port(&self) -> PortPattern {
        self.port
    }

    pub(crate) const fn hosts(&self) -> HostPattern {
        self.hosts
    }

    pub(crate) fn has_wildcard(&self) -> bool {
        self.hosts != HostPattern::One || self.port == PortPattern::Any
    }
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for OriginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

/// Parses a pattern; the first problem it has is the one that is reported.
pub(crate) fn parse(text: &str) -> Result<OriginPattern, PatternErrorKind> {
    if text.is_empty() {
        return Err(Kind::Empty);
    }
    let bare = text::trim(text, |c| c.is_whitespace() || is_quote(c));
    if text::is_one_of(bare, "null") {
        return Err(Kind::Null);
    }
    // The origin of a page from a file is opaque, so browsers send `null`.
    if text::strip_prefix_ignore_case(bare, "file:/").is_some() {
        return Err(Kind::File);
    }
    if text::has(text, is_quote) {
        return Err(Kind::Quotes);
    }
    if text::has(text, |c| c.is_whitespace() || matches!(c, ',' | ';')) {
        return Err(Kind::SeveralOrigins);
    }
    let is_regex = |kind| if is_regex(text) { Kind::RegularExpression } else { kind };
    parse_parts(text).map_err(is_regex)
}

fn parse_parts(text: &str) -> Result<OriginPattern, PatternErrorKind> {
    let (scheme, authority) = text::split_once(text, "://").ok_or(Kind::MissingScheme)?;
    check_scheme(scheme)?;
    check_authority(authority)?;

    if authority.starts_with('[') && !text::contains(authority, "]") {
        return Err(Kind::InvalidIp);
    }
    let (host, port_text) = origin::split_port(authority);
    // An IPv6 address without brackets.
    if port_text.is_some_and(|port| text::contains(port, ":")) && !host.starts_with('[') {
        return Err(Kind::InvalidIp);
    }
    if host.is_empty() {
        return Err(Kind::MissingHost);
    }
    let port = match port_text {
        None => PortPattern::Exact(None),
        Some("*") => PortPattern::Any,
        Some(digits) => PortPattern::Exact(Some(check_port(scheme, digits)?)),
    };
    let (hosts, base_start) = host_pattern::parse(scheme, host)?;
    let scheme_len = u8::try_from(scheme.len()).map_err(|_| Kind::SchemeTooLong)?;
    let place = |in_host: usize| {
        u16::try_from(scheme.len() + "://".len() + in_host).map_err(|_| Kind::HostTooLong)
    };
    let (base_start, host_end) = (place(base_start)?, place(host.len())?);
    Ok(OriginPattern { text: text.into(), base_start, host_end, scheme_len, hosts, port })
}

/// Whether somebody took patterns for regular expressions.
fn is_regex(text: &str) -> bool {
    text.starts_with('^')
        || text.ends_with('$')
        || text::split("\\. ://.* ://.+ ( |", |c| c == ' ').any(|sign| text::contains(text, sign))
        || has_character_class(text)
}

/// Whether there are brackets around something else than an IPv6 address or the whole text.
fn has_character_class(text: &str) -> bool {
    let Some((before, rest)) = text::split_once(text, "[") else {
        return false;
    };
    let inside = text::split_once(rest, "]").map_or(rest, |(inside, _)| inside);
    !before.is_empty() && !text::contains(inside, ":")
}

const fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`')
}

fn check_scheme(scheme: &str) -> Result<(), PatternErrorKind> {
    if origin::is_scheme(scheme) {
        let is_misspelt = scheme::meant(scheme).is_some();
        return if is_misspelt { Err(Kind::MisspeltScheme) } else { Ok(()) };
    }
    if scheme.is_empty() {
        return Err(Kind::MissingScheme);
    }
    if text::contains(scheme, "*") {
        return Err(Kind::Wildcard);
    }
    if scheme.len() > MAX_SCHEME_LEN {
        return Err(Kind::SchemeTooLong);
    }
    if origin::is_scheme(&text::to_lower_case(scheme)) {
        return Err(Kind::UpperCase);
    }
    Err(Kind::InvalidScheme)
}

fn check_authority(authority: &str) -> Result<(), PatternErrorKind> {
    match authority.chars().find(|c| matches!(c, '/' | '?' | '#' | '@' | '\\')) {
        None => Ok(()),
        Some('?') => Err(Kind::Query),
        Some('#') => Err(Kind::Fragment),
        Some('@') => Err(Kind::UserInfo),
        Some(_) => Err(Kind::Path),
    }
}

fn check_port(scheme: &str, digits: &str) -> Result<u16, PatternErrorKind> {
    let port = origin::parse_port(digits).ok_or(Kind::InvalidPort)?;
    if origin::default_port(scheme) == Some(port) {
        return Err(Kind::DefaultPort);
    }
    Ok(port)
}
