//! How long the parts are that patterns have around a wildcard inside their first label.

use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;

use crate::origin::pattern::OriginPattern;
use crate::origin::table::{Table, position};
use crate::origin::wild_key::{Lengths, Target, WildKey};

/// Patterns for one scheme, base and port have this many pairs of lengths at most, as each takes a
/// look-up. The error about more states this number.
const MOST_LENGTHS: usize = 8;

/// Knows under which keys the patterns with a wildcard inside their first label are to be looked up,
/// at a cost that does not grow with their number: it takes a look-up for each pair of lengths.
#[derive(Clone, Debug, Default)]
pub(crate) struct LabelIndex {
    /// The pairs of lengths of all patterns, or one more than are looked up.
    lengths: Vec<Lengths>,
    /// The pairs of lengths for each scheme, base and port.
    groups: Vec<Group>,
    hasher: DefaultHashBuilder,
    /// Positions of the groups.
    table: Table,
}

/// The patterns with one scheme, base and port.
#[derive(Clone, Debug)]
struct Group {
    first: OriginPattern,
    lengths: Vec<Lengths>,
}

impl Group {
    fn key(&self) -> Option<WildKey<'_>> {
        Target::of_pattern(&self.first).group()
    }
}

impl LabelIndex {
    /// Adds a pattern, if it has a wildcard inside its first label. Returns whether the lengths of its
    /// parts are not too many for its scheme, base and port.
    pub(crate) fn add(&mut self, pattern: &OriginPattern) -> bool {
        if !pattern.hosts().is_label() {
            return true;
        }
        let lengths = Lengths::of(pattern);
        if self.lengths.len() <= MOST_LENGTHS && !self.lengths.contains(&lengths) {
            self.lengths.push(lengths);
        }
        let Some(key) = Target::of_pattern(pattern).group() else { return true };
        let group = self.find(key).and_then(|at| self.groups.get_mut(at));
        match group.map(|group| &mut group.lengths) {
            Some(known) if known.contains(&lengths) => true,
            Some(known) if known.len() < MOST_LENGTHS => {
                known.push(lengths);
                true
            }
            Some(_) => false,
            None => {
                self.table.insert(self.hasher.hash_one(key), position(self.groups.len()));
                self.groups.push(Group { first: pattern.clone(), lengths: vec![lengths] });
                true
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// Forgets the groups if all pairs of lengths are looked up anyway.
    pub(super) fn without_needless_groups(self) -> Self {
        match self.lengths.len() {
            0..=MOST_LENGTHS => Self { lengths: self.lengths, ..Self::default() },
            _ => self,
        }
    }

    /// The pairs of lengths that patterns with this scheme, base and port can have.
    pub(super) fn lengths_for(&self, target: &Target<'_>) -> &[Lengths] {
        if self.lengths.len() <= MOST_LENGTHS {
            return &self.lengths;
        }
        let group = target.group().and_then(|key| self.groups.get(self.find(key)?));
        group.map(|group| group.lengths.as_slice()).unwrap_or_default()
    }

    fn find(&self, key: WildKey<'_>) -> Option<usize> {
        let is_same = |at| self.groups.get(at as usize).and_then(Group::key) == Some(key);
        self.table.find(self.hasher.hash_one(key), is_same).map(|at| at as usize)
    }
}
