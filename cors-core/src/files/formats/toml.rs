use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

use crate::files::formats::{Places, SyntaxError, syntax};
use crate::policy::setting_path;

pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Option<Result<T, SyntaxError>> {
    Some(toml::from_str(text).map_err(|error| syntax_error(text, &error)))
}

fn syntax_error(text: &str, error: &toml::de::Error) -> SyntaxError {
    match error.span() {
        Some(span) => syntax::error(text, Some(span.start), error.message()),
        // Without a place, this names the key.
        None => syntax::error(text, None, &error.to_string()),
    }
}

pub(super) fn find(text: &str, places: &mut Places) {
    if let Ok(table) = DeTable::parse(text) {
        find_in_table("", table.get_ref(), places);
    }
}

fn find_in_table(prefix: &str, table: &DeTable<'_>, places: &mut Places) {
    for (key, value) in table {
        let path = setting_path::of(prefix, key.get_ref());
        if let Some(place) = places.get_mut(&path) {
            *place = Some(key.span().start);
            find_in_value(&path, value.get_ref(), places);
        }
    }
}

fn find_in_value(path: &str, value: &DeValue<'_>, places: &mut Places) {
    match value {
        DeValue::Table(table) => find_in_table(&format!("{path}."), table, places),
        DeValue::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                let path = format!("{path}[{index}]");
                if let Some(place) = places.get_mut(&path) {
                    *place = Some(element.span().start);
                    find_in_value(&path, element.get_ref(), places);
                }
            }
        }
        _ => {}
    }
}
