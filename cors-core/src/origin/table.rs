//! The hash tables of the indexes.

use hashbrown::HashTable;

use crate::origin::pattern::OriginPattern;

/// Indexes the positions of patterns by their hashes. Of equal patterns the first counts, as its
/// rule governs.
pub(super) fn table(hashes: &[(u32, u64)], patterns: &[OriginPattern]) -> HashTable<u32> {
    let pattern = |at: u32| patterns.get(at as usize);
    let mut table = HashTable::with_capacity(hashes.len());
    for (at, hash) in hashes {
        if table.find(*hash, |other| pattern(*other) == pattern(*at)).is_none() {
            // There is room, so nothing is hashed again.
            table.insert_unique(*hash, *at, |_| 0);
        }
    }
    table
}
