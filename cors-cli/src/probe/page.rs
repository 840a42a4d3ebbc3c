//! Origins of pages, inside a pattern and just outside of it.

use cors_core::Origin;

/// A host that belongs to nobody, for pages of strangers.
const STRANGER_HOST: &str = "cors-probe.example";

/// The origin of a page that asks the service something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Page {
    pub(super) origin: String,
    pub(super) kind: Kind,
    /// The pattern or origin that it was made from; empty if there is none.
    pub(super) of: String,
}

/// How an origin relates to the pattern that it was made from.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum Kind {
    /// The pattern matches it.
    Inside,
    /// It begins as a matching origin does.
    Suffix,
    /// It ends as a matching origin does.
    Prefix,
    /// Another character takes the place of a dot.
    Dot,
    /// It differs in the scheme.
    Scheme,
    /// It differs in the port.
    Port,
    /// It differs in case, as no browser sends it.
    Case,
    /// A dot follows its host.
    TrailingDot,
    /// It is a subdomain of the host.
    Subdomain,
    /// It is the domain above the host.
    Parent,
    /// The wildcard inside a label would stand for nothing, for a dot, or for an underscore.
    Label,
    /// A page without an origin, such as a sandboxed frame.
    Null,
    /// An origin that nothing suggests.
    Stranger,
}

impl Page {
    pub(super) fn null() -> Self {
        Self { origin: "null".into(), kind: Kind::Null, of: String::new() }
    }

    pub(super) fn stranger() -> Self {
        Self::strange(&format!("https://{STRANGER_HOST}"))
    }

    /// A page of a developer's machine, which often stays allowed by mistake.
    pub(super) fn loopback() -> Self {
        Self::strange("http://localhost:3000")
    }

    fn strange(origin: &str) -> Self {
        Self { origin: origin.into(), kind: Kind::Stranger, of: String::new() }
    }

    /// What to change in a service that allows this page although it should not.
    pub(super) fn fix(&self) -> String {
        let of = &self.of;
        match self.kind {
            Kind::Inside => format!("{of} is not in the policy; remove it from the service"),
            Kind::Suffix => format!(
                "the service compares only the beginning of {of}; compare the whole origin, or end the regular expression with $"
            ),
            Kind::Prefix => format!(
                "the service compares only the end of {of}; compare the whole origin, and put a dot before a domain whose subdomains are allowed"
            ),
            Kind::Dot => format!(
                "a dot in the regular expression for {of} matches any character; write \\. for a dot"
            ),
            Kind::Scheme => format!("the scheme is part of an origin; compare that of {of} too"),
            Kind::Port => format!("the port is part of an origin; compare that of {of} too"),
            Kind::Case => {
                format!("browsers send origins in lower case; compare with {of} byte for byte")
            }
            Kind::TrailingDot => format!(
                "a host that ends in a dot is another host; compare with {of} byte for byte"
            ),
            Kind::Subdomain => format!("{of} has no wildcard; do not allow its subdomains"),
            Kind::Parent => format!("do not allow the domain itself where {of} is allowed"),
            Kind::Label => format!(
                "the wildcard of {of} stands for one or more letters, digits and hyphens of one label"
            ),
            Kind::Null => {
                "any page can have the origin null, in a sandboxed frame; do not allow it".into()
            }
            Kind::Stranger => {
                "list the origins that are allowed, instead of repeating each Origin".into()
            }
        }
    }
}

/// Scheme, host and port of a pattern; the host and the port may have a `*`.
struct Parts<'p> {
    scheme: &'p str,
    host: &'p str,
    port: Option<&'p str>,
}

impl<'p> Parts<'p> {
    fn of(pattern: &'p str) -> Option<Self> {
        let (scheme, authority) = pattern.split_once("://")?;
        Some(match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => Self { scheme, host, port: Some(port) },
            _ => Self { scheme, host: authority, port: None },
        })
    }

    fn hosts(&self) -> Vec<String> {
        match self.host.strip_prefix("*.") {
            _ if self.host == "*" => vec!["cors-probe".into()],
            Some(base) => vec![format!("a.{base}"), format!("a.b.{base}")],
            None => vec![self.host.replace('*', "x1")],
        }
    }

    fn ports(&self) -> Vec<String> {
        match self.port {
            None => vec![String::new()],
            Some("*") => vec![String::new(), ":8443".into()],
            Some(port) => vec![format!(":{port}")],
        }
    }
}

/// Origins that a pattern matches: one for each form that it allows.
pub(super) fn inside(pattern: &str) -> Vec<Page> {
    if pattern == "*" {
        return vec![Page::stranger(), Page::loopback()];
    }
    let Some(parts) = Parts::of(pattern) else { return Vec::new() };
    let mut pages = Vec::new();
    for host in parts.hosts() {
        for port in parts.ports() {
            let origin = format!("{}://{host}{port}", parts.scheme);
            pages.push(Page { origin, kind: Kind::Inside, of: pattern.into() });
        }
    }
    pages
}

/// Origins just outside of a pattern. Another pattern of the policy may match them.
pub(super) fn outside(pattern: &str) -> Vec<Page> {
    let Some(parts) = Parts::of(pattern) else { return Vec::new() };
    let (Some(host), Some(port)) =
        (parts.hosts().into_iter().next(), parts.ports().into_iter().next())
    else {
        return Vec::new();
    };
    let scheme = parts.scheme;
    let base = parts.host.strip_prefix("*.");
    let mut candidates = vec![
        (Kind::Suffix, format!("{scheme}://{host}.{STRANGER_HOST}{port}")),
        (Kind::Scheme, format!("{}://{host}{port}", other_scheme(scheme))),
        (Kind::Case, format!("{scheme}://{}{port}", host.to_ascii_uppercase())),
        (Kind::TrailingDot, format!("{scheme}://{host}.{port}")),
    ];
    if parts.host != "*" {
        let whole = base.unwrap_or(&host);
        candidates.push((Kind::Prefix, format!("{scheme}://x{whole}{port}")));
        if let Some((first, rest)) = whole.split_once('.') {
            let below = if base.is_some() { "a." } else { "" };
            candidates.push((Kind::Dot, format!("{scheme}://{below}{first}x{rest}{port}")));
        }
    }
    match parts.port {
        None => candidates.push((Kind::Port, format!("{scheme}://{host}:8444"))),
        Some("*") => {}
        Some(_) => {
            candidates.push((Kind::Port, format!("{scheme}://{host}")));
            candidates.push((Kind::Port, format!("{scheme}://{host}:8444")));
        }
    }
    match base {
        Some(base) => candidates.push((Kind::Parent, format!("{scheme}://{base}{port}"))),
        None if parts.host == "*" => {}
        None => {
            candidates.push((Kind::Subdomain, format!("{scheme}://x.{host}{port}")));
            let parent = host.split_once('.').map(|(_, parent)| parent);
            if let Some(parent) = parent.filter(|parent| parent.contains('.')) {
                candidates.push((Kind::Parent, format!("{scheme}://{parent}{port}")));
            }
        }
    }
    if base.is_none() && parts.host != "*" && parts.host.contains('*') {
        for instead in ["", "x.y", "x_y"] {
            let host = parts.host.replace('*', instead);
            candidates.push((Kind::Label, format!("{scheme}://{host}{port}")));
        }
    }
    let inside = inside(pattern);
    let is_outside = |origin: &str| inside.iter().all(|page| page.origin != origin);
    let can_be_sent =
        |kind, origin: &str| kind == Kind::Case || Origin::parse(origin.as_bytes()).is_some();
    candidates.retain(|(kind, origin)| is_outside(origin) && can_be_sent(*kind, origin));
    let page = |(kind, origin)| Page { origin, kind, of: pattern.into() };
    candidates.into_iter().map(page).collect()
}

fn other_scheme(scheme: &str) -> &'static str {
    if scheme == "https" { "http" } else { "https" }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Page, inside, outside};

    fn origins(pages: Vec<Page>) -> Vec<String> {
        pages.into_iter().map(|page| page.origin).collect()
    }

    #[test]
    fn each_form_of_a_pattern_is_inside() {
        for (pattern, expected) in [
            ("https://example.com", &["https://example.com"][..]),
            ("https://*.example.com", &["https://a.example.com", "https://a.b.example.com"]),
            ("https://pr-*.example.com", &["https://pr-x1.example.com"]),
            ("http://[::1]:*", &["http://[::1]", "http://[::1]:8443"]),
            ("moz-extension://*", &["moz-extension://cors-probe"]),
            ("*", &["https://cors-probe.example", "http://localhost:3000"]),
        ] {
            assert_eq!(origins(inside(pattern)), expected, "{pattern}");
        }
    }

    #[test]
    fn neighbours_of_an_origin() {
        let pages = outside("https://app.example.com");
        let expected = [
            (Kind::Suffix, "https://app.example.com.cors-probe.example"),
            (Kind::Scheme, "http://app.example.com"),
            (Kind::Case, "https://APP.EXAMPLE.COM"),
            (Kind::TrailingDot, "https://app.example.com."),
            (Kind::Prefix, "https://xapp.example.com"),
            (Kind::Dot, "https://appxexample.com"),
            (Kind::Port, "https://app.example.com:8444"),
            (Kind::Subdomain, "https://x.app.example.com"),
            (Kind::Parent, "https://example.com"),
        ];
        let pages: Vec<_> = pages.iter().map(|page| (page.kind, page.origin.as_str())).collect();
        assert_eq!(pages, expected);
    }

    #[test]
    fn neighbours_of_patterns() {
        for (pattern, expected) in [
            ("https://*.example.com", "https://example.com"),
            ("https://*.example.com", "https://xexample.com"),
            ("https://*.example.com", "https://a.examplexcom"),
            ("https://pr-*.example.com", "https://pr-.example.com"),
            ("https://pr-*.example.com", "https://pr-x.y.example.com"),
            ("https://pr-*.example.com", "https://pr-x_y.example.com"),
            ("https://example.com:8443", "https://example.com"),
            ("moz-extension://*", "moz-extension://cors-probe:8444"),
        ] {
            assert!(
                origins(outside(pattern)).iter().any(|origin| origin == expected),
                "{expected}"
            );
        }
    }

    #[test]
    fn what_is_no_origin_is_left_out() {
        for page in outside("http://127.0.0.1:*") {
            assert!(
                page.kind == Kind::Case
                    || cors_core::Origin::parse(page.origin.as_bytes()).is_some()
            );
            assert_ne!(page.kind, Kind::Port);
            assert_ne!(page.origin, "http://x127.0.0.1");
        }
        assert_eq!(outside("*"), []);
    }
}
