use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use notify::{RecursiveMode, Watcher};

/// The directories in which a change can make a path lead to another content: that of the file,
/// and that of each symbolic link on the way.
pub(super) struct Places<W> {
    path: PathBuf,
    watcher: W,
    watched: BTreeSet<PathBuf>,
}

impl<W: Watcher> Places<W> {
    pub(super) fn new(path: &Path, watcher: W) -> Self {
        Self { path: path.into(), watcher, watched: BTreeSet::new() }
    }

    /// Watches where the path leads now.
    pub(super) fn renew(&mut self) -> Result<(), String> {
        let places = places(&self.path).map_err(|error| error.to_string())?;
        for gone in self.watched.difference(&places) {
            // It may have been removed.
            let _ = self.watcher.unwatch(gone);
        }
        self.watched.retain(|place| places.contains(place));
        for place in places {
            if !self.watched.contains(&place) {
                let watched = self.watcher.watch(&place, RecursiveMode::NonRecursive);
                watched.map_err(|error| error.to_string())?;
                self.watched.insert(place);
            }
        }
        Ok(())
    }
}

fn places(path: &Path) -> io::Result<BTreeSet<PathBuf>> {
    /// As many as Linux follows.
    const MOST_LINKS: usize = 40;

    let mut places = BTreeSet::new();
    let mut path = std::path::absolute(path)?;
    for _ in 0..MOST_LINKS {
        let Some((link, rest)) = first_link(&path) else {
            places.extend(path.parent().map(Into::into));
            return Ok(places);
        };
        let parent = link.parent().unwrap_or(Path::new("/"));
        places.insert(parent.into());
        path = normal(&parent.join(fs::read_link(&link)?).join(rest));
    }
    Err(io::Error::other("too many symbolic links"))
}

/// The first part of a path that is a symbolic link, and what follows it.
fn first_link(path: &Path) -> Option<(PathBuf, PathBuf)> {
    let mut start = PathBuf::new();
    let mut components = path.components();
    while let Some(component) = components.next() {
        start.push(component);
        if fs::symlink_metadata(&start).is_ok_and(|metadata| metadata.is_symlink()) {
            return Some((start, components.as_path().into()));
        }
    }
    None
}

/// The path without `..`; what stands before is no link.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                normal.pop();
            }
            component => normal.push(component),
        }
    }
    normal
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    use super::places;

    #[test]
    fn every_link_on_the_way_is_a_place() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("mount/..2026_1")).unwrap();
        fs::write(root.join("mount/..2026_1/policy.toml"), "").unwrap();
        symlink("..2026_1", root.join("mount/..data")).unwrap();
        symlink("..data/policy.toml", root.join("mount/policy.toml")).unwrap();
        fs::create_dir(root.join("etc")).unwrap();
        symlink("../mount", root.join("etc/app")).unwrap();

        let found = places(&root.join("etc/app/policy.toml")).unwrap();
        let expected: Vec<PathBuf> =
            ["etc", "mount", "mount/..2026_1"].map(|place| root.join(place)).into();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn links_that_lead_nowhere_end() {
        let root = tempfile::tempdir().unwrap();
        symlink("policy.toml", root.path().join("policy.toml")).unwrap();
        assert!(places(&root.path().join("policy.toml")).is_err());
    }
}
