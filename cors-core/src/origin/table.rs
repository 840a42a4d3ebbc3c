//! A hash table for the indexes.

use hashbrown::HashTable;

/// Positions in a list, found by the hashes of what the list has there.
#[derive(Clone, Debug, Default)]
pub(super) struct Table(HashTable<Slot>);

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u64,
    position: u32,
}

impl Table {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a position, even if the table has another one with the same content.
    #[inline(never)]
    pub(super) fn insert(&mut self, hash: u64, position: u32) {
        self.0.insert_unique(hash, Slot { hash, position }, |slot| slot.hash);
    }

    /// Returns a position with this hash that `is_meant` accepts.
    #[inline]
    pub(super) fn find(&self, hash: u64, mut is_meant: impl FnMut(u32) -> bool) -> Option<u32> {
        let found = self.0.find(hash, |slot| slot.hash == hash && is_meant(slot.position));
        found.map(|slot| slot.position)
    }
}

/// A position in a list. More than `u32::MAX` would need some 200 GB.
#[inline]
pub(super) fn position(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn equal_hashes_are_told_apart() {
        for hash_of in [|_| 7, |at| at << 3, |at: u64| u64::MAX - at, |at| at] {
            let mut table = Table::default();
            assert!(table.is_empty());
            for at in 0..1000 {
                assert_eq!(table.find(hash_of(at), |position| u64::from(position) == at), None);
                table.insert(hash_of(at), at as u32);
            }
            for at in 0..1000 {
                let found = table.find(hash_of(at), |position| u64::from(position) == at);
                assert_eq!(found, Some(at as u32));
            }
            assert_eq!(table.find(7, |_| false), None);
        }
    }
}
