//! Origins that are nearly written as patterns are.

use super::ports::{self, Ports};
use super::{Advice, before_path, hosts, is_letter_or_digit, url, valid};
use crate::http::text;
use crate::origin::host::HostKind;
use crate::origin::{host, origin, scheme};

/// IDNA maps this to `ss` or, since Unicode 15.1, to `ß`.
const TWO_LOWER_CASES: char = 'ẞ';

/// What to write instead of a text that is not a regular expression.
pub(super) fn plain(text: &str) -> Advice {
    let Some(("*" | "http*" | "http(s)", rest)) = text::split_once(text, "://") else {
        return one(text);
    };
    match (one(&["https://", rest].concat()), one(&["http://", rest].concat())) {
        (Advice::One(secure), Advice::One(insecure)) => Advice::Each(vec![secure, insecure]),
        _ => Advice::General,
    }
}

fn one(text: &str) -> Advice {
    let Some(origin) = read(text) else { return Advice::General };
    match origin.advice().unwrap_or_default() {
        // A name such as `mystaging.com` can be meant too.
        Advice::One(meant) if origin.lacks_dot => Advice::Subdomains(meant),
        advice => advice,
    }
}

/// The parts of an origin that a text means.
struct Meant {
    scheme: String,
    /// `*.` or nothing.
    labels: &'static str,
    /// Whether the dot after the `*` is missing.
    lacks_dot: bool,
    host: String,
    ports: Ports,
}

fn read(text: &str) -> Option<Meant> {
    if text::has(text, |c| c == TWO_LOWER_CASES) {
        return None;
    }
    // Not the text as a whole: IDNA has no rule of its own for a sigma that ends a word.
    let mut lower = String::new();
    text.chars().for_each(|c| lower.extend(c.to_lowercase()));
    let (scheme, rest) = split_scheme(url::after_prefix(&lower).unwrap_or(&lower))?;
    // A scheme that was put before another one.
    let (scheme, rest) = match text::split_once(rest, "://") {
        Some((inner @ ("http" | "https"), rest)) => (inner, rest),
        _ => (scheme, rest),
    };
    let with_port = ["localhost:", rest].concat();
    let rest = match scheme {
        // The host stands for the scheme: `localhost://3000`.
        "localhost" if text::starts(rest, |c| c.is_ascii_digit()) => &with_port,
        "localhost" => return None,
        _ => rest,
    };
    let scheme = scheme::meant(scheme).unwrap_or(scheme);
    // Other schemes keep the case of their hosts, and have no Punycode.
    let is_domain = origin::host_kind(scheme) == HostKind::Domain;
    let rest = match text::split_once(text, "://") {
        Some((_, rest)) if !is_domain => rest,
        _ => rest,
    };
    let authority = without_user(before_path(rest));
    let (host, ports) = match origin::split_port(authority) {
        (host, Some(port)) => (before_url_parts(host), read_ports(port)?),
        (host, None) => (before_url_parts(host), Ports::Default),
    };
    let (labels, lacks_dot, base) = split_labels(host);
    let (base, ports) = match base.strip_suffix('*') {
        // `http://localhost*` is how servers are told that any port of this machine is meant.
        Some(base)
            if host::is_loopback(base) && !base.ends_with('.') && ports == Ports::Default =>
        {
            (base, Ports::Any)
        }
        _ => (base, ports),
    };
    // A server listens there; its pages are elsewhere.
    let base = if matches!(base, "0.0.0.0" | "[::]") { "localhost" } else { base };
    if !is_domain && !text::is_ascii(base) {
        return None;
    }
    Some(Meant { scheme: scheme.into(), labels, lacks_dot, host: hosts::canonical(base)?, ports })
}

impl Meant {
    fn advice(&self) -> Option<Advice> {
        Some(match &self.ports {
            Ports::Default => Advice::One(self.pattern("")?),
            Ports::Any => Advice::One(self.pattern(":*")?),
            Ports::Exact(port) => Advice::One(self.with_port(*port)?),
            Ports::Listed(ports) => {
                let mut patterns = Vec::new();
                for port in ports {
                    patterns.push(self.with_port(*port)?);
                }
                if patterns.len() > 1 { Advice::Each(patterns) } else { patterns.pop().into() }
            }
            Ports::Many => Advice::Ports(self.pattern(":*")?),
        })
    }

    fn with_port(&self, port: u16) -> Option<String> {
        if origin::default_port(&self.scheme) == Some(port) {
            self.pattern("")
        } else {
            self.pattern(&format!(":{port}"))
        }
    }

    /// The valid pattern with this port. A trailing dot is dropped only if it is not valid.
    fn pattern(&self, port: &str) -> Option<String> {
        let with = |host: &str| valid([&self.scheme, "://", self.labels, host, port].concat());
        with(&self.host).or_else(|| with(self.host.strip_suffix('.')?))
    }
}

/// Splits `*.` off a host, and tells whether its dot is missing. A `*` without a dot is taken for it
/// only before the name of a whole domain, because `*-team.example.com` and `*preview.example.com`
/// mean a part of a label.
fn split_labels(host: &str) -> (&'static str, bool, &str) {
    if text::is_one_of(host, "* ** *. *.*") {
        return ("", false, "*");
    }
    let Some(after) = host.strip_prefix('*') else { return ("", false, host) };
    if let Some(base) = text::trim_start(after, |c| c == '*').strip_prefix('.') {
        return ("*.", false, base);
    }
    let is_domain = text::starts(after, is_letter_or_digit)
        && text::split(after, |c| c == '.').filter(|label| !label.is_empty()).count() == 2;
    if is_domain { ("*.", true, after) } else { ("", false, host) }
}

/// Reads a port, which a glob or a regular expression may stand for, or the beginning of a URL's
/// query.
fn read_ports(text: &str) -> Option<Ports> {
    ports::read(text).or_else(|| {
        let port = before_url_parts(text);
        if port.len() < text.len() { ports::read(port) } else { None }
    })
}

/// An authority without a user name and password. A `@` in a query is not a part of it.
fn without_user(authority: &str) -> &str {
    let user = before_url_parts(authority).rfind('@');
    user.and_then(|at| authority.get(at + 1..)).unwrap_or(authority)
}

/// What stands before the path, query or fragment of a URL.
fn before_url_parts(text: &str) -> &str {
    text::split(text, |c| matches!(c, '?' | '#' | '\\')).next().unwrap_or_default()
}

/// The scheme, guessed if there is none, and what follows it.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    if let Some((scheme, rest)) = text::split_once(text, "://") {
        return Some((text::trim_end(scheme, |c| c == ':'), rest));
    }
    for (misspelt, scheme) in [
        ("https:", "https"),
        ("http:", "http"),
        ("https;//", "https"),
        ("http;//", "http"),
        ("https//", "https"),
        ("http//", "http"),
    ] {
        if let Some(rest) = text.strip_prefix(misspelt) {
            return Some((scheme, text::trim_start(rest, |c| c == '/')));
        }
    }
    let rest = text::trim_start(text, |c| c == '/');
    let (host, port) = origin::split_port(before_path(rest));
    if host::is_loopback(host) || host::parse_ipv6(host).is_some() || hosts::is_ipv4(host) {
        return Some(("http", rest));
    }
    // A single word such as `any` is hardly a host.
    // What stands before another colon is a scheme.
    let has_port = port.is_some_and(|port| text::starts(port, |c| c.is_ascii_digit() || c == '*'));
    (text::contains(host, ".") || has_port).then_some(("https", rest))
}
