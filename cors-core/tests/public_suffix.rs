//! Which subdomain patterns may go with credentials, against another reading of the Public Suffix
//! List.

#![cfg(feature = "public-suffix")]
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::{BTreeMap, BTreeSet};

use cors_core::Policy;

const RULES: &str = include_str!("../src/origin/public_suffixes.txt");

/// The names of the list, with something for `*`, and with what stands above and below them.
fn bases() -> BTreeSet<String> {
    let mut bases = BTreeSet::new();
    for rule in RULES.lines().filter(|line| !line.is_empty() && !line.starts_with("//")) {
        let name = rule.trim_start_matches('!').replace('*', "any");
        bases.insert(format!("below.{name}"));
        let mut name = name.as_str();
        bases.insert(name.into());
        while let Some((_, parent)) = name.split_once('.') {
            bases.insert(parent.into());
            name = parent;
        }
    }
    bases
}

/// Whether the `psl` crate takes a name for a suffix.
fn is_suffix(name: &str) -> bool {
    psl::suffix(name.as_bytes()).unwrap().as_bytes() == name.as_bytes()
}

/// The bases of which `https://*.base` is refused together with credentials.
fn refused(bases: &BTreeSet<String>) -> BTreeSet<String> {
    let is_refused = |base: &&String| {
        let policy = Policy::builder().allow_origins([format!("https://*.{base}")]);
        let Err(errors) = policy.allow_credentials(true).build() else { return false };
        errors.iter().for_each(|error| {
            assert_eq!(error.code(), "public-suffix-with-credentials");
        });
        true
    };
    bases.iter().filter(is_refused).cloned().collect()
}

/// Suffixes are what `psl` takes for them; ancestors are the names that have one below.
///
/// If this fails after an update of `psl`, the list has changed: `examples/public_suffixes.rs`
/// writes the table anew.
#[test]
fn suffixes_and_their_ancestors_are_refused() {
    let bases = bases();
    assert!(bases.len() > 20_000, "{} names", bases.len());
    let mut has_suffix_below: BTreeMap<&str, bool> = BTreeMap::new();
    for base in &bases {
        let is_suffix = is_suffix(base);
        let mut name = base.as_str();
        while let Some((_, parent)) = name.split_once('.') {
            *has_suffix_below.entry(parent).or_default() |= is_suffix;
            name = parent;
        }
    }
    let below = |base: &str| has_suffix_below.get(base).copied().unwrap_or(false);
    let expected: BTreeSet<_> =
        bases.iter().filter(|base| is_suffix(base) || below(base)).cloned().collect();
    let refused = refused(&bases);
    let difference: Vec<_> = refused.symmetric_difference(&expected).collect();
    assert!(difference.is_empty(), "{difference:?}");

    let ancestors = refused.iter().filter(|base| !is_suffix(base)).count();
    assert!(ancestors > 500, "{ancestors} ancestors");
    for ancestor in ["amazonaws.com", "core.windows.net", "r.appspot.com"] {
        assert!(refused.contains(ancestor) && !is_suffix(ancestor), "{ancestor}");
    }
}

#[test]
fn the_permission_and_the_lack_of_credentials_lift_the_refusal() {
    let patterns = ["https://*.github.io", "https://*.amazonaws.com", "https://*.corp"];
    let policy = Policy::builder().allow_origins(patterns);
    assert!(policy.clone().build().is_ok());
    assert_eq!(policy.clone().allow_credentials(true).build().unwrap_err().iter().count(), 3);
    let permitted = policy
        .allow_credentials(true)
        .dangerously_allow_public_suffix_subdomains_with_credentials(true);
    assert!(permitted.build().is_ok());
}
