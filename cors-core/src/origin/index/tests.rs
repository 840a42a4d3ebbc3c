use std::hash::BuildHasher;

use super::{OriginIndex, RuleOrigins, WildKey};
use crate::origin::origin::Origin;

fn index(count: usize) -> OriginIndex {
    let patterns = (0..count).flat_map(|n| {
        [format!("https://app.{n}x.example.com"), format!("https://*.{n}x.example.com:*")]
    });
    let patterns = patterns.map(|text| text.parse().unwrap()).collect();
    OriginIndex::new(vec![RuleOrigins::Patterns(patterns)])
}

/// With how many patterns, and under how many keys, an origin is compared.
fn steps(index: &OriginIndex, origin: &str) -> (usize, usize) {
    let mut compared = 0;
    let mut compare = |_: &u32| {
        compared += 1;
        false
    };
    index.exact.find(index.hasher.hash_one(origin.as_bytes()), &mut compare);
    let (parsed, labels) = Origin::parse_with_labels(origin.as_bytes()).unwrap();
    let mut keys = 1;
    index.visit_wider(WildKey::of_origin(&parsed), labels, |key| {
        keys += 1;
        index.wild.find(index.hasher.hash_one(key), &mut compare);
    });
    (compared, keys)
}

#[test]
fn a_lookup_takes_as_many_steps_among_100_000_patterns_as_among_10() {
    for count in [5, 50_000] {
        let index = index(count);
        let mut all_compared = 0;
        for n in 0..1000 {
            let origin = format!("https://a.app.{}x.example.com:8443", n * count / 1000);
            let (compared, keys) = steps(&index, &origin);
            all_compared += compared;
            // The origin itself, its host with any port, and two for each name above it that
            // is as long as a base may be.
            assert!((4..=6).contains(&keys), "{keys} keys");
            assert!(index.find(origin.as_bytes()).is_some());
        }
        // One is the match; a few share the seven bits that a table compares before.
        assert!(all_compared < 5 * 1000, "{all_compared} comparisons among {count}");
    }
}

#[test]
fn long_origins_are_not_looked_up() {
    let index = index(1);
    let origin = format!("https://{}.0x.example.com", "a".repeat(400));
    assert!(origin.len() > index.longest_origin);
    assert_eq!(index.find(origin.as_bytes()), None);
}
