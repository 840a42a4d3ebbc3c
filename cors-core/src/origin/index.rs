use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;

use crate::origin::host::Labels;
use crate::origin::host_pattern::HostPattern;
use crate::origin::label_index::LabelIndex;
use crate::origin::origin::MAX_LEN;
use crate::origin::pattern::{OriginPattern, PortPattern};
use crate::origin::table::{Table, position};
use crate::origin::wild_key::{Target, WildKey};

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
    exact: Table,
    /// Positions of the patterns with a wildcard, by their parts.
    wild: Table,
    /// Whether a pattern stands for any host of its scheme.
    has_any_host: bool,
    /// How long the parts are around a wildcard inside the first label.
    labels: LabelIndex,
    /// The first rule that has a pattern with a wildcard.
    first_wild_rule: usize,
    /// No origin longer than this matches a pattern.
    longest_origin: usize,
    /// How long the hosts behind a `*.` are. If there are none, the longest is shorter.
    shortest_base: usize,
    longest_base: usize,
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

        let mut index = Self {
            any: rules_for_any.first().map(|rule| *rule as usize),
            rules_for_any: rules_for_any.into(),
            ends: ends.into(),
            patterns: Box::default(),
            hasher: DefaultHashBuilder::default(),
            exact: Table::default(),
            wild: Table::default(),
            has_any_host: false,
            labels: LabelIndex::default(),
            first_wild_rule,
            longest_origin: 0,
            shortest_base: usize::MAX,
            longest_base: 0,
            has_any_port: false,
        };
        for (at, pattern) in (0..).zip(&patterns) {
            index.add(at, pattern, &patterns);
        }
        index.labels = index.labels.without_needless_groups();
        index.patterns = patterns.into();
        index
    }

    /// Adds a pattern to the tables. Of equal patterns the first counts, as its rule governs.
    fn add(&mut self, at: u32, pattern: &OriginPattern, patterns: &[OriginPattern]) {
        let is_same = |other: u32| patterns.get(other as usize) == Some(pattern);
        let (table, hash) = if pattern.has_wildcard() {
            self.longest_origin = MAX_LEN;
            (&mut self.wild, self.hasher.hash_one(WildKey::of(pattern)))
        } else {
            self.longest_origin = self.longest_origin.max(pattern.as_str().len());
            (&mut self.exact, self.hasher.hash_one(pattern.as_str().as_bytes()))
        };
        if table.find(hash, is_same).is_none() {
            table.insert(hash, at);
        }
        self.has_any_port |= pattern.port() == PortPattern::Any;
        self.has_any_host |= pattern.hosts() == HostPattern::Any;
        self.labels.add(pattern);
        if pattern.hosts() == HostPattern::Subdomains {
            self.shortest_base = self.shortest_base.min(pattern.host().len());
            self.longest_base = self.longest_base.max(pattern.host().len());
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
            return self.any;
        }
        let exact = self.find_exact(origin).map(|at| self.rule_of(at));
        let found = earlier(self.any, exact);
        if found.is_some_and(|rule| rule <= self.first_wild_rule) || self.wild.is_empty() {
            return found;
        }
        match Target::of_origin(origin) {
            Some(target) => earlier(found, self.find_wider(&target).map(|at| self.rule_of(at))),
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
        let target = Target::of_pattern(pattern);
        let same = if pattern.has_wildcard() {
            self.find_key(target.key)
        } else {
            self.find_exact(pattern.as_str().as_bytes())
        };
        let mut first = same.filter(|at| (*at as usize) < own);
        self.visit_wider(&target, |key| {
            let other = self.find_key(key).filter(|at| *at as usize != own);
            first = earlier(first, other);
        });
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
        let is_same =
            |at| self.pattern(at).is_some_and(|pattern| pattern.as_str().as_bytes() == origin);
        self.exact.find(self.hasher.hash_one(origin), is_same)
    }

    /// The first pattern with a wildcard that matches the target and more.
    fn find_wider(&self, target: &Target<'_>) -> Option<u32> {
        let mut first = None;
        self.visit_wider(target, |key| first = earlier(first, self.find_key(key)));
        first
    }

    /// Visits the keys of all patterns that match what the target does and more, as far as there are
    /// such: two for each label at most, and for each pair of lengths around a wildcard inside the
    /// first label, whatever patterns there are.
    fn visit_wider<'a>(&self, target: &Target<'a>, mut visit: impl FnMut(WildKey<'a>)) {
        let any_port_is_wider = self.has_any_port && !target.key.has_any_port();
        if any_port_is_wider {
            visit(target.key.with_any_port());
        }
        let mut visit_ports = |key: WildKey<'a>| {
            visit(key);
            if any_port_is_wider {
                visit(key.with_any_port());
            }
        };
        if self.has_any_host {
            visit_ports(target.any_host());
        }
        if target.labels() == Labels::Other {
            return;
        }
        for (len, key) in target.bases() {
            if len < self.shortest_base {
                break;
            }
            if len <= self.longest_base {
                visit_ports(key);
            }
        }
        if !self.labels.is_empty() {
            self.visit_labels(target, &mut visit);
            if any_port_is_wider {
                self.visit_labels(&target.with_any_port(), &mut visit);
            }
        }
    }

    fn visit_labels<'a>(&self, target: &Target<'a>, visit: &mut dyn FnMut(WildKey<'a>)) {
        for lengths in self.labels.lengths_for(target) {
            if let Some(key) = target.label_key(*lengths) {
                visit(key);
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

fn earlier<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests;
