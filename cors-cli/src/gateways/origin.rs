//! Patterns of origins, in the terms of gateways.

/// The characters of a label that `*.` stands for.
const LABEL: &str = "[a-z0-9_-]{1,63}";

/// A port that a pattern stands for with `*`, if there is one.
const ANY_PORT: &str =
    "(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?";

/// A host that a pattern stands for with `*`: an identifier of any characters that hosts can have, or
/// an IPv6 address.
const ANY_HOST: &str =
    r"([\x21\x22\x24-\x29\x2b-\x2e0-9\x3b\x3dA-Z\x5f-\x7b\x7d\x7e]+|[[][0-9a-f:]+[]])";

/// An origin, or a set of origins.
#[derive(Clone, Debug)]
pub(super) struct OriginMatcher {
    /// The pattern, as it is written in policies.
    pub(super) text: String,
    pub(super) scheme: String,
    pub(super) host: Host,
    pub(super) port: Port,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Host {
    /// One host.
    Exact(String),
    /// One or more labels before `.base`.
    Subdomains { base: String },
    /// One label before `.base`, with a free part.
    Label { before: String, after: String, base: String },
    /// Every host of the scheme.
    Any,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Port {
    /// One port; `None` is the default of the scheme.
    Exact(Option<String>),
    Any,
}

impl OriginMatcher {
    /// Reads a pattern of a valid policy.
    pub(super) fn new(text: &str) -> Self {
        let (scheme, authority) = text.split_once("://").unwrap_or((text, ""));
        let after_brackets = authority.find(']').unwrap_or(0);
        let (in_brackets, rest) = authority.split_at_checked(after_brackets).unwrap_or_default();
        let (host_end, port) = match rest.split_once(':') {
            None => (rest, Port::Exact(None)),
            Some((host_end, "*")) => (host_end, Port::Any),
            Some((host_end, digits)) => (host_end, Port::Exact(Some(digits.into()))),
        };
        let host = Host::new(&[in_brackets, host_end].concat());
        Self { text: text.into(), scheme: scheme.into(), host, port }
    }

    /// Whether the matcher is one origin.
    pub(super) fn is_exact(&self) -> bool {
        matches!(self.host, Host::Exact(_)) && self.port != Port::Any
    }

    /// A regular expression for the matcher's origins and no others. It means the same in PCRE and RE2,
    /// and contains no quotes and no white space.
    pub(super) fn regex(&self) -> String {
        let host = match &self.host {
            Host::Exact(host) => literal(host),
            Host::Subdomains { base } => format!("({LABEL}[.])+{}", literal(base)),
            Host::Label { before, after, base } => {
                // The whole label has 63 characters at most.
                let most = 63_usize.saturating_sub(before.len() + after.len());
                let (before, after, base) = (literal(before), literal(after), literal(base));
                format!("{before}[a-z0-9-]{{1,{most}}}{after}[.]{base}")
            }
            Host::Any => ANY_HOST.into(),
        };
        let port = match &self.port {
            Port::Exact(None) => String::new(),
            Port::Exact(Some(digits)) => format!(":{digits}"),
            Port::Any => ANY_PORT.into(),
        };
        format!("^{}://{host}{port}$", literal(&self.scheme))
    }
}

impl Host {
    fn new(host: &str) -> Self {
        if host == "*" {
            return Self::Any;
        }
        if let Some(base) = host.strip_prefix("*.") {
            return Self::Subdomains { base: base.into() };
        }
        match host.split_once('.').and_then(|(label, base)| Some((label.split_once('*')?, base))) {
            Some(((before, after), base)) => {
                Self::Label { before: before.into(), after: after.into(), base: base.into() }
            }
            None => Self::Exact(host.into()),
        }
    }
}

/// A text as a regular expression for this text alone.
fn literal(text: &str) -> String {
    let escape = |c: char| match c {
        c if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '/') => c.to_string(),
        // In a class of characters, these two have a meaning of their own.
        '^' | '\\' => format!("\\{c}"),
        c => format!("[{c}]"),
    };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::{Host, OriginMatcher, Port};

    #[test]
    fn a_pattern_has_a_scheme_a_host_and_a_port() {
        let host = |host: &str| Host::Exact(host.into());
        let port = |port: &str| Port::Exact(Some(port.into()));
        let label = Host::Label { before: "pr-".into(), after: "-x".into(), base: "a.b".into() };
        for (text, scheme, host, port) in [
            ("https://app.example", "https", host("app.example"), Port::Exact(None)),
            ("https://app.example:8443", "https", host("app.example"), port("8443")),
            ("http://[::1]:3000", "http", host("[::1]"), port("3000")),
            ("http://[::1]:*", "http", host("[::1]"), Port::Any),
            ("http://[::1]", "http", host("[::1]"), Port::Exact(None)),
            ("app://*", "app", Host::Any, Port::Exact(None)),
            ("app://*:*", "app", Host::Any, Port::Any),
            ("https://pr-*-x.a.b", "https", label, Port::Exact(None)),
        ] {
            let matcher = OriginMatcher::new(text);
            assert_eq!((matcher.scheme.as_str(), matcher.host, matcher.port), (scheme, host, port));
        }
    }

    #[test]
    fn regular_expressions_are_anchored_and_escaped() {
        for (text, regex) in [
            ("https://app.example:8443", "^https://app[.]example:8443$"),
            ("https://*.example.com", "^https://([a-z0-9_-]{1,63}[.])+example[.]com$"),
            ("https://pr-*.a.b", "^https://pr-[a-z0-9-]{1,60}[.]a[.]b$"),
            ("http://[::1]:3000", "^http://[[]::1[]]:3000$"),
            ("web+app://a!b", "^web[+]app://a[!]b$"),
        ] {
            assert_eq!(OriginMatcher::new(text).regex(), regex);
        }
    }
}
