//! Origins in an environment variable.

use std::env;

/// Why an environment variable has no value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum VariableError {
    /// The variable is not set, is empty, or has nothing but separators.
    Unset,
    NotUnicode,
}

/// Returns the value of an environment variable. A value without an element counts as unset,
/// because Compose and Helm pass empty values for variables that nobody has set.
pub(crate) fn read(name: &str) -> Result<String, VariableError> {
    match env::var(name) {
        Ok(value) if origins(&value).next().is_some() => Ok(value),
        Ok(_) | Err(env::VarError::NotPresent) => Err(VariableError::Unset),
        Err(env::VarError::NotUnicode(_)) => Err(VariableError::NotUnicode),
    }
}

/// Splits a value at commas, semicolons and white space. No origin contains one of these.
pub(crate) fn origins(value: &str) -> impl Iterator<Item = &str> {
    let is_separator = |c: char| matches!(c, ',' | ';') || c.is_whitespace();
    value.split(is_separator).filter(|origin| !origin.is_empty())
}
