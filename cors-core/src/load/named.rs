use std::collections::BTreeMap;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::PolicyConfig;
use crate::config_serde::Keys;

/// A file with `policies`, and the keys that it should not have beside them.
#[derive(Default)]
pub(super) struct NamedPolicies {
    pub(super) policies: BTreeMap<String, PolicyConfig>,
    pub(super) keys_beside: Vec<String>,
    /// Whether `policies` is a list, which has no names.
    pub(super) policies_are_listed: bool,
}

/// The table `policies` itself; `None` if it is a list.
struct ByName(Option<BTreeMap<String, PolicyConfig>>);

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
            if key == "policies" {
                let ByName(policies) = map.next_value()?;
                file.policies_are_listed = policies.is_none();
                file.policies = policies.unwrap_or_default();
                continue;
            }
            map.next_value::<IgnoredAny>()?;
            // How a JSON file names its schema.
            if key != "$schema" {
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
        Ok(ByName(Some(policies)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<ByName, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(ByName(None))
    }
}
