use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// The way from a path to the file that it leads to now.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Route {
    /// The file.
    file: PathBuf,
    /// What leads there: each symbolic link on the way, and the directory that the file is in.
    steps: BTreeSet<PathBuf>,
}

impl Route {
    /// Follows an absolute path, as far as it leads.
    pub(super) fn follow(path: &Path) -> Self {
        /// As many as Linux follows.
        const MOST_LINKS: usize = 40;

        let mut route = Self { file: path.to_owned(), steps: BTreeSet::new() };
        for _ in 0..MOST_LINKS {
            let Some((link, rest)) = first_link(&route.file) else { break };
            let Ok(target) = fs::read_link(&link) else { break };
            route.file = normal(&link.parent().unwrap_or(&link).join(target).join(rest));
            route.steps.insert(link);
        }
        route.steps.extend(route.file.parent().map(Into::into));
        route
    }

    /// The directories in which a change can make the path lead to another content.
    pub(super) fn directories(&self) -> BTreeSet<PathBuf> {
        let entries = self.steps.iter().chain([&self.file]);
        entries.filter_map(|entry| entry.parent()).map(Into::into).collect()
    }

    /// Whether the path leads to this file.
    pub(super) fn is_to(&self, file: &Path) -> bool {
        self.file == file
    }

    /// Whether the file that the path leads to is called so.
    pub(super) fn ends_with(&self, name: &OsStr) -> bool {
        self.file.file_name() == Some(name)
    }

    /// Whether something that leads to the file is called so.
    pub(super) fn leads_through(&self, name: &OsStr) -> bool {
        self.steps.iter().any(|step| step.file_name() == Some(name))
    }
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

    use super::Route;

    fn directories(route: &Route) -> Vec<std::path::PathBuf> {
        route.directories().into_iter().collect()
    }

    #[test]
    fn the_directory_of_the_file_and_its_parent_are_watched() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let route = Route::follow(&root.join("app/policy.toml"));
        assert_eq!(directories(&route), [root.clone(), root.join("app")]);
        assert!(route.ends_with("policy.toml".as_ref()) && route.leads_through("app".as_ref()));
        assert!(!route.ends_with("app".as_ref()) && !route.leads_through("other".as_ref()));
    }

    #[test]
    fn the_directory_of_every_link_is_watched() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("mount/..2026_1")).unwrap();
        fs::write(root.join("mount/..2026_1/policy.toml"), "").unwrap();
        symlink("..2026_1", root.join("mount/..data")).unwrap();
        symlink("..data/policy.toml", root.join("mount/policy.toml")).unwrap();
        fs::create_dir(root.join("etc")).unwrap();
        symlink("../mount", root.join("etc/app")).unwrap();

        let route = Route::follow(&root.join("etc/app/policy.toml"));
        let expected = ["etc", "mount", "mount/..2026_1"].map(|place| root.join(place));
        assert_eq!(directories(&route), expected);
        for step in ["app", "policy.toml", "..data", "..2026_1"] {
            assert!(route.leads_through(step.as_ref()), "{step}");
        }
    }

    #[test]
    fn links_that_lead_nowhere_are_watched() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let path = root.join("policy.toml");
        symlink("policy.toml", &path).unwrap();
        assert!(directories(&Route::follow(&path)).contains(&root));
    }
}
