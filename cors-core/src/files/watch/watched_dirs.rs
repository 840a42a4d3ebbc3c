use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use crate::files::watch::changes::Changes;
use crate::files::watch::route::Route;

/// Watches the directories on the way from a path to its file.
///
/// A directory that cannot be watched is left out: the file is also read from time to time.
///
/// `notify` has a thread of its own, and panics in ours once that thread has ended or if it could
/// not be spawned. Then nothing is watched any more, and the file is only read from time to time.
pub(super) struct WatchedDirs {
    path: PathBuf,
    changes: Arc<Changes>,
    watcher: Option<RecommendedWatcher>,
    watched: BTreeSet<PathBuf>,
}

impl WatchedDirs {
    /// Watches where an absolute path leads now.
    pub(super) fn watch(path: &Path, changes: Arc<Changes>) -> Self {
        let told = changes.clone();
        let watcher = || notify::recommended_watcher(move |event| told.tell(&event)).ok();
        let watcher = catch_unwind(AssertUnwindSafe(watcher)).ok().flatten();
        let mut places = Self { path: path.into(), changes, watcher, watched: BTreeSet::new() };
        places.follow(true);
        places
    }

    /// Watches where the path leads by now. If something on the way changed, a directory can be
    /// another one of the same name, so all are watched anew.
    pub(super) fn follow(&mut self, is_rerouted: bool) {
        if self.watcher.is_none() {
            return;
        }
        let is_watching = catch_unwind(AssertUnwindSafe(|| self.watch_route(is_rerouted))).is_ok();
        if !is_watching {
            self.end();
        }
    }

    fn watch_route(&mut self, is_rerouted: bool) {
        let Some(watcher) = &mut self.watcher else { return };
        let route = Route::follow(&self.path);
        let places = route.directories();
        self.changes.set_route(route);
        self.watched.retain(|place| {
            let stays = !is_rerouted && places.contains(place);
            if !stays {
                // It may have been removed.
                let _ = watcher.unwatch(place);
            }
            stays
        });
        for place in places {
            if !self.watched.contains(&place)
                && watcher.watch(&place, RecursiveMode::NonRecursive).is_ok()
            {
                self.watched.insert(place);
            }
        }
    }

    fn end(&mut self) {
        let watcher = self.watcher.take();
        let _ = catch_unwind(AssertUnwindSafe(|| drop(watcher)));
    }
}

impl Drop for WatchedDirs {
    fn drop(&mut self) {
        self.end();
    }
}
