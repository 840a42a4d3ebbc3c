//! The patterns of two policies, with what they have in common, and which of them contain which.

use std::collections::{BTreeMap, HashMap};

use crate::explain::diff::DiffError;
use crate::explain::diff::overlap;
use crate::origin::{HostPattern, OriginPattern, PortPattern, host};

/// The lists of patterns that are compared: the rules of both policies, and their own origins.
pub(super) const LISTS: usize = 4;

/// For each list, the position of the first rule with a pattern that matches an origin.
pub(super) type Rules = [Option<usize>; LISTS];

/// What two policies have in common in more ways than this is not compared.
const MOST_OVERLAPS: usize = 200_000;

/// Patterns, complete in this sense: if two of them overlap, and neither contains the other, then
/// what they have in common is made of other patterns here, unless the same rules govern both. So
/// the rules of an origin are those of any pattern that matches it, if none that is narrower does.
pub(super) struct Regions {
    regions: Vec<Region>,
    /// The rules for an origin that no pattern matches.
    pub(super) rules_for_any: Rules,
    by_text: HashMap<String, usize>,
    labels: LabelLengths,
}

/// One pattern.
pub(super) struct Region {
    pub(super) pattern: OriginPattern,
    /// The rules that list this very pattern.
    listed: Rules,
    /// The rules that govern its origins, but for those of narrower patterns.
    pub(super) rules: Rules,
    /// The positions of the patterns that contain it and more, sorted.
    wider: Vec<usize>,
}

impl Region {
    /// The positions of the patterns that contain this one and more.
    pub(super) fn wider(&self) -> &[usize] {
        &self.wider
    }

    /// Returns whether the pattern at a position contains this one and more.
    pub(super) fn is_below(&self, wider: usize) -> bool {
        self.wider.binary_search(&wider).is_ok()
    }
}

/// How many bytes stand before and after the `*` in the first label of patterns, by scheme and
/// base.
type LabelLengths = BTreeMap<(String, String), BTreeMap<(usize, usize), Vec<usize>>>;

impl Regions {
    /// `patterns` are those of each list, with the position of the rule, in the order of the rules.
    pub(super) fn new(
        patterns: [Vec<(usize, &OriginPattern)>; LISTS],
        rules_for_any: Rules,
    ) -> Result<Self, DiffError> {
        let (by_text, labels) = (HashMap::new(), BTreeMap::new());
        let mut regions = Self { regions: Vec::new(), rules_for_any, by_text, labels };
        for (list, patterns) in patterns.into_iter().enumerate() {
            for (rule, pattern) in patterns {
                let Some(at) = regions.add(pattern.clone()) else { continue };
                let region = regions.regions.get_mut(at);
                if let Some(listed) = region.and_then(|region| region.listed.get_mut(list)) {
                    listed.get_or_insert(rule);
                }
            }
        }
        regions.find_rules(0);
        let with_labels = regions.add_all(regions.label_overlaps()?);
        regions.find_rules(with_labels);
        regions.add_all(regions.port_overlaps()?);
        // The patterns that were added may contain others.
        regions.find_rules(0);
        Ok(regions)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Region> {
        self.regions.iter()
    }

    pub(super) fn get(&self, at: usize) -> Option<&Region> {
        self.regions.get(at)
    }

    /// The narrowest of the patterns that contain this one. If there are none, only the set of all
    /// origins does.
    pub(super) fn parents(&self, region: &Region) -> impl Iterator<Item = usize> {
        let is_below = |one: usize, other| self.get(one).is_some_and(|one| one.is_below(other));
        let wider = region.wider.iter().copied();
        wider.filter(move |at| !region.wider.iter().any(|other| is_below(*other, *at)))
    }

    /// Adds a pattern, unless it matches no origin. Returns its position.
    fn add(&mut self, pattern: OriginPattern) -> Option<usize> {
        if let Some(at) = self.by_text.get(pattern.as_str()) {
            return Some(*at);
        }
        if overlap::is_empty(&pattern) {
            return None;
        }
        let at = self.regions.len();
        if let Some((lengths, key)) = label_key(&pattern) {
            self.labels.entry(key).or_default().entry(lengths).or_default().push(at);
        }
        self.by_text.insert(pattern.as_str().to_owned(), at);
        let (listed, rules) = Default::default();
        self.regions.push(Region { pattern, listed, rules, wider: Vec::new() });
        Some(at)
    }

    /// Returns where the new patterns begin.
    fn add_all(&mut self, patterns: Vec<OriginPattern>) -> usize {
        let start = self.regions.len();
        for pattern in patterns {
            self.add(pattern);
        }
        start
    }

    /// Finds the wider patterns and the rules of all patterns from a position on.
    fn find_rules(&mut self, start: usize) {
        for at in start..self.regions.len() {
            let Some(region) = self.regions.get(at) else { return };
            let wider = self.wider(&region.pattern);
            let listed = wider.iter().filter_map(|at| Some(self.regions.get(*at)?.listed));
            let rules = listed.fold(first(region.listed, self.rules_for_any), first);
            if let Some(region) = self.regions.get_mut(at) {
                (region.rules, region.wider) = (rules, wider);
            }
        }
    }

    fn wider(&self, pattern: &OriginPattern) -> Vec<usize> {
        let mut hosts = self.wider_hosts(pattern);
        hosts.push(overlap::without_port(pattern).to_owned());
        let ports = [overlap::port_text(pattern.port()), overlap::port_text(PortPattern::Any)];
        let texts =
            hosts.iter().flat_map(|host| ports.iter().map(move |port| [&**host, port].concat()));
        let others = texts.filter(|text| text != pattern.as_str());
        let mut found: Vec<_> =
            others.filter_map(|text| self.by_text.get(&text).copied()).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Scheme and host of the patterns that there can be for more hosts than those of this one.
    fn wider_hosts(&self, pattern: &OriginPattern) -> Vec<String> {
        let scheme = pattern.scheme();
        let hosts = overlap::host_text(pattern);
        let (label, mut base) = match pattern.hosts() {
            HostPattern::Any => return Vec::new(),
            HostPattern::One if host::labels(pattern.host()) == host::Labels::Other => {
                return vec![[scheme, "://*"].concat()];
            }
            HostPattern::Subdomains => ("", Some(pattern.host())),
            HostPattern::One | HostPattern::Label { .. } => {
                (hosts.split('.').next().unwrap_or_default(), host::parent(hosts))
            }
        };
        let mut wider = vec![[scheme, "://*"].concat()];
        if let Some(base) = base.filter(|_| !label.is_empty()) {
            let lengths = self.labels.get(&(scheme.to_owned(), base.to_owned()));
            let lengths = lengths.into_iter().flat_map(BTreeMap::keys);
            let labels = lengths.filter_map(|lengths| overlap::wider_label(label, *lengths));
            wider.extend(labels.map(|label| [scheme, "://", &label, ".", base].concat()));
            wider.push([scheme, "://*.", base].concat());
        }
        while let Some(parent) = base.and_then(host::parent) {
            wider.push([scheme, "://*.", parent].concat());
            base = Some(parent);
        }
        wider
    }

    /// What patterns with a `*` inside the first label have in common, such as
    /// `https://a-*.example.com` and `https://*-b.example.com`.
    fn label_overlaps(&self) -> Result<Vec<OriginPattern>, DiffError> {
        let mut overlaps = Vec::new();
        for lengths in self.labels.values() {
            for (one, of_one) in lengths {
                // One is longer before the `*`, the other one behind it.
                let others = lengths.iter().filter(|(other, _)| one.0 > other.0 && one.1 < other.1);
                for (other, of_other) in others {
                    self.add_label_overlaps((*one, of_one), (*other, of_other), &mut overlaps)?;
                }
            }
        }
        Ok(overlaps)
    }

    fn add_label_overlaps(
        &self,
        (one, of_one): ((usize, usize), &[usize]),
        (other, of_other): ((usize, usize), &[usize]),
        overlaps: &mut Vec<OriginPattern>,
    ) -> Result<(), DiffError> {
        let region = |at: &usize| self.regions.get(*at);
        let mut by_parts: HashMap<_, Vec<_>> = HashMap::new();
        for other in of_other.iter().filter_map(region) {
            let parts = other.pattern.label_parts();
            let after = parts.after.get(parts.after.len() - one.1..);
            by_parts.entry((Some(parts.before), after)).or_default().push(other);
        }
        for region in of_one.iter().filter_map(region) {
            let parts = region.pattern.label_parts();
            let key = (parts.before.get(..other.0), Some(parts.after));
            for other in by_parts.get(&key).into_iter().flatten() {
                if region.rules != other.rules {
                    overlaps.extend(overlap::of_labels(&region.pattern, &other.pattern));
                    check(overlaps)?;
                }
            }
        }
        Ok(())
    }

    /// What patterns for any port have in common with patterns for more hosts, such as
    /// `https://a.example.com:*` and `https://*.example.com`.
    fn port_overlaps(&self) -> Result<Vec<OriginPattern>, DiffError> {
        let mut by_host: HashMap<_, Vec<_>> = HashMap::new();
        for region in &self.regions {
            if region.pattern.hosts() != HostPattern::One
                && region.pattern.port() != PortPattern::Any
            {
                by_host.entry(overlap::without_port(&region.pattern)).or_default().push(region);
            }
        }
        let mut overlaps = Vec::new();
        for region in self.regions.iter().filter(|region| region.pattern.port() == PortPattern::Any)
        {
            for host in self.wider_hosts(&region.pattern) {
                for other in by_host.get(host.as_str()).into_iter().flatten() {
                    if region.rules != other.rules {
                        overlaps.extend(overlap::at_port(&region.pattern, other.pattern.port()));
                        check(&overlaps)?;
                    }
                }
            }
        }
        Ok(overlaps)
    }
}

fn check(overlaps: &[OriginPattern]) -> Result<(), DiffError> {
    if overlaps.len() > MOST_OVERLAPS { Err(DiffError::TooManyOverlaps) } else { Ok(()) }
}

/// The first rule of each list.
fn first(one: Rules, other: Rules) -> Rules {
    let mut rules = one;
    for (rule, other) in rules.iter_mut().zip(other) {
        *rule = match (*rule, other) {
            (Some(rule), Some(other)) => Some(rule.min(other)),
            (rule, other) => rule.or(other),
        };
    }
    rules
}

/// Where a pattern with a `*` inside its first label is found.
fn label_key(pattern: &OriginPattern) -> Option<((usize, usize), (String, String))> {
    let parts = pattern.label_parts();
    let lengths = (parts.before.len(), parts.after.len());
    let key = (pattern.scheme().to_owned(), pattern.host().to_owned());
    pattern.hosts().is_label().then_some((lengths, key))
}
