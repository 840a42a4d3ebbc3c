//! The text of a policy, while it is being written.

use std::ops::Range;

use cors_core::explain::Severity;
use cors_core::{
    Diagnostic, LoadError, Policies, Policy, PolicyConfig, PolicyErrors, PolicyFormat,
};
use toml_edit::{Document, DocumentMut, Item};

use crate::problems::Problems;

/// The policy of a TOML text with what is probably not meant in it, or what is wrong with it.
/// The work is linear in the length of the text.
pub(crate) fn check(text: &str) -> Result<(Policy, Problems), Problems> {
    let policy = match read(text) {
        Ok(policy) => policy,
        Err(Wrong::Settings(errors)) => {
            let document = Document::parse(text).ok();
            let place = |error: &&Diagnostic| find(document.as_ref()?, error.path());
            let (total, text) = (errors.count(), text.chars());
            return Err(Problems::new(Severity::Error, total, text, &errors, place));
        }
        Err(Wrong::Text(error)) => {
            let place = |_: &&str| error.span();
            return Err(Problems::new(Severity::Error, 1, text.chars(), [error.message()], place));
        }
    };
    let lints = policy.lints();
    if lints.is_empty() {
        return Ok((policy, Problems::default()));
    }
    let document = Document::parse(text).ok();
    let place = |lint: &&Diagnostic| find(document.as_ref()?, lint.path());
    let warnings = Problems::new(Severity::Warning, lints.len(), text.chars(), &lints, place);
    Ok((policy, warnings))
}

/// What is wrong with a text.
enum Wrong {
    Settings(PolicyErrors),
    Text(toml::de::Error),
}

fn read(text: &str) -> Result<Policy, Wrong> {
    let toml = Some(PolicyFormat::Toml);
    match Policies::from_reader(text.as_bytes(), toml, "policy.toml") {
        Err(LoadError::Invalid { errors, .. }) => return Err(Wrong::Settings(errors)),
        Ok(policies) => {
            if let Ok(policy) = policies.select(None) {
                return Ok(policy.clone());
            }
        }
        Err(_) => {}
    }
    // Policies by name, or no TOML.
    let config: PolicyConfig = toml::from_str(text).map_err(Wrong::Text)?;
    Policy::try_from(config).map_err(Wrong::Settings)
}

/// The text with these changes, its comments and its order kept. `None` if it has no such rules.
pub(crate) fn amend(text: &str, changes: &[Diagnostic]) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    for change in changes {
        let line: DocumentMut = change.suggestion()?.parse().ok()?;
        let (key, value) = line.iter().next()?;
        if key == "rules" {
            // The settings of a sole rule are in the list now.
            let schema: serde_json::Value = serde_json::from_str(PolicyConfig::JSON_SCHEMA).ok()?;
            let beside_rules = schema.pointer("/$defs/rules/properties")?.as_object()?;
            document.retain(|key, _| beside_rules.contains_key(key));
            document.insert(key, value.clone());
            continue;
        }
        let mut item = document.as_item_mut();
        let path = segments(change.path());
        let (_, tables) = path.split_last()?;
        for segment in tables {
            item = match segment {
                Segment::Key(key) => item.get_mut(key.as_str())?,
                Segment::Index(index) => item.get_mut(*index)?,
            };
        }
        let mut value = value.as_value()?.clone();
        let table = item.as_table_like_mut()?;
        match table.get_mut(key).and_then(Item::as_value_mut) {
            Some(old) => {
                *value.decor_mut() = old.decor().clone();
                *old = value;
            }
            None => {
                value.decor_mut().clear();
                table.insert(key, Item::Value(value));
            }
        }
    }
    Some(document.to_string())
}

enum Segment {
    Key(String),
    Index(usize),
}

/// The steps of a path such as `rules[1].allow_origins[0]`. Keys that a file quotes are quoted.
fn segments(path: &str) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let index = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        if let Some((index, after)) = index {
            segments.extend(index.parse().map(Segment::Index));
            rest = after;
            continue;
        }
        rest = rest.strip_prefix('.').unwrap_or(rest);
        let key_end = if rest.starts_with('"') {
            rest.rfind('"').map_or(rest.len(), |end| end + 1)
        } else {
            rest.find(['.', '[']).unwrap_or(rest.len())
        };
        let (key, after) = rest.split_at(key_end);
        let unquoted = serde_json::from_str(key).unwrap_or_else(|_| key.to_owned());
        segments.push(Segment::Key(unquoted));
        rest = after;
    }
    segments
}

/// Where the setting of a path stands, in bytes; its rule, if the setting is missing there.
fn find(document: &Document<&str>, path: &str) -> Option<Range<usize>> {
    let mut item = document.as_item();
    let mut place = None;
    for segment in segments(path) {
        let found = match segment {
            Segment::Index(index) => item.get(index).map(|found| (found, found.span())),
            Segment::Key(key) => item.as_table_like().and_then(|table| {
                let (name, found) = table.get_key_value(&key)?;
                let span = match (name.span(), found.span()) {
                    (Some(name), Some(value)) if found.is_value() => Some(name.start..value.end),
                    (name, value) => name.or(value),
                };
                Some((found, span))
            }),
        };
        let Some((found, span)) = found else { break };
        (item, place) = (found, span.or(place));
    }
    place
}
