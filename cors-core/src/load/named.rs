use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::PolicyConfig;
use crate::config_serde::Keys;

/// The part of a file that [`PolicyConfig`] does not know.
#[derive(Deserialize)]
pub(super) struct NamedPolicies {
    #[serde(deserialize_with = "by_name")]
    pub(super) policies: BTreeMap<String, PolicyConfig>,
}

fn by_name<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, PolicyConfig>, D::Error> {
    deserializer.deserialize_map(ByName)
}

struct ByName;

impl<'de> Visitor<'de> for ByName {
    type Value = BTreeMap<String, PolicyConfig>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("policies by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut policies = BTreeMap::new();
        let mut keys = Keys::default();
        while let Some(name) = keys.next(&mut map)? {
            policies.insert(name, map.next_value()?);
        }
        Ok(policies)
    }
}
