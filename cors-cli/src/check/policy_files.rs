//! The files that an argument of the command stands for.

use std::path::{Path, PathBuf};
use std::{fs, io};

use cors_core::PolicyFormat;

/// Returns the path itself or, if it is a directory, the policy files in it, sorted by name. Links
/// to directories are not followed, so the search ends.
pub(super) fn of(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    add_from(path, &mut files)?;
    if files.is_empty() {
        let message =
            "this directory has no policy file; name the files .toml, .json, .yaml or .yml";
        return Err(io::Error::new(io::ErrorKind::NotFound, message));
    }
    Ok(files)
}

fn add_from(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = fs::read_dir(directory)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_unstable_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if entry.file_type()?.is_dir() {
            add_from(&path, files)?;
        } else if PolicyFormat::of_path(&path).is_some() && path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}
