use std::collections::BTreeSet;
use std::fmt;

use crate::policy::names;

/// A set of methods or header names: those that are listed, or all but those.
///
/// ```
/// use cors_core::Policy;
/// use cors_core::explain::{Permission, PolicyDiff};
///
/// let old = Policy::builder().allow_origins(["https://a.example"]).allow_methods(["PUT"]).build()?;
/// let new = Policy::builder().allow_origins(["https://a.example"]).allow_methods(["*"]).build()?;
/// let diff = PolicyDiff::between(&old, &new)?;
/// let Permission::Methods(gained) = &diff.changes()[0].gained()[0] else { panic!() };
/// assert!(gained.contains("DELETE") && !gained.contains("PUT"));
/// assert_eq!(gained.to_string(), "any but PUT");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct NameSet {
    names: BTreeSet<String>,
    has_all_others: bool,
}

impl NameSet {
    /// `listed` is a list of a rule in its normal form. `always_allowed` are names that a list has
    /// no effect on.
    pub(super) fn of_list(listed: &[String], always_allowed: fn(&str) -> bool) -> Self {
        if names::is_any(listed) {
            return Self { names: BTreeSet::new(), has_all_others: true };
        }
        let names = listed.iter().filter(|name| !always_allowed(name)).cloned().collect();
        Self { names, has_all_others: false }
    }

    /// The same set without a name.
    pub(super) fn without(mut self, name: &str) -> Self {
        if self.has_all_others {
            self.names.insert(name.into());
        } else {
            self.names.remove(name);
        }
        self
    }

    /// The names of this set that are not in the other one.
    pub(super) fn difference(&self, other: &Self) -> Self {
        let (names, others) = (&self.names, &other.names);
        let names: BTreeSet<_> = match (self.has_all_others, other.has_all_others) {
            (false, false) => names.difference(others).cloned().collect(),
            (false, true) => names.intersection(others).cloned().collect(),
            (true, false) => names.union(others).cloned().collect(),
            (true, true) => others.difference(names).cloned().collect(),
        };
        Self { names, has_all_others: self.has_all_others && !other.has_all_others }
    }

    /// The names that the set has, or, if [it has all others](Self::has_all_others), the names that
    /// it does not have. They are sorted. Names of headers are in lower case.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Returns whether the set has all names but the [listed](Self::names) ones.
    #[must_use]
    pub const fn has_all_others(&self) -> bool {
        self.has_all_others
    }

    /// Returns whether the set has a name. The name of a header is given in lower case.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.names.contains(name) != self.has_all_others
    }

    /// Returns whether the set has no name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && !self.has_all_others
    }
}

/// The names, or `any`, or `any but` the names.
impl fmt::Display for NameSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.has_all_others {
            f.write_str(if self.names.is_empty() { "any" } else { "any but " })?;
        }
        for (place, name) in self.names.iter().enumerate() {
            write!(f, "{}{name}", if place == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}
