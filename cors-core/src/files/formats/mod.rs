//! The formats of policy files. Each has a feature; a file in a format whose feature is off is an
//! error.

#[cfg(not(all(feature = "json", feature = "toml", feature = "yaml")))]
mod disabled;
#[cfg(feature = "json")]
mod json;
#[cfg(any(feature = "json", feature = "toml", feature = "yaml"))]
mod syntax;
#[cfg(feature = "toml")]
mod toml;
#[cfg(feature = "yaml")]
mod yaml;

use std::collections::HashMap;
use std::path::Path;

#[cfg(not(feature = "json"))]
use disabled as json;
#[cfg(not(feature = "toml"))]
use disabled as toml;
#[cfg(not(feature = "yaml"))]
use disabled as yaml;
use serde::de::DeserializeOwned;

use crate::files::error::LoadError;
use crate::policy::PolicyFormat;

/// Paths of settings, and the bytes at which they begin in a text. For each path, the paths of the
/// tables and lists that it is in are here too.
pub(super) type Places = HashMap<String, Option<usize>>;

/// Why a text is not in its format.
#[derive(Debug)]
pub(super) struct SyntaxError {
    /// The line and column, both from 1, if the parser tells them. The column counts characters.
    pub(super) place: Option<(usize, usize)>,
    /// The first line says what is wrong and where. The others show the place.
    pub(super) message: String,
}

impl PolicyFormat {
    /// Tells the format by the first line that has content: `{` begins JSON; otherwise the line has
    /// a colon in YAML, and an equals sign or brackets in TOML.
    pub(super) fn of_text(text: &str) -> Self {
        let lines = without_byte_order_mark(text).lines().map(str::trim_start);
        let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let line = lines.next().unwrap_or_default();
        if line.starts_with('{') {
            return Self::Json;
        }
        if line.starts_with("---") || line.starts_with('%') {
            return Self::Yaml;
        }
        match line.find(['=', ':', '[']).and_then(|place| line.as_bytes().get(place)) {
            Some(b':') => Self::Yaml,
            _ => Self::Toml,
        }
    }

    pub(super) fn parse<T: DeserializeOwned>(
        self,
        text: &str,
        path: &Path,
    ) -> Result<T, LoadError> {
        let text = without_byte_order_mark(text);
        let parsed = match self {
            Self::Toml => toml::parse(text),
            Self::Json => json::parse(text),
            Self::Yaml => yaml::parse(text),
        };
        let path = || path.into();
        match parsed {
            Some(Ok(value)) => Ok(value),
            Some(Err(SyntaxError { place, message })) => {
                Err(LoadError::Syntax { path: path(), place, message })
            }
            None => Err(LoadError::FormatDisabled { path: path(), format: self, guessed: false }),
        }
    }

    /// Finds where the paths begin. A setting begins at its key.
    pub(super) fn find(self, text: &str, places: &mut Places) {
        match self {
            Self::Toml => toml::find(text, places),
            Self::Json => json::find(text, places),
            Self::Yaml => yaml::find(text, places),
        }
    }
}

/// Some editors begin a file with such a mark.
pub(super) fn without_byte_order_mark(text: &str) -> &str {
    text.trim_start_matches('\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::PolicyFormat;

    #[test]
    fn the_first_line_tells_the_format() {
        for (text, format) in [
            ("", PolicyFormat::Toml),
            ("\u{feff}# Comment: yes\n\n  allow_origins = ['https://a']", PolicyFormat::Toml),
            ("[policies.\"a:b\"]\nallow_origins = []", PolicyFormat::Toml),
            ("\"allow_origins\" = ['https://a']", PolicyFormat::Toml),
            ("\n\t{ \"allow_origins\": [] }", PolicyFormat::Json),
            ("# a = b\nallow_origins: ['=']", PolicyFormat::Yaml),
            ("'allow_origins': []", PolicyFormat::Yaml),
            ("---\nallow_origins: []", PolicyFormat::Yaml),
            ("%YAML 1.2\n---\nallow_origins: []", PolicyFormat::Yaml),
        ] {
            assert_eq!(PolicyFormat::of_text(text), format, "{text}");
        }
    }
}
