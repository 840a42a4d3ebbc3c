//! Finds the policy files of an argument: the file itself, or the files in a directory.

use std::path::{Path, PathBuf};
use std::{fs, io};

use cors_core::PolicyFormat;

/// A policy file, or a path that cannot be read.
type Found = Result<PathBuf, (PathBuf, io::Error)>;

/// Returns the path itself or, if it is a directory, the policy files in it, sorted by name. Links
/// to directories are not followed, so the search ends.
pub(super) fn of(path: &Path) -> Vec<Found> {
    if !path.is_dir() {
        return vec![Ok(path.to_owned())];
    }
    let mut found = Vec::new();
    add_from(path, &mut found);
    if found.is_empty() {
        let message =
            "this directory has no policy file; name the files .toml, .json, .yaml or .yml";
        let error = io::Error::new(io::ErrorKind::NotFound, message);
        found.push(Err((path.to_owned(), error)));
    }
    found
}

fn add_from(directory: &Path, found: &mut Vec<Found>) {
    let entries = fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => return found.push(Err((directory.to_owned(), error))),
    };
    entries.sort_unstable_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            add_from(&path, found);
        } else if PolicyFormat::of_path(&path).is_some() && !path.is_dir() {
            // Without the `.` of `cors check .`.
            found.push(Ok(path.strip_prefix(".").map(Into::into).unwrap_or(path)));
        }
    }
}
