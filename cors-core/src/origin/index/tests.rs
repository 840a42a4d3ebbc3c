use std::hash::BuildHasher;

use super::{OriginIndex, RuleOrigins, Target};

fn index_of(patterns: impl Iterator<Item = String>) -> OriginIndex {
    let patterns = patterns.map(|text| text.parse().unwrap()).collect();
    OriginIndex::new(vec![RuleOrigins::Patterns(patterns)])
}

fn index(count: usize) -> OriginIndex {
    index_of((0..count).flat_map(|n| {
        [format!("https://app.{n}x.example.com"), format!("https://*.{n}x.example.com:*")]
    }))
}

/// With how many patterns, and under how many keys, an origin is compared.
fn steps(index: &OriginIndex, origin: &str) -> (usize, usize) {
    let mut compared = 0;
    let mut compare = |_| {
        compared += 1;
        false
    };
    index.exact.find(index.hasher.hash_one(origin.as_bytes()), &mut compare);
    let mut keys = 0;
    index.visit_wider(&Target::of_origin(origin.as_bytes()).unwrap(), |key| {
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
            // Its host with any port, and two for each name above it that is as long as a base may
            // be.
            assert!((3..=5).contains(&keys), "{keys} keys");
            assert!(index.find(origin.as_bytes()).is_some());
        }
        // Whole hashes are compared before, so one is the match.
        assert!(all_compared <= 1000, "{all_compared} comparisons among {count}");
    }
}

#[test]
fn long_origins_are_not_looked_up() {
    let index = index(1);
    let origin = format!("https://{}.0x.example.com", "a".repeat(400));
    assert!(origin.len() > index.longest_origin);
    assert_eq!(index.find(origin.as_bytes()), None);
}

/// The same among patterns with a wildcard inside a label, and whether one matches.
fn label_steps(index: &OriginIndex, origin: &str) -> (usize, usize, bool) {
    let (compared, keys) = steps(index, origin);
    (keys, compared, index.find(origin.as_bytes()).is_some())
}

#[test]
fn a_lookup_takes_as_many_steps_among_100_000_wildcards_in_labels_as_among_one() {
    for count in [1, 10, 100_000] {
        let last = count - 1;
        // Each has a domain of its own.
        let index = index_of((0..count).map(|n| format!("https://pr-*.{n:06}.example")));
        let origin = format!("https://pr-17.{last:06}.example");
        assert_eq!(label_steps(&index, &origin), (1, 1, true), "among {count}");

        let index = index_of((0..count).map(|n| format!("https://{n:06}-*-team.a.example")));
        let origin = format!("https://{last:06}-17-team.a.example");
        assert_eq!(label_steps(&index, &origin), (1, 1, true), "among {count}");
    }
    for count in [100, 100_000] {
        // All together, they have more pairs of lengths than are looked up.
        let parts = |n: usize| ("a".repeat(n % 30), "b".repeat(n / 30 % 30 + 1));
        let index = index_of((0..count).map(|n| {
            let (before, after) = parts(n);
            format!("https://{before}*{after}.{n:06}.example")
        }));
        for n in [0, count / 2, count - 1] {
            let (before, after) = parts(n);
            let origin = format!("https://{before}x{after}.{n:06}.example");
            assert_eq!(label_steps(&index, &origin), (1, 1, true), "among {count}");
        }
        assert_eq!(label_steps(&index, "https://x.other.example"), (0, 0, false));
    }
}

#[test]
fn each_pair_of_lengths_takes_one_lookup() {
    let index = index_of((0..8).map(|n| format!("https://{}*b.a.example", "a".repeat(n))));
    assert_eq!(label_steps(&index, "https://aaaaaaaaaab.a.example"), (8, 8, true));
    // Parts that leave nothing between them are not looked up.
    assert_eq!(label_steps(&index, "https://aaab.a.example"), (3, 3, true));
    assert_eq!(label_steps(&index, "https://a_b.a.example"), (0, 0, false));
}
