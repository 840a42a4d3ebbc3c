//! What a policy means, read from its data in the plainest way.

use cors_core::{PolicyConfig, RuleConfig};
use tests::oracle::Prepared;

/// The rule that governs an origin: the first one of which a pattern matches.
pub(crate) fn governing<'a>(config: &'a PolicyConfig, origin: &[u8]) -> Option<&'a RuleConfig> {
    config.rules.iter().find(|rule| {
        rule.allow_origins.iter().any(|pattern| pattern == "*" || matches(pattern, origin))
    })
}

/// Whether a page may do what it asks for.
pub(crate) fn intends(
    config: &PolicyConfig,
    origin: &[u8],
    with_credentials: bool,
    request: &Prepared,
    unsafe_names: &[Vec<u8>],
) -> bool {
    let Some(rule) = governing(config, origin) else {
        return false;
    };
    let allows_name = |name: &Vec<u8>| allows_header(rule, name);
    (!with_credentials || rule.allow_credentials)
        && allows_method(rule, &request.method)
        && unsafe_names.iter().all(allows_name)
}

pub(crate) fn allows_method(rule: &RuleConfig, method: &[u8]) -> bool {
    if [&b"GET"[..], b"HEAD", b"POST"].contains(&method) {
        return true;
    }
    if rule.allow_methods == ["*"] {
        return !(rule.allow_credentials && is_never_mirrored(method));
    }
    rule.allow_methods.iter().any(|allowed| {
        // The two of the methods here that browsers normalize from lower case.
        let normalized = if allowed == "delete" { "DELETE" } else { allowed };
        normalized.as_bytes() == method
    })
}

pub(crate) fn allows_header(rule: &RuleConfig, name: &[u8]) -> bool {
    let is_listed =
        rule.allow_headers.iter().any(|allowed| name.eq_ignore_ascii_case(allowed.as_bytes()));
    if !rule.allow_headers.iter().any(|allowed| allowed == "*") {
        return is_listed;
    }
    if rule.allow_credentials {
        return !is_never_mirrored(name);
    }
    is_listed || !name.eq_ignore_ascii_case(b"authorization")
}

/// With credentials "any" is what was asked for, repeated. A `*` never is: a browser would keep
/// it as a wildcard. No page has a use for a method or header of this name.
fn is_never_mirrored(name: &[u8]) -> bool {
    name == b"*"
}

/// Whether an origin is one that a pattern means: `scheme://host[:port|:*]`, where the host can be or
/// begin with `*`, or have one inside its first label.
pub(crate) fn matches(pattern: &str, origin: &[u8]) -> bool {
    let Ok(origin) = str::from_utf8(origin) else {
        return false;
    };
    let (Some((scheme, rest)), Some((pattern_scheme, pattern_rest))) =
        (origin.split_once("://"), pattern.split_once("://"))
    else {
        return false;
    };
    if scheme != pattern_scheme {
        return false;
    }
    if !pattern_rest.contains('*') {
        return rest == pattern_rest;
    }

    let (pattern_host, any_port) = match pattern_rest.strip_suffix(":*") {
        Some(host) => (host, true),
        None => (pattern_rest, false),
    };
    // None of the patterns with a wildcard has a port of its own, or an address.
    let (host, port) = match rest.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (rest, None),
    };
    let is_port_meant = match port {
        None => true,
        Some(port) => any_port && is_canonical_port(scheme, port),
    };
    let is_host_meant = match pattern_host.split_once('*') {
        None => host == pattern_host,
        Some(("", "")) => is_opaque_host(host),
        Some(("", base)) if base.starts_with('.') => {
            host.strip_suffix(base).is_some_and(|labels| labels.split('.').all(is_label))
        }
        Some((before, after)) => {
            let free = host.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            // The labels of these patterns leave room for one of 63 bytes.
            free.is_some_and(|free| !free.contains(['.', '_']) && is_label(free))
                && host.split('.').all(is_label)
        }
    };
    is_port_meant && is_host_meant && host.len() <= 253
}

/// A host behind a scheme of applications: an identifier whose case counts.
fn is_opaque_host(host: &str) -> bool {
    let forbidden = "#/:<>?@[\\]^|*";
    !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_graphic())
        && !host.contains(|c| forbidden.contains(c))
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|byte| b"abcdefghijklmnopqrstuvwxyz0123456789-_".contains(&byte))
}

/// A port as browsers write it: they leave out the scheme's own.
fn is_canonical_port(scheme: &str, port: &str) -> bool {
    let Ok(number) = port.parse::<u16>() else {
        return false;
    };
    let is_default = (scheme, number) == ("http", 80) || (scheme, number) == ("https", 443);
    number.to_string() == port && number > 0 && !is_default
}
