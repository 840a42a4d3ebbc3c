use std::collections::BTreeSet;

use cors_core::explain::PolicyDiff;
use cors_core::{Policies, Policy};
use serde::Serialize;

use crate::input::in_one_line;

/// A policy that is not the same in both files.
#[derive(Debug, Serialize)]
pub(super) struct Compared {
    /// `None` in a file without names.
    pub(super) name: Option<String>,
    pub(super) status: Status,
    #[serde(flatten)]
    pub(super) diff: PolicyDiff,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Changed,
    Added,
    Removed,
}

impl Status {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

impl Compared {
    /// Whether the policy is called by its name, or by what became of it.
    pub(super) fn is_named(&self) -> bool {
        self.name.is_some() || self.status != Status::Changed
    }
}

/// Compares the policies of the same name.
pub(super) fn compare(old: &Policies, new: &Policies) -> Result<Vec<Compared>, String> {
    let sole = compare_named(None, old.select(None).ok(), new.select(None).ok())?;
    let names: BTreeSet<_> =
        [old, new].iter().flat_map(|file| file.iter()).map(|(name, _)| name).collect();
    let named =
        names.into_iter().map(|name| compare_named(Some(name), old.get(name), new.get(name)));
    let named = named.collect::<Result<Vec<_>, _>>()?;
    Ok([sole].into_iter().chain(named).flatten().collect())
}

/// Compares two policies of one name; `None` if both permit the same, or there are none.
pub(super) fn compare_named(
    name: Option<&str>,
    old: Option<&Policy>,
    new: Option<&Policy>,
) -> Result<Option<Compared>, String> {
    let (status, diff) = match (old, new) {
        (Some(old), Some(new)) => (Status::Changed, PolicyDiff::between(old, new)),
        (None, Some(new)) => (Status::Added, PolicyDiff::of_added(new)),
        (Some(old), None) => (Status::Removed, PolicyDiff::of_removed(old)),
        (None, None) => return Ok(None),
    };
    let diff = diff.map_err(|error| match name {
        Some(name) => format!("{}: {error}", in_one_line(name)),
        None => error.to_string(),
    })?;
    let is_same = status == Status::Changed && diff.is_empty();
    Ok((!is_same).then(|| Compared { name: name.map(Into::into), status, diff }))
}
