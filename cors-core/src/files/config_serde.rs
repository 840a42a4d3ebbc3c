//! How a policy stands in a text, whatever the format: the settings of a sole rule at the top level,
//! several rules under `rules`.

use std::fmt;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::files::config_value::Value;
use crate::files::document::{Document, RuleDocument};
use crate::files::findings::{MOST_UNKNOWN_KEYS, Mismatch};
use crate::files::keys::{Keys, SCHEMA};
use crate::files::reading::Reading;
use crate::files::setting_key;
use crate::policy::{
    POLICIES, POLICY_SETTINGS, PolicyConfig, PolicyErrorKind, RULE_SETTINGS, RULES, RuleConfig,
    Setting, SettingValue,
};

/// Texts are read as numbers, booleans and lists. Unknown keys and other values of the wrong type
/// are one error, which lists everything that is wrong.
impl<'de> Deserialize<'de> for PolicyConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = deserializer.deserialize_any(PolicyVisitor(Reading::Lenient))?;
        document.into_config().map_err(D::Error::custom)
    }
}

/// Texts are read as numbers, booleans and lists. Unknown keys and other values of the wrong type
/// are one error, which lists everything that is wrong.
impl<'de> Deserialize<'de> for RuleConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let document = RuleVisitor(Reading::Lenient).deserialize(deserializer)?;
        document.into_config().map_err(D::Error::custom)
    }
}

/// Strictly, as the content of a file.
impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PolicyVisitor(Reading::Strict))
    }
}

struct PolicyVisitor(Reading);

impl<'de> Visitor<'de> for PolicyVisitor {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a policy: a table with `allow_origins`, or with `rules`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Document, A::Error> {
        let message =
            "a policy is a table of settings, not a list; a list of rules stands below rules";
        Err(A::Error::custom(message))
    }

    /// An empty file.
    fn visit_unit<E>(self) -> Result<Document, E> {
        Ok(Document::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
        let mut document = Document::default();
        let Document { config, findings } = &mut document;
        let mut rules = None;
        let mut sole_rule = RuleDocument::default();
        let mut keys_of_sole_rule = Vec::new();
        let mut keys = Keys::default();
        while let Some(key) = keys.next(&mut map)? {
            if let Some(setting) = find(POLICY_SETTINGS, &key) {
                let value = self.0.convert(map.next_value()?, setting);
                value.read(setting, config, &mut findings.mismatches);
            } else if find(RULE_SETTINGS, &key).is_some() {
                sole_rule.read(&key, map.next_value()?, self.0);
                keys_of_sole_rule.push(key);
            } else if key == RULES {
                let Rules { list, mismatch } = map.next_value_seed(RulesVisitor(self.0))?;
                rules = Some(list);
                findings.mismatches.extend(mismatch);
            } else if key == SCHEMA {
                map.next_value::<IgnoredAny>()?;
            } else if key == POLICIES {
                map.next_value::<IgnoredAny>()?;
                findings.unknown_keys.push(key);
            } else {
                let value: Value = map.next_value()?;
                if findings.unknown_keys.len() < MOST_UNKNOWN_KEYS {
                    findings.misplaced.extend(value.misplaced(&key));
                }
                findings.unknown_keys.push(key);
            }
        }
        if let Some(rules) = rules {
            findings.rules_are_listed = true;
            findings.keys_beside_rules = keys_of_sole_rule;
            rules.into_iter().for_each(|rule| document.add_rule(rule));
        } else if !keys_of_sole_rule.is_empty() {
            document.add_rule(sole_rule);
        }
        Ok(document)
    }
}

fn find<C>(settings: &'static [Setting<C>], key: &str) -> Option<&'static Setting<C>> {
    settings.iter().find(|setting| setting.name == key)
}

/// The list of rules. A table that stands for it is read as a rule.
struct Rules {
    list: Vec<RuleDocument>,
    mismatch: Option<Mismatch>,
}

impl Rules {
    fn of_another_type(value: &Value) -> Self {
        let kind = PolicyErrorKind::NotAListOfRules;
        Self { list: Vec::new(), mismatch: Some(value.mismatch(RULES, None, kind, None)) }
    }
}

struct RulesVisitor(Reading);

impl<'de> DeserializeSeed<'de> for RulesVisitor {
    type Value = Rules;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Rules, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for RulesVisitor {
    type Value = Rules;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rules")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Rules, A::Error> {
        let mut rules = Vec::new();
        while let Some(rule) = list.next_element_seed(RuleVisitor(self.0))? {
            rules.push(rule);
        }
        Ok(Rules { list: rules, mismatch: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Rules, A::Error> {
        let mut rule = RuleDocument::default();
        let mut keys = Keys::default();
        while let Some(key) = keys.next(&mut table)? {
            // Rules have no names; what stands below one is read once it is written as a list.
            let value: Value = table.next_value()?;
            if setting_key::nearest_in_rule(&key).is_some() {
                rule.read(&key, value, self.0);
            }
        }
        let is_rule = rule != RuleDocument::default();
        let list = is_rule.then_some(rule).into_iter().collect();
        Ok(Rules { list, ..Rules::of_another_type(&Value::Table(Vec::new())) })
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

struct RuleVisitor(Reading);

impl<'de> DeserializeSeed<'de> for RuleVisitor {
    type Value = RuleDocument;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<RuleDocument, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RuleVisitor {
    type Value = RuleDocument;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rule: a table with `allow_origins`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RuleDocument, A::Error> {
        let mut rule = RuleDocument::default();
        let mut keys = Keys::default();
        while let Some(key) = keys.next(&mut map)? {
            rule.read(&key, map.next_value()?, self.0);
        }
        Ok(rule)
    }
}

impl RuleDocument {
    /// Reads a setting. Other keys are recorded as unknown.
    fn read(&mut self, key: &str, value: Value, reading: Reading) {
        match find(RULE_SETTINGS, key) {
            Some(setting) => {
                // An empty text is a variable that nobody has set; an empty list is meant.
                if setting.name == "allow_origins" {
                    self.config.allow_no_origins = value.is_empty_list();
                }
                let value = reading.convert(value, setting);
                value.read(setting, &mut self.config, &mut self.findings.mismatches);
            }
            None => self.findings.unknown_keys.push(key.into()),
        }
    }
}

impl Serialize for PolicyConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for setting in POLICY_SETTINGS {
            if let Some(value) = setting.value(self) {
                map.serialize_entry(setting.name, &value)?;
            }
        }
        match self.rules.as_slice() {
            [rule] => write_rule(rule, &mut map)?,
            rules => map.serialize_entry(RULES, rules)?,
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

impl Serialize for SettingValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Texts(texts) => texts.serialize(serializer),
            Self::True => true.serialize(serializer),
            Self::Seconds(seconds) => seconds.serialize(serializer),
        }
    }
}

/// Writes what differs from the default, in the order of the documentation.
fn write_rule<M: SerializeMap>(rule: &RuleConfig, map: &mut M) -> Result<(), M::Error> {
    rule.settings().try_for_each(|(key, value)| map.serialize_entry(key, &value))
}
