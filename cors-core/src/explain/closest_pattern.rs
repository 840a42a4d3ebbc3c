use std::fmt;

use crate::origin::{HostPattern, Origin, OriginPattern, PortPattern, Quoted, host, suggestion};
use crate::policy::{Policy, setting_path};

/// The pattern of a policy that an origin misses by least.
///
/// Printed, it says by what, and which pattern:
///
/// ```
/// use cors_core::Policy;
///
/// let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
/// assert_eq!(
///     policy.closest_pattern(b"http://app.example.com").unwrap().to_string(),
///     r#"same host, other scheme: allow_origins[0] is "https://app.example.com""#,
/// );
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClosestPattern {
    kind: ClosestPatternKind,
    path: String,
    pattern: String,
}

/// By what an origin misses a pattern, from the least to the most.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum ClosestPatternKind {
    /// It is no origin as browsers send them; the one that is likely meant is allowed.
    Spelling,
    /// The scheme alone.
    Scheme,
    /// The port alone.
    Port,
    /// Scheme and port.
    SchemeAndPort,
    /// It is on this machine, and the pattern has the address at which a server listens.
    ListenAddress,
    /// It is on this machine, and so is the pattern, under another name.
    LocalName,
    /// It is the domain whose subdomains the pattern allows.
    DomainItself,
    /// It is a subdomain of the host that the pattern allows.
    Subdomain,
    /// The pattern allows other names directly below the same domain.
    Label,
    /// The hosts differ by a few letters.
    Host,
}

impl Policy {
    /// Returns the pattern that comes closest to an origin that is not allowed; `None` if the origin
    /// is allowed, or if no pattern is close.
    ///
    /// This looks at every pattern of the policy. It answers people who ask why, not requests.
    #[must_use]
    pub fn closest_pattern(&self, origin: impl AsRef<[u8]>) -> Option<ClosestPattern> {
        let origin = origin.as_ref();
        if self.allows_origin(origin) {
            return None;
        }
        let Some(parsed) = Origin::parse(origin) else {
            return self.misspelt(origin);
        };
        let rules = 0..self.rules().len();
        let places = rules.flat_map(|rule| {
            let patterns = self.origins().patterns_of(rule).iter().enumerate();
            patterns.map(move |(place, pattern)| (rule, place, pattern))
        });
        let missed = places.filter_map(|(rule, place, pattern)| {
            let (kind, distance) = miss(&parsed, pattern)?;
            // Of several schemes, the web's is likelier to be meant.
            let is_of_web = matches!(pattern.scheme(), "http" | "https");
            let distance = distance + usize::from(!is_of_web);
            Some((kind, distance, rule, place, pattern))
        });
        let (kind, _, rule, place, pattern) = missed
            .min_by_key(|(kind, distance, rule, place, _)| (*kind, *distance, *rule, *place))?;
        Some(self.missed(kind, rule, place, pattern))
    }

    /// The pattern that allows what was likely meant.
    fn misspelt(&self, origin: &[u8]) -> Option<ClosestPattern> {
        let error = std::str::from_utf8(origin).ok()?.parse::<OriginPattern>().err()?;
        let meant = error.suggestion()?.as_bytes();
        let rule = self.origins().find(meant)?;
        let mut patterns = self.origins().patterns_of(rule).iter().enumerate();
        let (place, pattern) = patterns.find(|(_, pattern)| pattern.matches(meant))?;
        Some(self.missed(ClosestPatternKind::Spelling, rule, place, pattern))
    }

    fn missed(
        &self,
        kind: ClosestPatternKind,
        rule: usize,
        place: usize,
        pattern: &OriginPattern,
    ) -> ClosestPattern {
        let prefix = setting_path::rule_prefix(rule, self.rules_are_listed());
        let path = setting_path::of_element(&prefix, "allow_origins", place);
        ClosestPattern { kind, path, pattern: pattern.to_string() }
    }
}

/// By what, and by how many letters, an origin misses a pattern.
fn miss(origin: &Origin<'_>, pattern: &OriginPattern) -> Option<(ClosestPatternKind, usize)> {
    /// More letters make another name.
    const MOST_LETTERS: usize = 2;
    /// Of a shorter name, two letters are half.
    const SHORTEST: usize = 5;

    let same_scheme = origin.scheme() == pattern.scheme();
    let same_port = match pattern.port() {
        PortPattern::Any => true,
        PortPattern::Exact(port) => port == origin.port(),
    };
    let base = pattern.host();
    let labels = origin.host().strip_suffix(base);
    let is_host = labels == Some("");
    let is_below = labels.is_some_and(|labels| labels.ends_with('.'));
    let same_host = match pattern.hosts() {
        HostPattern::One => is_host,
        HostPattern::Subdomains => is_below,
        HostPattern::Label { .. } => pattern.covers(origin.host()),
        // What is left to miss is the port.
        HostPattern::Any => same_scheme,
    };
    let is_label = pattern.hosts().is_label();
    let is_local = host::is_loopback(origin.host());
    let kind = match (same_host, same_scheme, same_port) {
        (true, false, true) => ClosestPatternKind::Scheme,
        (true, true, false) => ClosestPatternKind::Port,
        (true, false, false) => ClosestPatternKind::SchemeAndPort,
        (_, true, true) if is_local && is_listen_address(pattern) => {
            ClosestPatternKind::ListenAddress
        }
        (_, true, true) if is_local && host::is_loopback(pattern.host()) => {
            ClosestPatternKind::LocalName
        }
        (_, true, true) if is_label => {
            let is_sibling = host::parent(origin.host()) == Some(base);
            return is_sibling.then_some((ClosestPatternKind::Label, 0));
        }
        (_, true, true) if is_host => ClosestPatternKind::DomainItself,
        (_, true, true) if is_below => ClosestPatternKind::Subdomain,
        (_, true, true) => {
            // A label that is short is another name, and no misspelt one.
            let labels = origin.host().split('.').zip(pattern.host().split('.'));
            let is_other = |(one, other): (&str, &str)| one != other && one.len() < SHORTEST;
            let distance = strsim::osa_distance(origin.host(), pattern.host());
            return (distance <= MOST_LETTERS && !labels.into_iter().any(is_other))
                .then_some((ClosestPatternKind::Host, distance));
        }
        _ => return None,
    };
    Some((kind, 0))
}

fn is_listen_address(pattern: &OriginPattern) -> bool {
    suggestion::page_of_listener(pattern).is_some()
}

impl ClosestPattern {
    /// Returns the same with the path as in a file with several policies, of which this one has the
    /// name.
    #[must_use]
    pub fn in_policy(self, name: &str) -> Self {
        Self { path: format!("{}.{}", setting_path::of_policy(name), self.path), ..self }
    }

    /// By what the origin misses the pattern.
    #[must_use]
    pub const fn kind(&self) -> ClosestPatternKind {
        self.kind
    }

    /// The pattern's place, such as `allow_origins[0]`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The pattern.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }
}

impl fmt::Display for ClosestPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = match self.kind {
            ClosestPatternKind::Spelling => "not written as browsers send origins",
            ClosestPatternKind::Scheme => "same host, other scheme",
            ClosestPatternKind::Port => "same host, other port",
            ClosestPatternKind::SchemeAndPort => "same host, other scheme and port",
            ClosestPatternKind::ListenAddress => {
                "servers listen at this address, and no page is opened at it"
            }
            ClosestPatternKind::LocalName => "the same machine by another name",
            ClosestPatternKind::DomainItself => {
                "the pattern matches subdomains only, not the domain itself"
            }
            ClosestPatternKind::Subdomain => {
                "the pattern matches this host only, not its subdomains"
            }
            ClosestPatternKind::Label => "the \"*\" of the pattern does not match this name",
            ClosestPatternKind::Host => "nearly the same host",
        };
        write!(f, "{by}: {} is {}", self.path, Quoted(&self.pattern))
    }
}

#[cfg(test)]
mod tests;
