//! The changes between two policies.

use std::collections::HashMap;

use crate::explain::diff::OriginChange;
use crate::explain::diff::effect::{Change, OriginKind, Side};
use crate::explain::diff::origin_set::OriginSet;
use crate::explain::diff::regions::Rules;

/// All changes that there are, by number.
pub(super) struct Changes<'p> {
    old: Side<'p>,
    new: Side<'p>,
    by_rules: HashMap<(Rules, OriginKind), usize>,
    numbers: HashMap<Change, usize>,
    /// With their origins.
    changes: Vec<OriginChange>,
    /// The number of no change.
    pub(super) none: usize,
}

impl<'p> Changes<'p> {
    pub(super) fn new(old: Side<'p>, new: Side<'p>) -> Self {
        let (by_rules, numbers, changes) = Default::default();
        let mut known = Self { old, new, by_rules, numbers, changes, none: 0 };
        known.none = known.number_of(Change::default());
        known
    }

    pub(super) fn number(&mut self, rules: Rules, kind: OriginKind) -> usize {
        if let Some(number) = self.by_rules.get(&(rules, kind)) {
            return *number;
        }
        let [old, new, own_old, own_new] = rules;
        let old = self.old.effect(old, own_old.is_some(), kind);
        let new = self.new.effect(new, own_new.is_some(), kind);
        let number = self.number_of(Change::between(&old, &new));
        self.by_rules.insert((rules, kind), number);
        number
    }

    fn number_of(&mut self, change: Change) -> usize {
        let next = self.changes.len();
        let number = *self.numbers.entry(change.clone()).or_insert(next);
        if number == next {
            self.changes.push(OriginChange { origins: Vec::new(), change });
        }
        number
    }

    pub(super) fn add(&mut self, number: usize, origins: OriginSet) {
        if let Some(change) = self.changes.get_mut(number) {
            change.origins.push(origins);
        }
    }

    pub(super) fn found(self) -> Vec<OriginChange> {
        let is_change = |change: &OriginChange| change.change != Change::default();
        self.changes
            .into_iter()
            .filter(is_change)
            .filter(|change| !change.origins.is_empty())
            .collect()
    }
}
