//! The readable list, and the question asked of it in the plainest way.

use std::collections::BTreeSet;
use std::sync::LazyLock;

pub(crate) static RULES: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../public_suffixes.txt").lines();
    lines.filter(|line| !line.is_empty() && !line.starts_with("//")).collect()
});

static SORTED: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| RULES.iter().copied().collect());

/// The rules and their ancestors.
static LISTED: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| RULES.iter().flat_map(|rule| with_ancestors(rule)).collect());

/// The name, its parent, and so on.
pub(crate) fn with_ancestors(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| Some(name.split_once('.')?.1))
}

pub(crate) fn public_suffix_at_or_below(name: &str) -> bool {
    let Some((_, parent)) = name.split_once('.') else { return true };
    let wildcard = format!("*.{parent}");
    let exception = format!("!{name}");
    LISTED.contains(name)
        || SORTED.contains(wildcard.as_str()) && !SORTED.contains(exception.as_str())
}
