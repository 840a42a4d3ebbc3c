//! How a [`PolicyConfig`] stands in a file: the settings of a sole rule at the top level,
//! several rules under `rules`. Unknown keys are kept, for validation to report them all.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::files::config_value::Value;
use crate::origin::Quoted;
use crate::policy::{
    MOST_UNKNOWN_KEYS, Mismatch, PolicyConfig, PolicyErrorKind, RuleConfig, SettingValue,
    setting_key,
};

impl<'de> Deserialize<'de> for PolicyConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PolicyVisitor)
    }
}

impl<'de> Deserialize<'de> for RuleConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RuleVisitor)
    }
}

impl Serialize for PolicyConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if self.enforce_origins {
            map.serialize_entry("enforce_origins", &true)?;
        }
        match self.rules.as_slice() {
            [rule] if !self.sole_rule_is_listed => write_rule(rule, &mut map)?,
            rules => map.serialize_entry("rules", rules)?,
        }
        map.end()
    }
}

impl Serialize for RuleConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        write_rule(self, &mut map)?;
        map.end()
    }
}

struct PolicyVisitor;

impl<'de> Visitor<'de> for PolicyVisitor {
    type Value = PolicyConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a policy: a table with `allow_origins`, or with `rules`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<PolicyConfig, A::Error> {
        let message =
            "a policy is a table of settings, not a list; a list of rules stands below rules";
        Err(A::Error::custom(message))
    }

    /// An empty file.
    fn visit_unit<E>(self) -> Result<PolicyConfig, E> {
        Ok(PolicyConfig::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PolicyConfig, A::Error> {
        let mut policy = PolicyConfig::default();
        let mut sole_rule = RuleConfig::default();
        let mut keys_of_sole_rule = Vec::new();
        let mut rules_are_listed = false;
        let mut keys = Keys::default();
        while let Some(key) = keys.next(&mut map)? {
            match key.as_str() {
                "rules" => {
                    let rules: Rules = map.next_value()?;
                    policy.rules = rules.rules;
                    policy.mismatches.extend(rules.mismatch);
                    rules_are_listed = true;
                }
                "enforce_origins" => {
                    let value: Value = map.next_value()?;
                    policy.enforce_origins = value.read_bool(&key, &mut policy.mismatches);
                }
                // How a JSON file names its schema.
                "$schema" => drop(map.next_value::<IgnoredAny>()?),
                _ if setting_key::is_rule_key(&key) => {
                    read_rule_entry(&mut sole_rule, &key, map.next_value()?);
                    keys_of_sole_rule.push(key);
                }
                // How a file names its policies.
                "policies" => {
                    map.next_value::<IgnoredAny>()?;
                    policy.unknown_keys.push(key);
                }
                _ => {
                    let value: Value = map.next_value()?;
                    if policy.unknown_keys.len() < MOST_UNKNOWN_KEYS {
                        policy.misplaced.extend(value.misplaced(&key));
                    }
                    policy.unknown_keys.push(key);
                }
            }
        }
        if rules_are_listed {
            policy.sole_rule_is_listed = policy.rules.len() == 1;
            policy.keys_beside_rules = keys_of_sole_rule;
        } else if !keys_of_sole_rule.is_empty() {
            policy.rules.push(sole_rule);
        }
        Ok(policy)
    }
}

/// The list of rules. A table that stands for it is read as a rule.
struct Rules {
    rules: Vec<RuleConfig>,
    mismatch: Option<Mismatch>,
}

impl Rules {
    fn of_another_type(value: &Value) -> Self {
        let kind = PolicyErrorKind::NotAListOfRules;
        Self { rules: Vec::new(), mismatch: Some(value.mismatch("rules", None, kind, None)) }
    }
}

impl<'de> Deserialize<'de> for Rules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RulesVisitor)
    }
}

struct RulesVisitor;

impl<'de> Visitor<'de> for RulesVisitor {
    type Value = Rules;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rules")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Rules, A::Error> {
        let mut rules = Vec::new();
        while let Some(rule) = list.next_element()? {
            rules.push(rule);
        }
        Ok(Rules { rules, mismatch: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Rules, A::Error> {
        let mut rule = RuleConfig::default();
        let mut keys = Keys::default();
        while let Some(key) = keys.next(&mut table)? {
            // Rules have no names; what stands below one is read once it is written as a list.
            let value: Value = table.next_value()?;
            if setting_key::nearest_in_rule(&key).is_some() {
                read_rule_entry(&mut rule, &key, value);
            }
        }
        let is_rule = rule != RuleConfig::default();
        let rules = is_rule.then_some(rule).into_iter().collect();
        Ok(Rules { rules, ..Rules::of_another_type(&Value::Table(Vec::new())) })
    }

    fn visit_str<E>(self, text: &str) -> Result<Rules, E> {
        Ok(Rules::of_another_type(&Value::Text(text.into())))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Rules, E> {
        Ok(Rules::of_another_type(&Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Rules, E> {
        Ok(Rules::of_another_type(&Value::Integer(value)))
    }

    fn visit_unit<E>(self) -> Result<Rules, E> {
        Ok(Rules::of_another_type(&Value::Null))
    }
}

struct RuleVisitor;

impl<'de> Visitor<'de> for RuleVisitor {
    type Value = RuleConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rule: a table with `allow_origins`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RuleConfig, A::Error> {
        let mut rule = RuleConfig::default();
        let mut keys = Keys::default();
        while let Some(key) = keys.next(&mut map)? {
            read_rule_entry(&mut rule, &key, map.next_value()?);
        }
        Ok(rule)
    }
}

/// The keys of a table, each once. TOML and YAML refuse a second one by themselves; in JSON it
/// would silently replace the first.
#[derive(Debug, Default)]
pub(crate) struct Keys(HashSet<String>);

impl Keys {
    pub(crate) fn next<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
    ) -> Result<Option<String>, A::Error> {
        let Some(key) = map.next_key::<String>()? else { return Ok(None) };
        if self.0.insert(key.clone()) {
            Ok(Some(key))
        } else {
            Err(A::Error::custom(format_args!("duplicate key {}; remove one", Quoted(&key))))
        }
    }
}

/// Reads a setting of a rule. Other keys are kept as unknown.
fn read_rule_entry(rule: &mut RuleConfig, key: &str, value: Value) {
    let wrong = &mut rule.mismatches;
    match key {
        "allow_origins" => rule.allow_origins = value.read_list(key, wrong),
        "allow_origins_by_predicate" => {
            rule.allow_origins_by_predicate = value.read_bool(key, wrong);
        }
        "predicate_vary" => rule.predicate_vary = value.read_list(key, wrong),
        "allow_credentials" => rule.allow_credentials = value.read_bool(key, wrong),
        "allow_methods" => rule.allow_methods = value.read_list(key, wrong),
        "allow_headers" => rule.allow_headers = value.read_list(key, wrong),
        "expose_headers" => rule.expose_headers = value.read_list(key, wrong),
        "max_age" => rule.max_age = value.read_seconds(key, wrong),
        "dangerously_allow_insecure_origins_with_credentials" => {
            rule.dangerously_allow_insecure_origins_with_credentials = value.read_bool(key, wrong);
        }
        "dangerously_allow_public_suffix_subdomains_with_credentials" => {
            rule.dangerously_allow_public_suffix_subdomains_with_credentials =
                value.read_bool(key, wrong);
        }
        "dangerously_allow_predicate_origins_with_credentials" => {
            rule.dangerously_allow_predicate_origins_with_credentials = value.read_bool(key, wrong);
        }
        _ => rule.unknown_keys.push(key.into()),
    }
}

/// Writes what differs from the default, in the order of the documentation.
fn write_rule<M: SerializeMap>(rule: &RuleConfig, map: &mut M) -> Result<(), M::Error> {
    for (key, value) in rule.settings() {
        match value {
            SettingValue::Texts(texts) => map.serialize_entry(key, texts)?,
            SettingValue::True => map.serialize_entry(key, &true)?,
            SettingValue::Seconds(seconds) => map.serialize_entry(key, &seconds)?,
        }
    }
    Ok(())
}
