//! How to read a value that does not have the type of its setting.

use crate::files::config_value::{Value, boolean, whole_seconds};
use crate::policy::{Field, Setting, variable};

/// How to read a value that does not have the type of its setting.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reading {
    /// As an error. Whoever writes a policy file can write the right type.
    Strict,
    /// In the type of the setting, if the value is clear. Environment variables are always texts.
    Lenient,
}

impl Reading {
    /// Returns the value in the type of the setting, or unchanged.
    pub(super) fn convert<C>(self, value: Value, setting: &Setting<C>) -> Value {
        match (self, &setting.field) {
            (Self::Strict, _) => value,
            (Self::Lenient, Field::Texts(..)) => to_list(value),
            (Self::Lenient, Field::Flag(..)) => to_bool(value),
            (Self::Lenient, Field::Seconds(..)) => to_integer(value),
        }
    }
}

fn to_list(value: Value) -> Value {
    match value {
        Value::Text(text) => {
            let elements = variable::elements(&text);
            Value::List(elements.map(|element| Value::Text(element.into())).collect())
        }
        Value::List(elements) => Value::List(elements.into_iter().map(to_text).collect()),
        other => other,
    }
}

/// In lists of environment variables, some crates take elements for numbers or booleans.
fn to_text(value: Value) -> Value {
    match value {
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) => Value::Text(value.to_string()),
        other => other,
    }
}

fn to_bool(value: Value) -> Value {
    let meant = match &value {
        Value::Integer(0) => Some(false),
        Value::Integer(1) => Some(true),
        Value::Text(text) => match text.trim() {
            "0" => Some(false),
            "1" => Some(true),
            word => boolean(word),
        },
        _ => None,
    };
    meant.map_or(value, Value::Bool)
}

fn to_integer(value: Value) -> Value {
    let meant = match &value {
        Value::Text(text) => text.trim().parse().ok(),
        Value::Float(seconds) => whole_seconds(*seconds),
        _ => None,
    };
    meant.map_or(value, Value::Integer)
}
