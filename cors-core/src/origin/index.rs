use std::hash::{BuildHasher, Hash};
use std::ops::RangeInclusive;

use foldhash::fast::RandomState;

use crate::origin::host;
use crate::origin::host::Labels;
use crate::origin::origin::{MAX_LEN, Origin};
use crate::origin::pattern::{OriginPattern, PortPattern};
use crate::origin::table::Table;

/// Which rule governs an origin, found at a cost that does not grow with the number of patterns.
#[derive(Clone, Debug)]
pub(crate) struct OriginIndex {
    /// The patterns of all rules, rule after rule.
    patterns: Box<[OriginPattern]>,
    /// For each rule, where its patterns end.
    ends: Box<[u32]>,
    /// The rules that allow any origin.
    rules_for_any: Box<[u32]>,
    /// The first of them.
    any: Option<usize>,
    hasher: RandomState,
    /// Positions of the patterns without a wildcard, by their text.
    exact: Table,
    /// Positions of the patterns with a wildcard, by their parts.
    wild: Table,
    /// The first rule that has a pattern with a wildcard.
    first_wild_rule: usize,
    /// No origin longer than this matches a pattern.
    longest_origin: usize,
    /// How long the hosts behind a `*.` are; empty if there are none.
    bases: RangeInclusive<usize>,
    /// Whether a pattern has any port.
    has_any_port: bool,
}

/// The origins of one rule.
pub(crate) enum RuleOrigins {
    Any,
    Patterns(Vec<OriginPattern>),
}

impl OriginIndex {
    pub(crate) fn new(rules: Vec<RuleOrigins>) -> Self {
        let mut patterns = Vec::new();
        let mut ends = Vec::with_capacity(rules.len());
        let mut rules_for_any = Vec::new();
        let mut first_wild_rule = usize::MAX;
        for (rule, origins) in rules.into_iter().enumerate() {
            match origins {
                RuleOrigins::Any => rules_for_any.push(position(rule)),
                RuleOrigins::Patterns(of_rule) => {
                    if of_rule.iter().any(OriginPattern::has_wildcard) {
                        first_wild_rule = first_wild_rule.min(rule);
                    }
                    patterns.extend(of_rule);
                }
            }
            ends.push(position(patterns.len()));
        }

        let hasher = RandomState::default();
        let (mut exact, mut wild) = (Vec::new(), Vec::new());
        let mut longest_origin = 0;
        let (mut shortest_base, mut longest_base) = (usize::MAX, 0);
        let mut has_any_port = false;
        for (at, pattern) in (0..).zip(&patterns) {
            if !pattern.has_wildcard() {
                exact.push((at, hasher.hash_one(pattern.as_str().as_bytes())));
                longest_origin = longest_origin.max(pattern.as_str().len());
                continue;
            }
            wild.push((at, hasher.hash_one(WildKey::of(pattern))));
            longest_origin = MAX_LEN;
            if pattern.has_subdomains() {
                shortest_base = shortest_base.min(pattern.host().len());
                longest_base = longest_base.max(pattern.host().len());
            }
            has_any_port |= pattern.port() == PortPattern::Any;
        }
        let is_same =
            |one: u32, other: u32| patterns.get(one as usize) == patterns.get(other as usize);
        Self {
            exact: Table::new(&exact, is_same),
            wild: Table::new(&wild, is_same),
            longest_origin,
            bases: shortest_base..=longest_base,
            has_any_port,
            ends: ends.into(),
            any: rules_for_any.first().map(|rule| *rule as usize),
            rules_for_any: rules_for_any.into(),
            hasher,
            first_wild_rule,
            patterns: patterns.into(),
        }
    }

    /// The first rule whose origins include the one with these bytes.
    pub(crate) fn find(&self, origin: &[u8]) -> Option<usize> {
        if origin.len() > self.longest_origin {
            return self.any;
        }
        let exact = self.find_exact(origin).map(|at| self.rule_of(at));
        let found = earlier(self.any, exact);
        if found.is_some_and(|rule| rule <= self.first_wild_rule) || self.wild.is_empty() {
            return found;
        }
        match Origin::parse_with_labels(origin) {
            Some((origin, labels)) => {
                let wild = self.find_wider(WildKey::of_origin(&origin), labels);
                earlier(found, wild.map(|at| self.rule_of(at)))
            }
            None => found,
        }
    }

    /// The first rule that allows any origin, whatever it is.
    pub(crate) const fn find_any(&self) -> Option<usize> {
        self.any
    }

    /// Whether a rule allows any origin.
    pub(crate) fn is_any(&self, rule: usize) -> bool {
        self.rules_for_any.contains(&position(rule))
    }

    /// The patterns of a rule; none where it allows any origin.
    pub(crate) fn patterns_of(&self, rule: usize) -> &[OriginPattern] {
        let end = self.ends.get(rule).map_or(0, |end| *end as usize);
        self.patterns.get(self.start_of(rule)..end).unwrap_or_default()
    }

    /// The rule and the place in it of the first pattern that matches whatever this one does,
    /// other than itself.
    pub(crate) fn first_covering(&self, rule: usize, place: usize) -> Option<(usize, usize)> {
        let own = self.start_of(rule) + place;
        let pattern = self.patterns.get(own)?;
        let key = WildKey::of(pattern);
        let same = if pattern.has_wildcard() {
            self.find_key(key)
        } else {
            self.find_exact(pattern.as_str().as_bytes())
        };
        let same = same.filter(|at| (*at as usize) < own);
        let at = earlier(same, self.find_wider(key, host::labels(key.host)))?;
        let rule = self.rule_of(at);
        Some((rule, at as usize - self.start_of(rule)))
    }

    fn start_of(&self, rule: usize) -> usize {
        let before = rule.checked_sub(1).and_then(|before| self.ends.get(before));
        before.map_or(0, |end| *end as usize)
    }

    fn find_exact(&self, origin: &[u8]) -> Option<u32> {
        // To compare with one pattern is cheaper than to hash.
        if let [pattern] = &*self.patterns {
            let is_same = !pattern.has_wildcard() && pattern.as_str().as_bytes() == origin;
            return is_same.then_some(0);
        }
        let is_same =
            |at| self.pattern(at).is_some_and(|pattern| pattern.as_str().as_bytes() == origin);
        self.exact.find(self.hasher.hash_one(origin), is_same)
    }

    /// The first pattern with a wildcard that matches more than `key` does, and all of that.
    fn find_wider(&self, key: WildKey<'_>, labels: Labels) -> Option<u32> {
        let mut first = None;
        self.visit_wider(key, labels, |key| first = earlier(first, self.find_key(key)));
        first
    }

    /// Visits the keys of all patterns that match what this one does and more, as far as there
    /// are such: two for each label at most, whatever patterns there are.
    fn visit_wider<'a>(
        &self,
        key: WildKey<'a>,
        labels: Labels,
        mut visit: impl FnMut(WildKey<'a>),
    ) {
        let any_port_is_wider = self.has_any_port && key.port != PortPattern::Any;
        if any_port_is_wider {
            visit(WildKey { port: PortPattern::Any, ..key });
        }
        if labels == Labels::Other {
            return;
        }
        let mut host = key.host;
        while let Some(base) = host::parent(host).filter(|base| base.len() >= *self.bases.start()) {
            host = base;
            if base.len() > *self.bases.end() {
                continue;
            }
            let subdomains = WildKey { subdomains: true, host: base, ..key };
            visit(subdomains);
            if any_port_is_wider {
                visit(WildKey { port: PortPattern::Any, ..subdomains });
            }
        }
    }

    fn find_key(&self, key: WildKey<'_>) -> Option<u32> {
        let is_same = |at| self.pattern(at).is_some_and(|pattern| WildKey::of(pattern) == key);
        self.wild.find(self.hasher.hash_one(key), is_same)
    }

    fn pattern(&self, at: u32) -> Option<&OriginPattern> {
        self.patterns.get(at as usize)
    }

    fn rule_of(&self, at: u32) -> usize {
        self.ends.partition_point(|end| *end <= at)
    }
}

/// The parts of a pattern, by which those with a wildcard are found.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
struct WildKey<'a> {
    scheme: &'a str,
    subdomains: bool,
    host: &'a str,
    port: PortPattern,
}

impl<'a> WildKey<'a> {
    fn of(pattern: &'a OriginPattern) -> Self {
        Self {
            scheme: pattern.scheme(),
            subdomains: pattern.has_subdomains(),
            host: pattern.host(),
            port: pattern.port(),
        }
    }

    const fn of_origin(origin: &Origin<'a>) -> Self {
        Self {
            scheme: origin.scheme(),
            subdomains: false,
            host: origin.host(),
            port: PortPattern::Exact(origin.port()),
        }
    }
}

/// A position among the patterns or rules. More than `u32::MAX` would need some 200 GB.
#[inline]
pub(crate) fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn earlier<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use super::{OriginIndex, RuleOrigins, WildKey};
    use crate::origin::origin::Origin;

    fn index(count: usize) -> OriginIndex {
        let patterns = (0..count).flat_map(|n| {
            [format!("https://app.{n}x.example.com"), format!("https://*.{n}x.example.com:*")]
        });
        let patterns = patterns.map(|text| text.parse().unwrap()).collect();
        OriginIndex::new(vec![RuleOrigins::Patterns(patterns)])
    }

    /// With how many patterns, and under how many keys, an origin is compared.
    fn steps(index: &OriginIndex, origin: &str) -> (usize, usize) {
        let mut compared = 0;
        let mut compare = |_| {
            compared += 1;
            false
        };
        index.exact.find(index.hasher.hash_one(origin.as_bytes()), &mut compare);
        let (parsed, labels) = Origin::parse_with_labels(origin.as_bytes()).unwrap();
        let mut keys = 1;
        index.visit_wider(WildKey::of_origin(&parsed), labels, |key| {
            keys += 1;
            index.wild.find(index.hasher.hash_one(key), &mut compare);
        });
        (compared, keys)
    }

    #[test]
    fn a_lookup_takes_as_many_steps_among_100_000_patterns_as_among_10() {
        for count in [5, 50_000] {
            let index = index(count);
            let mut all_compared = 0;
            for n in 0..1000 {
                let origin = format!("https://a.app.{}x.example.com:8443", n * count / 1000);
                let (compared, keys) = steps(&index, &origin);
                all_compared += compared;
                // The origin itself, its host with any port, and two for each name above it that
                // is as long as a base may be.
                assert!((4..=6).contains(&keys), "{keys} keys");
                assert!(index.find(origin.as_bytes()).is_some());
            }
            // One is the match; a few share the seven bits that a table compares before.
            assert!(all_compared < 5 * 1000, "{all_compared} comparisons among {count}");
        }
    }

    #[test]
    fn long_origins_are_not_looked_up() {
        let index = index(1);
        let origin = format!("https://{}.0x.example.com", "a".repeat(400));
        assert!(origin.len() > index.longest_origin);
        assert_eq!(index.find(origin.as_bytes()), None);
    }
}
