//! Another reading of the list.

use std::collections::{BTreeMap, BTreeSet};

use cors_public_suffix::public_suffix_at_or_below;

use crate::model::{RULES, with_ancestors};

/// The names of the list, with something for `*`, and with what stands above and below them.
fn names() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for rule in &*RULES {
        let name = rule.trim_start_matches('!').replace('*', "any");
        names.insert(format!("below.{name}"));
        names.extend(with_ancestors(&name).map(str::to_owned));
    }
    names
}

/// Returns whether the `psl` crate takes a name for a suffix.
fn is_suffix(name: &str) -> bool {
    psl::suffix(name.as_bytes()).unwrap().as_bytes() == name.as_bytes()
}

/// Suffixes are what `psl` takes for them; ancestors are the names that have one below.
///
/// If this fails after an update of `psl`, the list has changed: `examples/renew` packs it anew.
#[test]
fn suffixes_and_their_ancestors_are_those_of_psl() {
    let names = names();
    assert!(names.len() > 20_000, "{} names", names.len());
    let mut has_suffix_below: BTreeMap<&str, bool> = BTreeMap::new();
    for name in &names {
        let is_suffix = is_suffix(name);
        for ancestor in with_ancestors(name).skip(1) {
            *has_suffix_below.entry(ancestor).or_default() |= is_suffix;
        }
    }
    let below = |name: &str| has_suffix_below.get(name).copied().unwrap_or(false);
    let expected: BTreeSet<_> =
        names.iter().filter(|name| is_suffix(name) || below(name)).collect();
    let found: BTreeSet<_> = names.iter().filter(|name| public_suffix_at_or_below(name)).collect();
    let difference: Vec<_> = found.symmetric_difference(&expected).collect();
    assert!(difference.is_empty(), "{difference:?}");

    let ancestors = found.iter().filter(|name| !is_suffix(name)).count();
    assert!(ancestors > 500, "{ancestors} ancestors");
    for ancestor in ["amazonaws.com", "core.windows.net", "r.appspot.com"] {
        assert!(public_suffix_at_or_below(ancestor) && !is_suffix(ancestor), "{ancestor}");
    }
}
