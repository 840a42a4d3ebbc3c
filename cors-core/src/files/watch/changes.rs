use std::ffi::OsStr;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notify::Event;
use notify::event::{AccessKind, AccessMode, CreateKind, EventKind, ModifyKind};

use crate::files::watch::route::Route;

/// What the file system tells of a file, for the thread that reads it.
#[derive(Debug, Default)]
pub(super) struct Changes {
    state: Mutex<State>,
    /// That something is told, or that the watch ends.
    told: Condvar,
}

#[derive(Debug, Default)]
struct State {
    is_stopped: bool,
    /// Since the file was last read.
    has_changed: bool,
    /// Whether what leads to the file changed since it was last followed.
    is_rerouted: bool,
    /// Whether somebody has begun to write the file and not yet closed it.
    is_being_written: bool,
    route: Route,
}

impl Changes {
    /// Notes an event. It counts if it can mean another content of the file: others, such as those
    /// of other files in its directory and of reading the file, wake nobody.
    pub(super) fn tell(&self, event: &notify::Result<Event>) {
        let mut state = self.lock();
        if state.note(event) {
            state.has_changed = true;
            self.told.notify_all();
        }
    }

    /// Waits for a change or so long, and returns whether the watch goes on.
    pub(super) fn wait_for_change(&self, longest: Duration) -> bool {
        let is_idle = |state: &mut State| !state.is_stopped && !state.has_changed;
        let waited = self.told.wait_timeout_while(self.lock(), longest, is_idle);
        let (mut state, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        // Where nothing is told, a directory can be another one of the same name.
        state.is_rerouted |= waited.timed_out();
        !state.is_stopped
    }

    /// Waits so long unless the watch ends, and returns whether it goes on.
    pub(super) fn pause(&self, time: Duration) -> bool {
        let waited = self.told.wait_timeout_while(self.lock(), time, |state| !state.is_stopped);
        !waited.unwrap_or_else(PoisonError::into_inner).0.is_stopped
    }

    /// Begins to look at the file: changes from now on are new. Returns whether the way to it has to
    /// be followed again.
    pub(super) fn begin_look(&self) -> bool {
        let mut state = self.lock();
        state.has_changed = false;
        std::mem::take(&mut state.is_rerouted)
    }

    pub(super) fn is_being_written(&self) -> bool {
        self.lock().is_being_written
    }

    /// No longer waits for a writer that does not end, or whose end was not told.
    pub(super) fn forget_writer(&self) {
        self.lock().is_being_written = false;
    }

    pub(super) fn set_route(&self, route: Route) {
        self.lock().route = route;
    }

    /// Does something unless the watch has ended, which does not wait for it. Returns whether the
    /// watch goes on.
    pub(super) fn unless_stopped(&self, action: impl FnOnce()) -> bool {
        if self.lock().is_stopped {
            return false;
        }
        action();
        !self.lock().is_stopped
    }

    pub(super) fn stop(&self) {
        self.lock().is_stopped = true;
        self.told.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Returns whether the event counts.
    fn note(&mut self, event: &notify::Result<Event>) -> bool {
        let Ok(event) = event else { return self.note_of_route() };
        // Reading makes events too.
        let is_closed =
            matches!(event.kind, EventKind::Access(AccessKind::Close(AccessMode::Write)));
        if event.kind.is_access() && !is_closed {
            return false;
        }
        // Something was lost.
        if event.paths.is_empty() || event.need_rescan() {
            return self.note_of_route();
        }
        // `|`, as each path is to be noted.
        event.paths.iter().fold(false, |counts, path| counts | self.note_of_path(path, event.kind))
    }

    fn note_of_path(&mut self, path: &Path, kind: EventKind) -> bool {
        // Elsewhere than under Linux, names can be told otherwise than they are written.
        const NAMES_ARE_EXACT: bool = cfg!(any(target_os = "linux", target_os = "android"));

        let name = path.file_name().unwrap_or(OsStr::new("/"));
        // Another directory on the way can have a file of the same name.
        let is_file =
            if NAMES_ARE_EXACT { self.route.is_to(path) } else { self.route.ends_with(name) };
        if is_file {
            match kind {
                EventKind::Create(CreateKind::File) | EventKind::Modify(ModifyKind::Data(_)) => {
                    // Others never tell of the end.
                    self.is_being_written = NAMES_ARE_EXACT;
                }
                EventKind::Access(_)
                | EventKind::Remove(_)
                | EventKind::Modify(ModifyKind::Name(_)) => self.is_being_written = false,
                _ => {}
            }
        }
        // A watched directory itself is told of under its own name.
        if self.route.leads_through(name) || self.route.directories().contains(path) {
            return self.note_of_route();
        }
        is_file || !NAMES_ARE_EXACT
    }

    fn note_of_route(&mut self) -> bool {
        self.is_rerouted = true;
        true
    }
}
