use std::fmt;

use crate::origin::{Origin, OriginPattern, PortPattern, Quoted, host, suggestion};
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
    let labels = origin.host().strip_suffix(pattern.host());
    let is_host = labels == Some("");
    let is_below = labels.is_some_and(|labels| labels.ends_with('.'));
    let same_host = if pattern.has_subdomains() { is_below } else { is_host };
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
            ClosestPatternKind::Host => "nearly the same host",
        };
        write!(f, "{by}: {} is {}", self.path, Quoted(&self.pattern))
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::Policy;

    #[test]
    fn the_nearest_pattern_is_named() {
        let policy = Policy::builder()
            .allow_origins([
                "https://shop.example",
                "https://*.app.example",
                "http://localhost:3000",
            ])
            .next_rule()
            .allow_origins(["https://admin.example:8443", "https://partner.example"])
            .build()
            .unwrap();
        for (origin, miss) in [
            (
                "https://shop.example/",
                Some(
                    r#"not written as browsers send origins: rules[0].allow_origins[0] is "https://shop.example""#,
                ),
            ),
            (
                "HTTPS://A.app.example",
                Some(
                    r#"not written as browsers send origins: rules[0].allow_origins[1] is "https://*.app.example""#,
                ),
            ),
            (
                "http://shop.example",
                Some(
                    r#"same host, other scheme: rules[0].allow_origins[0] is "https://shop.example""#,
                ),
            ),
            (
                "http://a.app.example",
                Some(
                    r#"same host, other scheme: rules[0].allow_origins[1] is "https://*.app.example""#,
                ),
            ),
            (
                "http://localhost:5173",
                Some(
                    r#"same host, other port: rules[0].allow_origins[2] is "http://localhost:3000""#,
                ),
            ),
            (
                "http://admin.example",
                Some(
                    r#"same host, other scheme and port: rules[1].allow_origins[0] is "https://admin.example:8443""#,
                ),
            ),
            (
                "https://app.example",
                Some(
                    r#"the pattern matches subdomains only, not the domain itself: rules[0].allow_origins[1] is "https://*.app.example""#,
                ),
            ),
            (
                "https://www.shop.example",
                Some(
                    r#"the pattern matches this host only, not its subdomains: rules[0].allow_origins[0] is "https://shop.example""#,
                ),
            ),
            (
                "https://prtner.example",
                Some(
                    r#"nearly the same host: rules[1].allow_origins[1] is "https://partner.example""#,
                ),
            ),
            ("https://shop.example", None),
            ("https://shop.example.evil.example", None),
            ("https://other.example", None),
            ("null", None),
            ("\u{80}", None),
        ] {
            let said = policy.closest_pattern(origin.as_bytes()).map(|miss| miss.to_string());
            assert_eq!(said.as_deref(), miss, "{origin}");
        }
    }

    #[test]
    fn names_of_this_machine_are_near_each_other() {
        let policy = Policy::builder().allow_origins([
            "http://0.0.0.0:9141",
            "http://127.0.0.1:3000",
            "http://[::]:3001",
        ]);
        let policy = policy.build().unwrap();
        for (origin, miss) in [
            (
                "http://localhost:9141",
                Some(
                    r#"servers listen at this address, and no page is opened at it: allow_origins[0] is "http://0.0.0.0:9141""#,
                ),
            ),
            (
                "http://localhost:3000",
                Some(
                    r#"the same machine by another name: allow_origins[1] is "http://127.0.0.1:3000""#,
                ),
            ),
            (
                "http://[::1]:3001",
                Some(
                    r#"servers listen at this address, and no page is opened at it: allow_origins[2] is "http://[::]:3001""#,
                ),
            ),
            ("https://localhost:3000", None),
            ("http://localhost:3002", None),
        ] {
            let said = policy.closest_pattern(origin.as_bytes()).map(|miss| miss.to_string());
            assert_eq!(said.as_deref(), miss, "{origin}");
        }
    }

    #[test]
    fn short_hosts_and_many_letters_are_near_nothing() {
        let policy = Policy::builder().allow_origins(["https://abcd", "https://efghi"]);
        let policy = policy.build().unwrap();
        for (origin, is_near) in [
            ("https://abce", false),
            ("https://efghj", true),
            ("https://efgxy", true),
            ("https://efxyz", false),
            // Other schemes and ports are other matters.
            ("http://efghj", false),
            ("https://efghj:8443", false),
        ] {
            assert_eq!(policy.closest_pattern(origin.as_bytes()).is_some(), is_near, "{origin}");
        }
    }

    #[test]
    fn the_least_that_is_missed_counts() {
        let policy = Policy::builder()
            .allow_origins(["https://partner-abc.example", "https://partner-ab.example"])
            .allow_origins(["https://partner-a.example:8443"])
            .build()
            .unwrap();
        for (origin, path) in [
            ("https://partner-aby.example", "allow_origins[0]"),
            ("https://partner-ay.example", "allow_origins[1]"),
            ("https://partner-a.example", "allow_origins[2]"),
        ] {
            let miss = policy.closest_pattern(origin.as_bytes()).unwrap();
            assert_eq!(miss.path(), path, "{origin}");
            assert!(miss.to_string().ends_with(&format!("\"{}\"", miss.pattern())));
        }
    }

    #[test]
    fn the_scheme_of_the_web_is_nearer_and_short_names_are_others() {
        let policy = Policy::builder()
            .allow_origins(["capacitor://localhost", "http://localhost", "https://a.example"])
            .build()
            .unwrap();
        let closest = policy.closest_pattern(b"https://localhost").unwrap();
        assert_eq!(closest.pattern(), "http://localhost");
        assert_eq!(closest.in_policy("web").path(), "policies.web.allow_origins[1]");
        assert_eq!(policy.closest_pattern(b"https://b.example"), None);
    }
}
