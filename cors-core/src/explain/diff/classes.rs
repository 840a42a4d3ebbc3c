//! The sets of origins that a change is for.

use std::collections::{BTreeMap, HashSet};

use crate::explain::diff::origin_set::{OriginSet, WidePattern};
use crate::explain::diff::overlap;
use crate::explain::diff::regions::{Region, Regions};

/// For each pattern, the number of the change that its origins have, and the patterns just below
/// it.
pub(super) struct Classes<'r> {
    regions: &'r Regions,
    /// The change of the origins that no pattern matches.
    of_others: usize,
    changes: Vec<usize>,
    children: Vec<Vec<usize>>,
    /// Positions of the patterns that nothing but the set of all origins contains.
    outermost: Vec<usize>,
    /// Positions of the patterns with another change than a pattern just above them.
    starts: Vec<usize>,
}

impl<'r> Classes<'r> {
    /// `changes` are those of the regions, in their order.
    pub(super) fn new(regions: &'r Regions, of_others: usize, changes: Vec<usize>) -> Self {
        let children = vec![Vec::new(); changes.len()];
        let (outermost, starts) = Default::default();
        let mut classes = Self { regions, of_others, changes, children, outermost, starts };
        for (at, region) in regions.iter().enumerate() {
            let change = classes.change(at);
            let mut parents = regions.parents(region).peekable();
            let mut is_start = false;
            if parents.peek().is_none() {
                classes.outermost.push(at);
                is_start = change != of_others;
            }
            for parent in parents {
                is_start |= change != classes.change(parent);
                if let Some(children) = classes.children.get_mut(parent) {
                    children.push(at);
                }
            }
            if is_start {
                classes.starts.push(at);
            }
        }
        classes
    }

    /// The sets of origins that have a change other than this one, with the numbers of their
    /// changes.
    pub(super) fn sets_without(&self, change: usize) -> Vec<(usize, OriginSet)> {
        let mut sets = Vec::new();
        if self.of_others != change {
            let except = self.first_with_other_change(&self.outermost, self.of_others);
            sets.push((self.of_others, self.set(WidePattern::Every, &except)));
        }
        let starts = self.starts.iter().filter(|start| self.change(**start) != change);
        let except = |start: &usize| {
            let children = self.children.get(*start).map(Vec::as_slice).unwrap_or_default();
            (*start, self.first_with_other_change(children, self.change(*start)))
        };
        let except: BTreeMap<_, _> = starts.map(except).collect();
        for (at, of_start) in &except {
            let Some(region) = self.regions.get(*at) else { continue };
            if !self.is_in_another(*at, region, &except) {
                let pattern = WidePattern::Of(region.pattern.clone());
                sets.push((self.change(*at), self.set(pattern, of_start)));
            }
        }
        sets
    }

    /// Returns whether a wider pattern has the same change, and is listed without exceptions that
    /// concern this pattern.
    fn is_in_another(
        &self,
        at: usize,
        region: &Region,
        except: &BTreeMap<usize, Vec<usize>>,
    ) -> bool {
        let is_apart = |other: &usize| {
            let other = self.regions.get(*other);
            other.is_some_and(|other| {
                other.is_below(at) || overlap::are_apart(&region.pattern, &other.pattern)
            })
        };
        let has_this = |except: &Vec<usize>| {
            let has_all_of_it = except.iter().any(|other| region.is_below(*other));
            !has_all_of_it && except.iter().all(is_apart)
        };
        let same = region.wider().iter().filter(|wider| self.change(**wider) == self.change(at));
        same.filter_map(|wider| except.get(wider)).any(has_this)
    }

    /// The widest of these patterns and of those below them that have another change.
    fn first_with_other_change(&self, patterns: &[usize], change: usize) -> Vec<usize> {
        let mut left = patterns.to_vec();
        // A pattern can be below several others, and is looked at once.
        let mut seen: HashSet<usize> = left.iter().copied().collect();
        let mut found = Vec::new();
        while let Some(at) = left.pop() {
            if self.change(at) != change {
                found.push(at);
            } else if let Some(children) = self.children.get(at) {
                left.extend(children.iter().filter(|child| seen.insert(**child)));
            }
        }
        found.sort_unstable();
        found
    }

    fn set(&self, pattern: WidePattern, except: &[usize]) -> OriginSet {
        let except = except.iter().filter_map(|at| Some(self.regions.get(*at)?.pattern.clone()));
        OriginSet { pattern, except: except.collect() }
    }

    fn change(&self, region: usize) -> usize {
        self.changes.get(region).copied().unwrap_or(self.of_others)
    }
}
