use std::fmt;

use crate::http::text;
use crate::origin::host::{HostKind, HostProblem, Labels};
use crate::origin::origin::MAX_SCHEME_LEN;
use crate::origin::pattern_error::{PatternErrorKind, PatternErrorKind as Kind};
use crate::origin::{host, origin, scheme};

/// An origin, or a set of origins that differ in subdomain or port.
///
/// | pattern | matches |
/// |---|---|
/// | `https://example.com` | this origin only |
/// | `https://*.example.com` | one or more labels before `.example.com`, not `https://example.com` |
/// | `http://localhost:*` | any port, the default port included |
///
/// Both wildcards may stand in one pattern. A pattern is written as browsers send origins: no
/// trailing slash, no default port, and lower case, except for the hosts of schemes other than
/// `http` and `https`, which keep their case (`safari-web-extension://E40BB581-…`).
///
/// A `*.` covers labels of `[a-z0-9_-]`. It covers no name with a trailing dot, and the host behind
/// it has neither a trailing dot nor other characters. Other hosts are listed as they are:
/// `https://app.example.`, `http://a!b.example`. The characters that separate, quote or compute
/// values in configurations, which are quotes, `,`, `;`, `(`, `)`, `$`, `{` and `}`, cannot be
/// listed; only a predicate can allow such a host.
///
/// ```
/// use cors_core::explain::OriginPattern;
///
/// let pattern: OriginPattern = "https://*.example.com".parse()?;
/// assert!(pattern.matches(b"https://app.example.com"));
/// assert!(!pattern.matches(b"https://example.com"));
/// # Ok::<(), cors_core::Diagnostic>(())
/// ```
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct OriginPattern {
    text: Box<str>,
    /// Where the host's text ends and the port's, if any, begins.
    host_end: u16,
    scheme_len: u8,
    subdomains: bool,
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
        let host = if self.subdomains {
            let covered = origin.host().strip_suffix(self.host());
            labels == Labels::Plain && covered.is_some_and(|covered| covered.ends_with('.'))
        } else {
            origin.host() == self.host()
        };
        let port = self.port == PortPattern::Any || self.port == PortPattern::Exact(origin.port());
        origin.scheme() == self.scheme() && host && port
    }

    /// The pattern as it was written.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn scheme(&self) -> &str {
        self.text.get(..self.scheme_len.into()).unwrap_or_default()
    }

    /// The host without a leading `*.`.
    pub(crate) fn host(&self) -> &str {
        let start = usize::from(self.scheme_len)
            + "://".len()
            + if self.subdomains { "*.".len() } else { 0 };
        self.text.get(start..self.host_end.into()).unwrap_or_default()
    }

    pub(crate) const fn port(&self) -> PortPattern {
        self.port
    }

    pub(crate) const fn has_subdomains(&self) -> bool {
        self.subdomains
    }

    pub(crate) fn has_wildcard(&self) -> bool {
        self.subdomains || self.port == PortPattern::Any
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
    let (subdomains, base) = match host.strip_prefix("*.") {
        Some(base) => (true, base),
        None => (false, host),
    };
    check_host(origin::host_kind(scheme), base, subdomains)?;
    let scheme_len = u8::try_from(scheme.len()).map_err(|_| Kind::SchemeTooLong)?;
    let host_end =
        u16::try_from(scheme.len() + "://".len() + host.len()).map_err(|_| Kind::HostTooLong)?;
    Ok(OriginPattern { text: text.into(), host_end, scheme_len, subdomains, port })
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

fn check_host(kind: HostKind, base: &str, subdomains: bool) -> Result<(), PatternErrorKind> {
    if text::contains(base, "*") || subdomains && base.is_empty() {
        return Err(Kind::Wildcard);
    }
    if !text::is_ascii(base) {
        return Err(Kind::NotAscii);
    }
    match host::check(kind, base) {
        // A base such as `example.com.`: no name with a trailing dot is covered.
        Ok(Labels::Other) if subdomains && text::split(base, |c| c == '.').any(str::is_empty) => {
            Err(Kind::EmptyLabel)
        }
        Ok(_) if subdomains && host::is_ip(base) => Err(Kind::WildcardOverIp),
        Ok(Labels::Other) if subdomains || text::has(base, is_syntax) => Err(Kind::InvalidHost),
        Ok(_) => Ok(()),
        Err(HostProblem::Empty) => Err(Kind::MissingHost),
        Err(HostProblem::TooLong) => Err(Kind::HostTooLong),
        Err(HostProblem::EmptyLabel) => Err(Kind::EmptyLabel),
        Err(HostProblem::LabelTooLong) => Err(Kind::LabelTooLong),
        Err(HostProblem::Character) if text::has(base, |c| c.is_ascii_uppercase()) => {
            check_host(kind, &text::to_lower_case(base), subdomains).and(Err(Kind::UpperCase))
        }
        Err(HostProblem::Character) => Err(Kind::InvalidHost),
        Err(HostProblem::Ip) => Err(Kind::InvalidIp),
    }
}

/// Whether a character that hosts can have computes or separates values where configurations are
/// written: `https://${HOST}` is a mistake, and no host.
const fn is_syntax(c: char) -> bool {
    is_quote(c) || matches!(c, ',' | ';' | '(' | ')' | '$' | '{' | '}')
}
