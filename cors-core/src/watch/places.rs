use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use notify::{EventHandler, RecommendedWatcher, RecursiveMode, Watcher};

/// The directories in which a change can make a path lead to another content: that of the file
/// and the one that this is in, and that of each symbolic link on the way.
///
/// What cannot be watched is not: the file is also read from time to time.
pub(super) struct Places {
    path: PathBuf,
    watcher: Option<RecommendedWatcher>,
    watched: BTreeSet<PathBuf>,
}

impl Places {
    /// Watches where an absolute path leads now.
    pub(super) fn watch(path: &Path, on_event: impl EventHandler) -> Self {
        let watcher = notify::recommended_watcher(on_event).ok();
        let mut places = Self { path: path.into(), watcher, watched: BTreeSet::new() };
        places.renew();
        places
    }

    /// Watches where the path leads by now. A directory may be another one of the same name, so
    /// that all are watched anew.
    pub(super) fn renew(&mut self) {
        let Some(watcher) = &mut self.watcher else { return };
        for place in &self.watched {
            // It may have been removed.
            let _ = watcher.unwatch(place);
        }
        self.watched = places(&self.path).unwrap_or_default();
        self.watched.retain(|place| watcher.watch(place, RecursiveMode::NonRecursive).is_ok());
    }
}

fn places(path: &Path) -> io::Result<BTreeSet<PathBuf>> {
    /// As many as Linux follows.
    const MOST_LINKS: usize = 40;

    let mut places = BTreeSet::new();
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Some((link, rest)) = first_link(&path) else {
            places.extend(path.ancestors().skip(1).take(2).map(Into::into));
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
    fn the_directory_and_the_one_it_is_in_are_places() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let found = places(&root.join("app/policy.toml")).unwrap();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), [root.clone(), root.join("app")]);
    }

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
