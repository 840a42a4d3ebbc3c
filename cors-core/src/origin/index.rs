use std::hash::{BuildHasher, Hash};
use std::ops::RangeInclusive;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::origin::host;
use crate::origin::host::Labels;
use crate::origin::host_pattern::HostPattern;
use crate::origin::label_index::{LabelIndex, Target};
use crate::origin::origin::{MAX_LEN, Origin};
use crate::origin::pattern::{OriginPattern, PortPattern};
use crate::origin::table::table;

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
    hasher: DefaultHashBuilder,
    /// Positions of the patterns without a wildcard, by their text.
    exact: HashTable<u32>,
    /// Positions of the patterns with a wildcard, by their parts; but for those in `labels`.
    wild: HashTable<u32>,
    /// The patterns with a wildcard inside their first label.
    labels: LabelIndex,
    /// Whether a pattern stands for any host of its scheme.
    has_any_host: bool,
    /// Whether there are patterns of these two kinds.
    has_rare_wildcard: bool,
    /// The first rule that has a pattern with a wildcard.
    first_wild_rule: usize,
    /// No origin longer than this matches a pattern. It is zero if there are rare wildcards, so that
    /// they cost nothing where there are none.
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

        let hasher = DefaultHashBuilder::default();
        let (mut exact, mut wild) = (Vec::new(), Vec::new());
        let mut longest_origin = 0;
        let (mut shortest_base, mut longest_base) = (usize::MAX, 0);
        let (mut has_any_port, mut has_any_host) = (false, false);
        for (at, pattern) in (0..).zip(&patterns) {
            if !pattern.has_wildcard() {
                exact.push((at, hasher.hash_one(pattern.as_str().as_bytes())));
                longest_origin = longest_origin.max(pattern.as_str().len());
                continue;
            }
            has_any_port |= pattern.port() == PortPattern::Any;
            longest_origin = MAX_LEN;
            if pattern.hosts().is_label() {
                continue;
            }
            wild.push((at, hasher.hash_one(WildKey::of(pattern))));
            has_any_host |= pattern.hosts() == HostPattern::Any;
            if pattern.hosts() == HostPattern::Subdomains {
                shortest_base = shortest_base.min(pattern.host().len());
                longest_base = longest_base.max(pattern.host().len());
            }
        }
        let labels = LabelIndex::new(&patterns);
        let has_rare_wildcard = has_any_host || !labels.is_empty();
        Self {
            exact: table(&exact, &patterns),
            wild: table(&wild, &patterns),
            labels,
            has_any_host,
            has_rare_wildcard,
            longest_origin: if has_rare_wildcard { 0 } else { longest_origin },
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
    #[inline(never)]
    pub(crate) fn find(&self, origin: &[u8]) -> Option<usize> {
        self.find_inlined(origin)
    }

    /// The same for the one place where every request with an origin does this. Compilers inline it, and
    /// what it calls, by themselves only if there is no other caller.
    #[inline(always)]
    pub(crate) fn find_inlined(&self, origin: &[u8]) -> Option<usize> {
        if origin.len() > self.longest_origin {
            return if self.has_rare_wildcard { self.find_by_every_kind(origin) } else { self.any };
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

    /// The same by patterns of every kind.
    #[inline(never)]
    fn find_by_every_kind(&self, origin: &[u8]) -> Option<usize> {
        if origin.len() > MAX_LEN {
            return self.any;
        }
        let exact = self.find_exact(origin).map(|at| self.rule_of(at));
        let found = earlier(self.any, exact);
        if found.is_some_and(|rule| rule <= self.first_wild_rule) {
            return found;
        }
        let Some((parsed, labels)) = Origin::parse_with_labels(origin) else { return found };
        let key = WildKey::of_origin(&parsed);
        let mut first = None;
        if !self.wild.is_empty() {
            first = earlier(self.find_wider(key, labels), self.find_any_host(key));
        }
        if labels == Labels::Plain {
            let host_start = key.scheme.len() + "://".len();
            let text = origin.get(..host_start + key.host.len()).unwrap_or_default();
            let target = Target { text, host_start, port: key.port };
            self.visit_labels(target, |at| first = earlier(first, Some(at)));
        }
        earlier(found, first.map(|at| self.rule_of(at)))
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
        // A `*.` before the same base covers a label, wherever it stands.
        let is_label = pattern.hosts().is_label();
        let mut first = same.filter(|at| is_label || (*at as usize) < own);
        let labels = host::labels(pattern.host());
        let mut note = |at: Option<u32>| first = earlier(first, at);
        note(self.find_wider(key, labels));
        if pattern.hosts() != HostPattern::Any {
            note(self.find_any_host(key));
        }
        if pattern.hosts() != HostPattern::Subdomains && labels == Labels::Plain {
            let other = |at: &u32| *at as usize != own;
            self.visit_labels(Target::of(pattern), |at| note(Some(at).filter(other)));
        }
        let at = first?;
        let rule = self.rule_of(at);
        Some((rule, at as usize - self.start_of(rule)))
    }

    fn start_of(&self, rule: usize) -> usize {
        let before = rule.checked_sub(1).and_then(|before| self.ends.get(before));
        before.map_or(0, |end| *end as usize)
    }

    #[inline(always)]
    fn find_exact(&self, origin: &[u8]) -> Option<u32> {
        // To compare with one pattern is cheaper than to hash.
        if let [pattern] = &*self.patterns {
            let is_same = !pattern.has_wildcard() && pattern.as_str().as_bytes() == origin;
            return is_same.then_some(0);
        }
        let is_same = |at: &u32| {
            self.pattern(*at).is_some_and(|pattern| pattern.as_str().as_bytes() == origin)
        };
        self.exact.find(self.hasher.hash_one(origin), is_same).copied()
    }

    /// The first pattern that stands for any host of this scheme, at this port.
    fn find_any_host(&self, key: WildKey<'_>) -> Option<u32> {
        if !self.has_any_host {
            return None;
        }
        let any_host = WildKey { subdomains: true, host: "", ..key };
        let found = self.find_key(any_host);
        if !self.has_any_port || key.port == PortPattern::Any {
            return found;
        }
        earlier(found, self.find_key(WildKey { port: PortPattern::Any, ..any_host }))
    }

    /// Visits the patterns with a wildcard inside their first label that cover the target.
    fn visit_labels(&self, target: Target<'_>, mut visit: impl FnMut(u32)) {
        self.labels.visit_covering(target, &self.patterns, &mut visit);
        if self.has_any_port && target.port != PortPattern::Any {
            let target = Target { port: PortPattern::Any, ..target };
            self.labels.visit_covering(target, &self.patterns, &mut visit);
        }
    }

    /// The first pattern with a wildcard that matches more than `key` does, and all of that.
    #[inline(always)]
    fn find_wider(&self, key: WildKey<'_>, labels: Labels) -> Option<u32> {
        let mut first = None;
        self.visit_wider(key, labels, |key| first = earlier(first, self.find_key(key)));
        first
    }

    /// Visits the keys of all patterns that match what this one does and more, as far as there
    /// are such: two for each label at most, whatever patterns there are.
    #[inline(always)]
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

    #[inline(always)]
    fn find_key(&self, key: WildKey<'_>) -> Option<u32> {
        let is_same =
            |at: &u32| self.pattern(*at).is_some_and(|pattern| WildKey::of(pattern) == key);
        self.wild.find(self.hasher.hash_one(key), is_same).copied()
    }

    fn pattern(&self, at: u32) -> Option<&OriginPattern> {
        self.patterns.get(at as usize)
    }

    fn rule_of(&self, at: u32) -> usize {
        self.ends.partition_point(|end| *end <= at)
    }
}

/// The parts of a pattern, by which those with a wildcard are found; but for wildcards inside a
/// label.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
struct WildKey<'a> {
    scheme: &'a str,
    /// Whether what stands before the host is free. Before no host at all, it is any host.
    subdomains: bool,
    host: &'a str,
    port: PortPattern,
}

impl<'a> WildKey<'a> {
    fn of(pattern: &'a OriginPattern) -> Self {
        Self {
            scheme: pattern.scheme(),
            subdomains: pattern.hosts() != HostPattern::One,
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
mod tests;
