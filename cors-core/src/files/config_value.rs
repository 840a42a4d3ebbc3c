//! What a file has for a setting, whatever its type, so that a wrong type is one problem among
//! the others instead of the end of reading.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::files::findings::{Mismatch, MisplacedTable};
use crate::files::keys::Keys;
use crate::files::setting_key;
use crate::origin::{Quoted, suggestion};
use crate::policy::{Field, PolicyErrorKind, Setting};

#[derive(Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Value>),
    Table(Vec<(String, Value)>),
}

impl Value {
    /// The settings of a table that names a policy or its rules would have, if it has any.
    pub(super) fn misplaced(&self, key: &str) -> Option<MisplacedTable> {
        /// Of larger tables, only the beginning is looked at.
        const MOST: usize = 100;

        let entries = match self {
            Self::Table(entries) => entries,
            // A list with a policy, or with rules.
            Self::List(elements) => return elements.first()?.misplaced(key),
            _ => return None,
        };
        let entries = entries.get(..MOST).unwrap_or(entries);
        let means = |key: &&String| setting_key::nearest_in_policy(key).is_some();
        let settings: Vec<_> = entries.iter().map(|(key, _)| key).filter(means).cloned().collect();
        let is_policy = |(name, table): &(String, Self)| table.misplaced(name).is_some();
        let has_any = !settings.is_empty() || entries.iter().any(is_policy);
        has_any.then(|| MisplacedTable { key: key.into(), settings })
    }

    pub(super) fn is_empty_list(&self) -> bool {
        matches!(self, Self::List(elements) if elements.is_empty())
    }

    /// Reads the value of a setting into its field.
    pub(super) fn read<C>(
        self,
        setting: &Setting<C>,
        config: &mut C,
        mismatches: &mut Vec<Mismatch>,
    ) {
        let key = setting.name;
        match setting.field {
            Field::Texts(_, field) => *field(config) = self.read_list(key, mismatches),
            Field::Flag(_, field) => *field(config) = self.read_bool(key, mismatches),
            Field::Seconds(_, field) => *field(config) = self.read_seconds(key, mismatches),
        }
    }

    /// Reads a list of strings. Other elements are recorded as mismatches and dropped. A bare
    /// string is recorded too, but its elements are kept: validation reports what else is wrong.
    fn read_list(self, key: &'static str, mismatches: &mut Vec<Mismatch>) -> Vec<String> {
        let Self::List(elements) = self else {
            mismatches.push(self.mismatch(key, None, PolicyErrorKind::NotAList, None));
            return match self {
                Self::Text(text) => suggestion::elements_of_bare_text(key, text),
                _ => Vec::new(),
            };
        };
        let mut texts = Vec::with_capacity(elements.len());
        for (index, element) in elements.into_iter().enumerate() {
            match element {
                Self::Text(text) => texts.push(text),
                other => {
                    let suggestion = match &other {
                        // No origin is a word or a number.
                        _ if suggestion::is_of_origins(key) => None,
                        Self::Bool(_) | Self::Integer(_) => Some(format!("\"{other}\"")),
                        _ => None,
                    };
                    let kind = PolicyErrorKind::NotAText;
                    mismatches.push(other.mismatch(key, Some(index), kind, suggestion));
                }
            }
        }
        texts
    }

    fn read_bool(self, key: &'static str, mismatches: &mut Vec<Mismatch>) -> bool {
        let Self::Bool(value) = self else {
            let suggestion = match &self {
                Self::Text(text) => boolean(text).map(|value| value.to_string()),
                _ => None,
            };
            mismatches.push(self.mismatch(key, None, PolicyErrorKind::NotABool, suggestion));
            return false;
        };
        value
    }

    /// Reads a number of seconds; no value at all is none.
    fn read_seconds(self, key: &'static str, mismatches: &mut Vec<Mismatch>) -> Option<i64> {
        let suggestion = match &self {
            Self::Null => return None,
            Self::Integer(seconds) => return Some(*seconds),
            Self::Text(text) => text.trim().parse::<u32>().ok().map(|seconds| seconds.to_string()),
            Self::Float(seconds) => whole_seconds(*seconds).map(|seconds| seconds.to_string()),
            _ => None,
        };
        mismatches.push(self.mismatch(key, None, PolicyErrorKind::NotSeconds, suggestion));
        None
    }

    pub(super) fn mismatch(
        &self,
        key: &'static str,
        index: Option<usize>,
        kind: PolicyErrorKind,
        suggestion: Option<String>,
    ) -> Mismatch {
        Mismatch { key, index, kind, value: self.to_string(), suggestion }
    }
}

/// The boolean that a word means.
pub(super) fn boolean(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// A number of seconds that was written with a decimal point.
pub(super) fn whole_seconds(seconds: f64) -> Option<i64> {
    let is_whole = seconds.fract() == 0.0 && (0.0..1e9).contains(&seconds);
    is_whole.then_some(seconds as i64)
}

/// As it stands in a file.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Float(value) => value.fmt(f),
            Self::Text(text) => Quoted(text).fmt(f),
            Self::List(_) => f.write_str("[…]"),
            Self::Table(_) => f.write_str("{…}"),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Integer(i64::try_from(value).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = list.next_element()? {
            elements.push(element);
        }
        Ok(Value::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        let mut keys = Keys::default();
        while let Some(key) = keys.next(&mut table)? {
            entries.push((key, table.next_value()?));
        }
        Ok(Value::Table(entries))
    }
}
