//! Finds patterns with a wildcard inside their first label.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};

use hashbrown::{DefaultHashBuilder, HashTable};
use smallvec::{SmallVec, smallvec};

use crate::origin::host_pattern::{LabelParts, is_free};
use crate::origin::pattern::{OriginPattern, PortPattern};
use crate::origin::table::table;

/// Patterns for one scheme, base and port have this many pairs of lengths at most, as each takes a
/// look-up. The error about more states this number.
const MOST_LENGTHS: usize = 8;

/// How many bytes of a label stand before and after the `*`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Lengths {
    before: u8,
    after: u8,
}

type LengthsList = SmallVec<[Lengths; MOST_LENGTHS]>;

/// Finds patterns with a wildcard inside their first label, at a cost that does not grow with their
/// number: it takes a look-up for each pair of lengths.
///
/// The patterns themselves stand elsewhere, in a list that every method is given.
#[derive(Clone, Debug)]
pub(super) struct LabelIndex {
    hasher: DefaultHashBuilder,
    /// Positions of the patterns, by all their parts.
    patterns: HashTable<u32>,
    /// The pairs of lengths of all patterns.
    lengths: LengthsList,
    /// The pairs of lengths for each scheme, base and port. Empty if all together are few.
    groups: HashTable<Group>,
}

/// The patterns with one scheme, base and port.
#[derive(Clone, Debug)]
struct Group {
    /// The position of the first of them.
    first: u32,
    lengths: LengthsList,
}

/// An origin, or a pattern for labels, in whose place another pattern is looked up.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    /// Scheme, `://` and host, of plain labels but for a `*`.
    pub(super) text: &'a [u8],
    pub(super) host_start: usize,
    pub(super) port: PortPattern,
}

/// The parts of a pattern. What is before and after the `*` determines scheme, host and label.
#[derive(Clone, Copy, Eq, PartialEq)]
struct Key<'a> {
    before: &'a [u8],
    after: &'a [u8],
    port: u32,
}

/// Without the lengths, which cost more than the few keys that only differ in them.
impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.before);
        state.write(self.after);
        state.write_u32(self.port);
    }
}

impl LabelIndex {
    /// Indexes those of the patterns that have a wildcard inside their first label.
    pub(super) fn new(patterns: &[OriginPattern]) -> Self {
        let hasher = DefaultHashBuilder::default();
        let mut hashes = Vec::new();
        let mut lengths = LengthsList::new();
        for (at, pattern) in (0..).zip(patterns) {
            if pattern.hosts().is_label() {
                hashes.push((at, hasher.hash_one(Key::of(pattern))));
                add(&mut lengths, Lengths::of(pattern));
            }
        }
        let mut groups = HashTable::new();
        if lengths.len() > MOST_LENGTHS {
            groups = HashTable::with_capacity(hashes.len());
            for (at, _) in &hashes {
                add_to_group(*at, patterns, &hasher, &mut groups);
            }
        }
        Self { patterns: table(&hashes, patterns), hasher, lengths, groups }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Visits the positions of the patterns that cover the target.
    #[inline]
    pub(super) fn visit_covering(
        &self,
        target: Target<'_>,
        patterns: &[OriginPattern],
        mut visit: impl FnMut(u32),
    ) {
        let Some(label_end) = target.label_end() else { return };
        for lengths in self.lengths_for(target.group_key(label_end), patterns) {
            let found = target.key(label_end, *lengths).and_then(|key| self.find(key, patterns));
            if let Some(at) = found {
                visit(at);
            }
        }
    }

    /// The pairs of lengths that patterns with this scheme, base and port can have.
    fn lengths_for(&self, key: Key<'_>, patterns: &[OriginPattern]) -> &[Lengths] {
        if self.groups.is_empty() {
            return &self.lengths;
        }
        let is_same = |group: &Group| group_key(group.first, patterns) == Some(key);
        let group = self.groups.find(self.hasher.hash_one(key), is_same);
        group.map(|group| group.lengths.as_slice()).unwrap_or_default()
    }

    fn find(&self, key: Key<'_>, patterns: &[OriginPattern]) -> Option<u32> {
        let is_same = |at: &u32| patterns.get(*at as usize).map(Key::of) == Some(key);
        self.patterns.find(self.hasher.hash_one(key), is_same).copied()
    }
}

impl<'a> Target<'a> {
    /// A pattern with a wildcard inside its first label, or without one.
    pub(super) fn of(pattern: &'a OriginPattern) -> Self {
        let host_start = pattern.scheme().len() + "://".len();
        let text = pattern.without_port().as_bytes();
        Self { text, host_start, port: pattern.port() }
    }

    fn label_end(&self) -> Option<usize> {
        let host = self.text.get(self.host_start..)?;
        host.iter().position(|byte| *byte == b'.').map(|len| self.host_start + len)
    }

    /// The key of the pattern with parts of these lengths, if its `*` stands for what is between
    /// them. A `*` of the target itself is in the key if it is not between them, and in no pattern's
    /// key.
    fn key(&self, label_end: usize, lengths: Lengths) -> Option<Key<'a>> {
        let free_start = self.host_start + usize::from(lengths.before);
        let free_end = label_end.checked_sub(lengths.after.into())?;
        let free = self.text.get(free_start..free_end)?;
        if free.is_empty() || !is_free(free) {
            return None;
        }
        let (before, after) = (self.text.get(..free_start)?, self.text.get(free_end..)?);
        Some(Key { before, after, port: port_number(self.port) })
    }

    /// The key of the patterns with this scheme, base and port.
    fn group_key(&self, label_end: usize) -> Key<'a> {
        Key {
            before: self.text.get(..self.host_start).unwrap_or_default(),
            after: self.text.get(label_end..).unwrap_or_default(),
            port: port_number(self.port),
        }
    }
}

/// A port as one number; no origin has the port 0.
fn port_number(port: PortPattern) -> u32 {
    match port {
        PortPattern::Exact(port) => port.unwrap_or_default().into(),
        PortPattern::Any => u32::MAX,
    }
}

impl<'a> Key<'a> {
    fn of(pattern: &'a OriginPattern) -> Self {
        let (before, after) = pattern.around_wildcard();
        let (before, after) = (before.as_bytes(), after.as_bytes());
        Self { before, after, port: port_number(pattern.port()) }
    }
}

fn group_key(at: u32, patterns: &[OriginPattern]) -> Option<Key<'_>> {
    let target = Target::of(patterns.get(at as usize)?);
    Some(target.group_key(target.label_end()?))
}

fn add_to_group(
    at: u32,
    patterns: &[OriginPattern],
    hasher: &DefaultHashBuilder,
    groups: &mut HashTable<Group>,
) {
    let (Some(pattern), Some(key)) = (patterns.get(at as usize), group_key(at, patterns)) else {
        return;
    };
    let (hash, lengths) = (hasher.hash_one(key), Lengths::of(pattern));
    match groups.find_mut(hash, |group| group_key(group.first, patterns) == Some(key)) {
        Some(group) => add(&mut group.lengths, lengths),
        None => {
            let group = Group { first: at, lengths: smallvec![lengths] };
            // There is room, so nothing is hashed again.
            groups.insert_unique(hash, group, |_| 0);
        }
    }
}

fn add(list: &mut LengthsList, lengths: Lengths) {
    // More than so many are told apart by their groups.
    if list.len() <= MOST_LENGTHS && !list.contains(&lengths) {
        list.push(lengths);
    }
}

impl Lengths {
    fn of(pattern: &OriginPattern) -> Self {
        let LabelParts { before, after } = pattern.label_parts();
        // A label has 63 bytes at most.
        let length = |part: &str| u8::try_from(part.len()).unwrap_or(u8::MAX);
        Self { before: length(before), after: length(after) }
    }
}

/// Counts the lengths around the wildcards of a policy that is checked.
#[derive(Debug, Default)]
pub(crate) struct LabelLengths(HashMap<(String, String, PortPattern), LengthsList>);

impl LabelLengths {
    /// Returns whether the pattern has no lengths that are too many for its scheme, base and port.
    pub(crate) fn add(&mut self, pattern: &OriginPattern) -> bool {
        if !pattern.hosts().is_label() {
            return true;
        }
        let key = (pattern.scheme().into(), pattern.host().into(), pattern.port());
        let list = self.0.entry(key).or_default();
        let lengths = Lengths::of(pattern);
        let is_known = list.contains(&lengths);
        let has_room = list.len() < MOST_LENGTHS;
        if !is_known && has_room {
            list.push(lengths);
        }
        is_known || has_room
    }
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use super::{LabelIndex, MOST_LENGTHS, Target};
    use crate::origin::pattern::{OriginPattern, PortPattern};

    fn patterns(count: usize, pattern: impl Fn(usize) -> String) -> Vec<OriginPattern> {
        (0..count).map(|n| pattern(n).parse().unwrap()).collect()
    }

    /// How many look-ups an origin takes, with how many patterns or groups it is compared, and how
    /// many patterns cover it.
    fn steps(
        index: &LabelIndex,
        patterns: &[OriginPattern],
        origin: &str,
    ) -> (usize, usize, usize) {
        let (text, port) = (origin.as_bytes(), PortPattern::Exact(None));
        let target = Target { text, host_start: "https://".len(), port };
        let label_end = target.label_end().unwrap();
        let (mut lookups, mut compared, mut covering) = (0, 0, 0);
        if !index.groups.is_empty() {
            lookups += 1;
            index.groups.find(index.hasher.hash_one(target.group_key(label_end)), |_| {
                compared += 1;
                false
            });
        }
        for lengths in index.lengths_for(target.group_key(label_end), patterns) {
            let Some(key) = target.key(label_end, *lengths) else { continue };
            lookups += 1;
            index.patterns.find(index.hasher.hash_one(key), |_| {
                compared += 1;
                false
            });
        }
        index.visit_covering(target, patterns, |_| covering += 1);
        (lookups, compared, covering)
    }

    #[test]
    fn a_lookup_takes_as_many_steps_among_100_000_patterns_as_among_one() {
        for count in [1, 10, 100_000] {
            let last = count - 1;
            // Each has a domain of its own.
            let domains = patterns(count, |n| format!("https://pr-*.{n:06}.example"));
            let seen = steps(
                &LabelIndex::new(&domains),
                &domains,
                &format!("https://pr-17.{last:06}.example"),
            );
            assert!(seen.0 == 1 && seen.1 <= 3 && seen.2 == 1, "{seen:?} among {count}");

            let one_domain = patterns(count, |n| format!("https://{n:06}-*-team.a.example"));
            let seen = steps(
                &LabelIndex::new(&one_domain),
                &one_domain,
                &format!("https://{last:06}-17-team.a.example"),
            );
            assert!(seen.0 == 1 && seen.1 <= 3 && seen.2 == 1, "{seen:?} among {count}");
        }
        for count in [100, 100_000] {
            // All together, they have more pairs of lengths than are looked up.
            let lengths = |n: usize| ("a".repeat(n % 30), "b".repeat(n / 30 % 30 + 1));
            let many = patterns(count, |n| {
                let (before, after) = lengths(n);
                format!("https://{before}*{after}.{n:06}.example")
            });
            let index = LabelIndex::new(&many);
            for n in [0, count / 2, count - 1] {
                let (before, after) = lengths(n);
                let seen =
                    steps(&index, &many, &format!("https://{before}x{after}.{n:06}.example"));
                assert!(seen.0 == 2 && seen.1 <= 4 && seen.2 == 1, "{seen:?} among {count}");
            }
            assert_eq!(steps(&index, &many, "https://x.other.example").2, 0);
        }
    }

    #[test]
    fn each_pair_of_lengths_takes_one_lookup() {
        let eight = patterns(MOST_LENGTHS, |n| format!("https://{}*b.a.example", "a".repeat(n)));
        let index = LabelIndex::new(&eight);
        let (lookups, compared, covering) = steps(&index, &eight, "https://aaaaaaaaaab.a.example");
        assert_eq!((lookups, covering), (MOST_LENGTHS, MOST_LENGTHS));
        // Few of the others share the seven bits that a table compares before.
        assert!(compared <= 2 * MOST_LENGTHS, "{compared} comparisons");
        // Parts that leave nothing between them are not looked up.
        assert_eq!(steps(&index, &eight, "https://aaab.a.example").0, 3);
        assert_eq!(steps(&index, &eight, "https://a_b.a.example").0, 0);
    }
}
