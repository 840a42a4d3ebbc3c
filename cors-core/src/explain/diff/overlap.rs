//! What patterns have in common, and how they are written.

use crate::http::text;
use crate::origin::{HostPattern, OriginPattern, PortPattern, host, pattern};

/// Returns whether no host is long enough to be one of a pattern, and short enough to be one at
/// all.
pub(super) fn is_empty(pattern: &OriginPattern) -> bool {
    let shortest = pattern.host().len() + "a.".len();
    pattern.hosts() == HostPattern::Subdomains && shortest > host::MAX_LEN
}

/// A port as it stands behind a host.
pub(super) fn port_text(port: PortPattern) -> String {
    match port {
        PortPattern::Exact(None) => String::new(),
        PortPattern::Exact(Some(port)) => format!(":{port}"),
        PortPattern::Any => ":*".into(),
    }
}

/// Scheme and host.
pub(super) fn without_port(pattern: &OriginPattern) -> &str {
    pattern.as_str().strip_suffix(port_text(pattern.port()).as_str()).unwrap_or_default()
}

/// The host, with its wildcard.
pub(super) fn host_text(pattern: &OriginPattern) -> &str {
    text::split_once(without_port(pattern), "://").map_or("", |(_, host)| host)
}

/// Returns the label with a `*` that has this many bytes before and after it and covers more than
/// this label, which may have a `*` itself.
pub(super) fn wider_label(label: &str, (before, after): (usize, usize)) -> Option<String> {
    let free_end = label.len().checked_sub(after)?;
    let free = label.get(before..free_end)?;
    let (before, after) = (label.get(..before)?, label.get(free_end..)?);
    let is_wider = !free.is_empty() && free != "*" && is_free(free);
    let has_wildcard_elsewhere = before.contains('*') || after.contains('*');
    (is_wider && !has_wildcard_elsewhere).then(|| [before, "*", after].concat())
}

/// Whether a `*` inside a label stands for these characters of another label.
fn is_free(part: &str) -> bool {
    !part.contains('_')
}

/// The origins of a pattern for any port that have a certain one.
pub(super) fn at_port(any_port: &OriginPattern, port: PortPattern) -> Option<OriginPattern> {
    pattern::parse(&[without_port(any_port), &port_text(port)].concat()).ok()
}

/// Returns whether two patterns surely have no origin in common. One of two patterns with a `*`
/// inside the label may still begin or end otherwise.
pub(super) fn are_apart(one: &OriginPattern, other: &OriginPattern) -> bool {
    let is_other_port = one.port() != other.port()
        && [one.port(), other.port()].iter().all(|port| *port != PortPattern::Any);
    if one.scheme() != other.scheme() || is_other_port {
        return true;
    }
    let is_below = |one: &OriginPattern, other: &OriginPattern| match other.hosts() {
        HostPattern::Any => true,
        HostPattern::One => one.hosts() == HostPattern::One && one.host() == other.host(),
        HostPattern::Label { .. } => match one.hosts() {
            HostPattern::One => other.covers(one.host()),
            HostPattern::Label { .. } => one.host() == other.host(),
            HostPattern::Subdomains | HostPattern::Any => false,
        },
        HostPattern::Subdomains => {
            let rest = one.host().strip_suffix(other.host());
            rest.is_some_and(|rest| {
                rest.ends_with('.') || rest.is_empty() && one.hosts() != HostPattern::One
            })
        }
    };
    !is_below(one, other) && !is_below(other, one)
}

/// What two patterns for labels below the same base have in common. The label of the first is the
/// longer one before the `*`, and that of the second the longer one behind it.
///
/// Besides the labels that begin like the first and end like the second, these are some that are so
/// short that both parts share characters: `a-*` and `*-b` both match `a-b`.
pub(super) fn of_labels(one: &OriginPattern, other: &OriginPattern) -> Vec<OriginPattern> {
    let port = match (one.port(), other.port()) {
        (PortPattern::Any, port) | (port, PortPattern::Any) => port,
        (one, other) if one == other => one,
        _ => return Vec::new(),
    };
    let (before, after) = (one.label_parts().before, other.label_parts().after);
    let host = |label: &str| [label, ".", one.host()].concat();
    let parse =
        |host: &str| pattern::parse(&[one.scheme(), "://", host, &port_text(port)].concat()).ok();
    let is_in = |part: Option<&str>| part.is_some_and(is_free);
    let is_long_in_both = is_in(before.get(other.label_parts().before.len()..))
        && is_in(after.get(..after.len() - one.label_parts().after.len()));
    let long = is_long_in_both.then(|| parse(&host(&[before, "*", after].concat()))).flatten();
    let shared = (0..=before.len().min(after.len())).filter_map(|shared| {
        let (start, rest) = after.split_at_checked(shared)?;
        let host = before.ends_with(start).then(|| host(&[before, rest].concat()))?;
        (one.covers(&host) && other.covers(&host)).then(|| parse(&host)).flatten()
    });
    shared.chain(long).collect()
}
