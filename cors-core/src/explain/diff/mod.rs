//! What changes for whom between two policies.

mod changes;
mod classes;
mod effect;
mod error;
mod name_set;
mod origin_set;
mod overlap;
mod permission;
mod regions;
#[cfg(feature = "serde")]
mod serialize;

pub use error::DiffError;
pub use name_set::NameSet;
pub use origin_set::OriginSet;
pub use permission::Permission;

use std::fmt;

use crate::policy::Policy;
use changes::Changes;
use classes::Classes;
use effect::{Change, OriginKind, Side};
use origin_set::{MOST_SHOWN, WidePattern};
use regions::Regions;

/// What pages gain and lose if one policy takes the place of another.
///
/// The patterns of both policies divide the origins into classes, such as the subdomains of
/// `example.com` but for those that a pattern or rule of their own governs. The difference is
/// computed for each class from the rules themselves, so it holds for every origin of the class and
/// for every request. Two policies that permit the same have no difference, however they are
/// written.
///
/// ```
/// use cors_core::Policy;
/// use cors_core::explain::PolicyDiff;
///
/// let old = Policy::builder()
///     .allow_origins(["https://app.example.com"])
///     .allow_credentials(true)
///     .build()?;
/// let new = Policy::builder()
///     .allow_origins(["https://app.example.com"])
///     .allow_methods(["DELETE"])
///     .build()?;
/// let diff = PolicyDiff::between(&old, &new)?;
/// assert!(diff.is_widening());
/// assert_eq!(
///     diff.to_string(),
///     "https://app.example.com\n  gains: methods DELETE\n  loses: credentials\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What is compared
///
/// A page may do what a browser that follows the Fetch standard lets it do:
///
/// - The first rule whose origins match counts, whatever patterns stand in later rules.
/// - `*` for methods and headers is any name, with credentials too. Without credentials, it does
///   not include `authorization`. Not compared are the bounds of `*` with credentials: methods
///   named `*` or longer than 64 bytes, and more than 64 headers or 4096 bytes of them.
/// - GET, HEAD, POST and safelisted response headers are permitted to all pages that have access.
/// - A `max_age` that is not set is 5 seconds, the default of the standard.
/// - [`Permission::CrossOriginRequests`] and [`Permission::SameOriginRequests`] follow from
///   `enforce_origins` and `own_origins`. Addresses and `localhost` are treated as other hosts
///   here.
///
/// `Vary`, `predicate_vary` and `accept_lints` are not compared, because they permit nothing. Nor
/// are values of `Origin` that no browser sends. Each wildcard is taken to stand for more names or
/// ports than the policies list.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PolicyDiff {
    changes: Vec<OriginChange>,
}

/// What the pages of some origins gain and lose.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OriginChange {
    origins: Vec<OriginSet>,
    change: Change,
}

impl PolicyDiff {
    /// Compares two policies.
    ///
    /// # Errors
    ///
    /// If their patterns overlap in more than 200 000 ways.
    pub fn between(old: &Policy, new: &Policy) -> Result<Self, DiffError> {
        Self::of(Side::of(old), Side::of(new))
    }

    /// Compares a policy that is added with one that allows nothing and lets the same requests
    /// reach the service.
    ///
    /// # Errors
    ///
    /// As [`between`](Self::between).
    pub fn of_added(new: &Policy) -> Result<Self, DiffError> {
        Self::of(Side::missing(new), Side::of(new))
    }

    /// Compares a policy that is removed with one that allows nothing and lets the same requests
    /// reach the service.
    ///
    /// # Errors
    ///
    /// As [`between`](Self::between).
    pub fn of_removed(old: &Policy) -> Result<Self, DiffError> {
        Self::of(Side::of(old), Side::missing(old))
    }

    fn of(old: Side<'_>, new: Side<'_>) -> Result<Self, DiffError> {
        let patterns = [
            old.patterns().collect(),
            new.patterns().collect(),
            old.own_origins().collect(),
            new.own_origins().collect(),
        ];
        let regions = Regions::new(patterns, [old.rule_for_any(), new.rule_for_any(), None, None])?;
        let mut changes = Changes::new(old, new);
        let of_others = changes.number(regions.rules_for_any, OriginKind::Tuple);
        let of_null = changes.number(regions.rules_for_any, OriginKind::Opaque);
        let of_regions =
            regions.iter().map(|region| changes.number(region.rules, OriginKind::Tuple));
        let of_regions = of_regions.collect();
        for (number, set) in
            Classes::new(&regions, of_others, of_regions).sets_without(changes.none)
        {
            changes.add(number, set);
        }
        changes.add(of_null, OriginSet { pattern: WidePattern::Null, except: Vec::new() });
        Ok(Self { changes: changes.found() })
    }

    /// The changes, each with all origins that have it. No origin is in two of them. Empty if the
    /// policies permit the same.
    #[must_use]
    pub fn changes(&self) -> &[OriginChange] {
        &self.changes
    }

    /// What changes for an origin, if anything does; `origin` is the value of an `Origin` header.
    #[must_use]
    pub fn change_for(&self, origin: impl AsRef<[u8]>) -> Option<&OriginChange> {
        let origin = origin.as_ref();
        self.changes.iter().find(|change| change.origins.iter().any(|set| set.contains(origin)))
    }

    /// Returns whether the policies permit the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Returns whether any page gains anything: some [`Permission`] that it does not have under the
    /// old policy, whatever it loses. So requests that `enforce_origins` no longer stops count, and
    /// so do more `own_origins`. A longer `max_age` does not: no request is permitted that was
    /// refused before, and browsers only ask less often.
    #[must_use]
    pub fn is_widening(&self) -> bool {
        self.changes.iter().any(OriginChange::is_widening)
    }
}

impl OriginChange {
    /// The origins: every origin that is in one of these sets.
    #[must_use]
    pub fn origins(&self) -> &[OriginSet] {
        &self.origins
    }

    /// What pages may do under the new policy alone.
    #[must_use]
    pub fn gained(&self) -> &[Permission] {
        &self.change.gained
    }

    /// What pages may do under the old policy alone.
    #[must_use]
    pub fn lost(&self) -> &[Permission] {
        &self.change.lost
    }

    /// For how many seconds browsers reuse the answer to a preflight, under the old policy and the
    /// new one. `None` if it is the same, or if one of the policies refuses the origins.
    #[must_use]
    pub const fn max_age(&self) -> Option<(i64, i64)> {
        self.change.max_age
    }

    /// Returns whether pages gain anything.
    #[must_use]
    pub fn is_widening(&self) -> bool {
        !self.change.gained.is_empty()
    }
}

/// All changes, one after the other.
impl fmt::Display for PolicyDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.changes.iter().try_for_each(|change| change.fmt(f))
    }
}

/// The first 50 sets of origins, each on a line of its own, and indented below them what pages gain
/// and lose.
impl fmt::Display for OriginChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.origins.iter().take(MOST_SHOWN).try_for_each(|set| writeln!(f, "{set}"))?;
        if let more @ 1.. = self.origins.len().saturating_sub(MOST_SHOWN) {
            writeln!(f, "and {more} more")?;
        }
        for (title, permissions) in [("gains", self.gained()), ("loses", self.lost())] {
            for (place, permission) in permissions.iter().enumerate() {
                let start = if place == 0 { format!("  {title}: ") } else { "; ".into() };
                write!(f, "{start}{permission}")?;
            }
            f.write_str(if permissions.is_empty() { "" } else { "\n" })?;
        }
        match self.max_age() {
            Some((old, new)) => writeln!(f, "  max_age: {new} seconds instead of {old}"),
            None => Ok(()),
        }
    }
}
