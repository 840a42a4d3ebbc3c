use std::path::Path;

use serde::de::DeserializeOwned;
use serde_saphyr::SnippetMode;

use crate::files::error::LoadError;
use crate::files::syntax;
use crate::files::syntax::Place;
use crate::policy::PolicyFormat;

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
            Self::Toml => toml::from_str(text).map_err(|error| toml_message(text, &error)),
            Self::Json => serde_json::from_str(text).map_err(|error| json_message(text, &error)),
            Self::Yaml => yaml(text),
        };
        parsed.map_err(|message| LoadError::Syntax { path: path.into(), message })
    }
}

/// Some editors begin a file with such a mark.
pub(super) fn without_byte_order_mark(text: &str) -> &str {
    text.trim_start_matches('\u{feff}')
}

fn toml_message(text: &str, error: &toml::de::Error) -> String {
    match error.span() {
        Some(span) => {
            syntax::describe(text, Some(Place::at_byte(text, span.start)), error.message())
        }
        // Without a place, this names the key.
        None => syntax::describe(text, None, &error.to_string()),
    }
}

fn json_message(text: &str, error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    let place = format!(" at line {line} column {column}");
    match message.strip_suffix(&place) {
        Some(message) => syntax::describe(text, Some(Place::at_byte_column(line, column)), message),
        None => syntax::describe(text, None, &message),
    }
}

pub(super) fn yaml_options() -> serde_saphyr::Options {
    // A file has at most 16 MiB, and so no more than these.
    let budget = serde_saphyr::budget! { max_nodes: 1 << 24, max_events: 1 << 25 };
    serde_saphyr::options! { strict_booleans: true, with_snippet: false, budget: budget }
}

fn yaml<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_saphyr::from_str_with_options(text, yaml_options())
        .map_err(|error| yaml_message(text, &error))
}

fn yaml_message(text: &str, error: &serde_saphyr::Error) -> String {
    let message = error.render_with_options(serde_saphyr::render_options! {
        formatter: &serde_saphyr::UserMessageFormatter,
        snippets: SnippetMode::Off,
    });
    let place = error.location().and_then(|location| {
        let (line, column) = (location.line(), location.column());
        let message = message.strip_suffix(&format!(" at line {line}, column {column}"))?;
        let (line, column) = (usize::try_from(line).ok()?, usize::try_from(column).ok()?);
        Some((message, Place::at_column(text, line, column)))
    });
    match place {
        Some((message, place)) => syntax::describe(text, Some(place), message),
        None => syntax::describe(text, None, &message),
    }
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
