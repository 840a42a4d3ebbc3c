//! A table, as GitHub and GitLab show it.

use std::io::{self, Write};
use std::path::Path;

use cors_core::explain::{NameSet, OriginChange, OriginSet, Permission};

use super::compared::{Compared, Status};
use super::summary;
use crate::input::in_one_line;

/// As many sets of origins, and as many exceptions of one, are in a cell.
const MOST_SHOWN: usize = 50;

pub(super) fn write(
    compared: &[Compared],
    files: [&Path; 2],
    out: &mut impl Write,
) -> io::Result<()> {
    let [old, new] = files.map(|file| code(&file.display().to_string()));
    if compared.is_empty() {
        return writeln!(out, "{old} and {new} permit the same.");
    }
    writeln!(out, "From {old} to {new}: {}.\n", summary(compared))?;
    let has_names = compared.iter().any(Compared::is_named);
    let (title, line) = if has_names { ("| policy ", "|---") } else { ("", "") };
    writeln!(out, "{title}| origins | gains | loses | `max_age` |\n{line}|---|---|---|---|")?;
    for compared in compared {
        let name = if has_names { format!("| {} ", policy(compared)) } else { String::new() };
        if compared.diff.is_empty() {
            writeln!(out, "{name}| no origin | | | |")?;
        }
        for change in compared.diff.changes() {
            writeln!(out, "{name}{}", row(change))?;
        }
    }
    Ok(())
}

fn policy(compared: &Compared) -> String {
    let name = compared.name.as_ref().map_or_else(|| "without a name".into(), |name| code(name));
    match compared.status {
        Status::Changed => name,
        status => format!("{name} ({})", status.as_str()),
    }
}

fn row(change: &OriginChange) -> String {
    let origins = first(change.origins(), "<br>", origins);
    let permissions = |permissions: &[Permission]| {
        permissions.iter().map(permission).collect::<Vec<_>>().join("<br>")
    };
    let max_age = change.max_age().map(|(old, new)| format!("{new} seconds instead of {old}"));
    format!(
        "| {origins} | {} | {} | {} |",
        permissions(change.gained()),
        permissions(change.lost()),
        max_age.unwrap_or_default()
    )
}

fn origins(set: &OriginSet) -> String {
    let pattern = if set.pattern() == "*" { "every origin".into() } else { code(set.pattern()) };
    match set.except() {
        [] => pattern,
        except => {
            let except = first(except, ", ", |pattern| code(pattern.as_str()));
            format!("{pattern} except {except}")
        }
    }
}

fn permission(permission: &Permission) -> String {
    match permission {
        Permission::Methods(methods) => format!("methods {}", names(methods)),
        Permission::RequestHeaders(headers) => format!("request headers {}", names(headers)),
        Permission::ExposedHeaders(headers) => format!("exposed headers {}", names(headers)),
        permission => permission.to_string(),
    }
}

fn names(set: &NameSet) -> String {
    let names: Vec<_> = set.names().map(code).collect();
    match (set.has_all_others(), names.as_slice()) {
        (true, []) => "any".into(),
        (true, names) => format!("any but {}", names.join(", ")),
        (false, names) => names.join(", "),
    }
}

/// The first elements, and how many more there are.
fn first<T>(all: &[T], separator: &str, text: impl Fn(&T) -> String) -> String {
    let mut texts: Vec<_> = all.iter().take(MOST_SHOWN).map(text).collect();
    if let more @ 1.. = all.len().saturating_sub(MOST_SHOWN) {
        texts.push(format!("{more} more"));
    }
    texts.join(separator)
}

/// A text as code in a cell of a table: a `|` would end the cell, and a backtick the code.
fn code(text: &str) -> String {
    let text = in_one_line(text).replace('|', "\\|");
    match text.contains('`') {
        true => format!("`` {text} ``"),
        false => format!("`{text}`"),
    }
}
