use std::collections::BTreeMap;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::files::document::Document;
use crate::files::keys::{Keys, SCHEMA};
use crate::policy::{
    Diagnostic, ErrorList, POLICIES, Policy, PolicyError, PolicyErrorKind, PolicyErrors,
    PolicyFormat, setting_path,
};

/// A file with `policies`, and the keys that it should not have beside them.
#[derive(Default)]
pub(super) struct NamedPolicies {
    policies: BTreeMap<String, Document>,
    keys_beside: Vec<String>,
    are_no_table: bool,
}

impl NamedPolicies {
    /// The policies by name, or everything that is wrong with the file.
    pub(super) fn build(
        &self,
        format: PolicyFormat,
    ) -> Result<BTreeMap<String, Policy>, PolicyErrors> {
        let mut errors = ErrorList::default();
        errors.extend(self.keys_beside.iter().map(|key| {
            PolicyError::new(setting_path::of("", key), PolicyErrorKind::BesidePolicies)
        }));
        let mut named = BTreeMap::new();
        for (name, document) in &self.policies {
            let checked = document.check(format);
            if checked.errors.count() == 0 {
                named.insert(name.clone(), checked.draft);
            } else {
                errors.append_within(&prefix(name), checked.errors);
            }
        }
        let of_policies = |kind| PolicyError::new(POLICIES.into(), kind);
        if self.are_no_table {
            errors.push(of_policies(PolicyErrorKind::PoliciesNotATable));
        } else if self.policies.is_empty() && self.keys_beside.is_empty() {
            errors.push(of_policies(PolicyErrorKind::NoPolicies));
        }
        errors.check(format)?;
        Ok(named)
    }

    pub(super) fn lints(&self) -> Vec<Diagnostic> {
        lints(&self.policies, Document::lints).collect()
    }
}

/// The lints of each policy, with its name in their paths.
pub(super) fn lints<P>(
    named: &BTreeMap<String, P>,
    of: fn(&P, &str) -> Vec<Diagnostic>,
) -> impl Iterator<Item = Diagnostic> {
    named.iter().flat_map(move |(name, policy)| of(policy, &prefix(name)))
}

/// What stands before the settings of a policy with this name.
fn prefix(name: &str) -> String {
    format!("{}.", setting_path::of_policy(name))
}

/// What stands under `policies`.
enum ByName {
    Table(BTreeMap<String, Document>),
    /// A value of another type.
    Other,
}

impl<'de> Deserialize<'de> for NamedPolicies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FileVisitor)
    }
}

impl<'de> Deserialize<'de> for ByName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ByNameVisitor)
    }
}

struct FileVisitor;

impl<'de> Visitor<'de> for FileVisitor {
    type Value = NamedPolicies;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table with `policies`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NamedPolicies, A::Error> {
        let mut file = NamedPolicies::default();
        let mut keys = Keys::default();
        while let Some(key) = keys.next(&mut map)? {
            if key == POLICIES {
                match map.next_value()? {
                    ByName::Table(policies) => file.policies = policies,
                    ByName::Other => file.are_no_table = true,
                }
                continue;
            }
            map.next_value::<IgnoredAny>()?;
            if key != SCHEMA {
                file.keys_beside.push(key);
            }
        }
        Ok(file)
    }
}

struct ByNameVisitor;

impl<'de> Visitor<'de> for ByNameVisitor {
    type Value = ByName;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("policies by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ByName, A::Error> {
        let mut policies = BTreeMap::new();
        let mut keys = Keys::default();
        while let Some(name) = keys.next(&mut map)? {
            policies.insert(name, map.next_value()?);
        }
        Ok(ByName::Table(policies))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<ByName, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(ByName::Other)
    }

    fn visit_str<E>(self, _: &str) -> Result<ByName, E> {
        Ok(ByName::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<ByName, E> {
        Ok(ByName::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<ByName, E> {
        Ok(ByName::Other)
    }

    fn visit_unit<E>(self) -> Result<ByName, E> {
        Ok(ByName::Other)
    }
}
