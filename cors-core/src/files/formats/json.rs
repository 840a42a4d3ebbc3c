use std::fmt;

use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::files::formats::{Places, SyntaxError, syntax};
use crate::policy::setting_path;

pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Option<Result<T, SyntaxError>> {
    Some(serde_json::from_str(text).map_err(|error| syntax_error(text, &error)))
}

fn syntax_error(text: &str, error: &serde_json::Error) -> SyntaxError {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match message.strip_suffix(&place) {
        Some(message) => {
            let lines_before = text.split_inclusive('\n').take(error.line().saturating_sub(1));
            let line_start: usize = lines_before.map(str::len).sum();
            // The column is in bytes, from 1.
            let byte = line_start + error.column().saturating_sub(1);
            syntax::error(text, Some(byte), message)
        }
        None => syntax::error(text, None, &message),
    }
}

pub(super) fn find(text: &str, places: &mut Places) {
    find_in_value("", text, text, places);
}

/// Finds paths in a value, which is a part of the text.
fn find_in_value(path: &str, value: &str, text: &str, places: &mut Places) {
    if let Ok(Entries(entries)) = serde_json::from_str(value) {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}.") };
        for (key, value) in entries {
            let Ok(name) = serde_json::from_str::<String>(key.get()) else { continue };
            note(&setting_path::of(&prefix, &name), key, value, text, places);
        }
    } else if let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(value) {
        for (index, element) in elements.into_iter().enumerate() {
            note(&format!("{path}[{index}]"), element, element, text, places);
        }
    }
}

fn note(path: &str, start: &RawValue, value: &RawValue, text: &str, places: &mut Places) {
    if let Some(place) = places.get_mut(path) {
        // Both are parts of the same text.
        *place = start.get().as_ptr().addr().checked_sub(text.as_ptr().addr());
        find_in_value(path, value.get(), text, places);
    }
}

/// The keys and values of an object, as they stand in the text.
struct Entries<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}
