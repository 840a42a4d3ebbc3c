//! The folders of `src` depend on each other in one direction, and no two files need each other.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The rooms, and the rooms that each may use.
const ROOMS: [(&str, &[&str]); 9] = [
    ("http", &[]),
    ("origin", &["http"]),
    ("policy", &["http", "origin"]),
    ("decide", &["http", "origin", "policy"]),
    ("deploy", &["http", "origin", "policy", "decide"]),
    ("files", &["http", "origin", "policy", "decide", "deploy"]),
    ("browser", &["http", "origin", "policy", "decide"]),
    ("explain", &["http", "origin", "policy", "decide", "browser"]),
    ("testing", &["policy", "browser"]),
];

/// What a file of a room imports.
#[derive(Debug)]
struct Import {
    room: String,
    /// The file, or the folder in the room.
    file: String,
    /// The path after `crate::`.
    path: Vec<String>,
}

#[test]
fn rooms_use_each_other_in_one_direction() {
    let wrong: Vec<_> = imports()
        .into_iter()
        .filter(|import| {
            let (_, allowed) = ROOMS.iter().find(|(room, _)| *room == import.room).unwrap();
            let target = import.path.first().map_or("", String::as_str);
            target != import.room && !allowed.contains(&target)
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_files_need_each_other() {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for Import { room, file, path } in imports() {
        let used = path.get(1).filter(|used| path.first() == Some(&room) && **used != file);
        if let Some(used) = used.filter(|_| file != "mod") {
            uses.entry(format!("{room}/{file}")).or_default().insert(format!("{room}/{used}"));
        }
    }
    // Removes the files that use no other file, until those that are left use each other.
    loop {
        let left: BTreeSet<_> = uses.keys().cloned().collect();
        uses.values_mut().for_each(|used| used.retain(|file| left.contains(file)));
        uses.retain(|_, used| !used.is_empty());
        if uses.len() == left.len() {
            break;
        }
    }
    assert!(uses.is_empty(), "{uses:#?}");
}

/// Every `crate::` path in the rooms, but for documentation and unit tests.
fn imports() -> Vec<Import> {
    let mut imports = Vec::new();
    for (room, _) in ROOMS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room);
        read_folder(&folder, room, None, &mut imports);
    }
    assert!(imports.len() > 100, "the sources are not where this test looks");
    imports
}

/// The paths at the start of a text; several if they end in braces.
fn paths(text: &str) -> Vec<Vec<String>> {
    let end = |c: char| !c.is_alphanumeric() && c != '_' && c != ':';
    let (path, rest) = text.split_at(text.find(end).unwrap_or(text.len()));
    let segments = |path: &str| -> Vec<_> {
        path.split("::").filter(|segment| !segment.is_empty()).map(str::to_owned).collect()
    };
    match rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        Some((names, _)) if path.ends_with("::") => {
            let name = |name: &str| segments(name.split_whitespace().next().unwrap_or_default());
            let within = |import: &str| [segments(path), name(import)].concat();
            names.split(',').map(within).collect()
        }
        _ => vec![segments(path)],
    }
}

fn read_folder(folder: &Path, room: &str, within: Option<&str>, imports: &mut Vec<Import>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let file = within.unwrap_or(name);
        if path.is_dir() {
            read_folder(&path, room, Some(file), imports);
        } else if path.extension().is_some_and(|extension| extension == "rs") && name != "tests" {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            let code: String = lines.collect();
            for path in code.split("crate::").skip(1).flat_map(paths) {
                imports.push(Import { room: room.to_owned(), file: file.to_owned(), path });
            }
        }
    }
}
