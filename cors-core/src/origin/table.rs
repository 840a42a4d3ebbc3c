//! A hash table that is filled once, and never hashes anything itself: what hash tables for general
//! use have besides would be most of their code.

/// Positions in a list, found by the hashes of what the list has there.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// As many as a power of two. At least half of them are empty, so a search ends soon.
    slots: Box<[Slot]>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    position: u32,
    /// The upper half of the hash; the lower half says where a search begins.
    tag: u32,
}

impl Slot {
    const EMPTY: Self = Self { position: u32::MAX, tag: 0 };
}

impl Table {
    /// `positions` have their hashes beside them. Of those with the same content, the first counts.
    pub(super) fn new(positions: &[(u32, u64)], is_same: impl Fn(u32, u32) -> bool) -> Self {
        let len = if positions.is_empty() { 0 } else { (2 * positions.len()).next_power_of_two() };
        let mut table = Self { slots: vec![Slot::EMPTY; len].into() };
        for (position, hash) in positions {
            let search = table.search(*hash, |other| is_same(other, *position));
            if let Err(Some(slot)) = search.map_err(|at| table.slots.get_mut(at)) {
                *slot = Slot { position: *position, tag: tag(*hash) };
            }
        }
        table
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Returns the position with this hash that `is_meant` accepts.
    #[inline]
    pub(super) fn find(&self, hash: u64, is_meant: impl FnMut(u32) -> bool) -> Option<u32> {
        self.search(hash, is_meant).ok()
    }

    /// Returns the position, or the empty slot at which the search ends.
    #[inline]
    fn search(&self, hash: u64, mut is_meant: impl FnMut(u32) -> bool) -> Result<u32, usize> {
        let last = self.slots.len().wrapping_sub(1);
        let mut at = hash as usize & last;
        while let Some(Slot { position, tag: of_slot }) = self.slots.get(at).copied() {
            if position == Slot::EMPTY.position {
                break;
            }
            if of_slot == tag(hash) && is_meant(position) {
                return Ok(position);
            }
            at = (at + 1) & last;
        }
        Err(at)
    }
}

#[inline]
const fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn equal_hashes_are_told_apart_and_the_first_of_equals_is_found() {
        let content = ["a", "b", "a", "c", "d"];
        for hashes in [[7; 5], [0, 8, 0, 16, u64::MAX], [1, 2, 1, 3, 4]] {
            let positions: Vec<_> = (0..).zip(hashes).collect();
            let is_same = |one: u32, other: u32| content[one as usize] == content[other as usize];
            let table = Table::new(&positions, is_same);
            for (position, hash) in &positions {
                let found = table.find(*hash, |at| is_same(at, *position));
                assert_eq!(found, Some(if *position == 2 { 0 } else { *position }));
            }
            assert_eq!(table.find(7, |_| false), None);
        }
        assert_eq!(Table::new(&[], |_, _| true).find(7, |_| true), None);
    }
}
