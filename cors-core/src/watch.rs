//! Reloads a policy when its file changes.

mod places;
mod reader;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use notify::Event;
use notify::event::{AccessKind, AccessMode, EventKind};

use crate::{LoadError, Policy, PolicyHandle};
use places::Places;
use reader::Reader;

/// Changes that come together are read once, when none came for this long.
const QUIET: Duration = Duration::from_millis(50);

/// A file that never comes to rest is read all the same.
const LONGEST_UNREST: Duration = Duration::from_secs(1);

/// Some file systems, network shares above all, tell nobody of changes.
const UNTOLD: Duration = Duration::from_secs(10);

/// Keeps a [`PolicyHandle`] what a file says, until it is dropped.
#[must_use = "a file is watched until this is dropped"]
pub struct PolicyWatch {
    stopped: Arc<AtomicBool>,
    wake: SyncSender<()>,
    thread: Option<JoinHandle<()>>,
}

impl PolicyHandle {
    /// Keeps the policy what a TOML, JSON or YAML file says: reads it now, and again whenever it
    /// changes. `on_reload` is told of each policy that is put in force after the first, and of
    /// each new content that makes none, which leaves the old policy in force; with the feature
    /// `tracing`, so is whoever listens there.
    ///
    /// The file can be written in place, replaced by renaming another over it, as editors do, or
    /// stand behind symbolic links that are changed, as Kubernetes does with a ConfigMap. It is
    /// read once it came to rest, and every ten seconds where the file system tells of no change.
    ///
    /// # Errors
    ///
    /// If the file makes no policy when it is first read; it is not watched then.
    pub fn watch(
        &self,
        path: impl AsRef<Path>,
        on_reload: impl Fn(Result<&Policy, &LoadError>) + Send + 'static,
    ) -> Result<PolicyWatch, LoadError> {
        self.watch_file(path.as_ref(), None, on_reload)
    }

    /// Keeps the policy what a file with several says of the one with this name; see
    /// [`watch`](Self::watch).
    ///
    /// # Errors
    ///
    /// As `watch`, and if the file has no policy with this name.
    pub fn watch_named(
        &self,
        path: impl AsRef<Path>,
        name: &str,
        on_reload: impl Fn(Result<&Policy, &LoadError>) + Send + 'static,
    ) -> Result<PolicyWatch, LoadError> {
        self.watch_file(path.as_ref(), Some(name), on_reload)
    }

    fn watch_file(
        &self,
        path: &Path,
        name: Option<&str>,
        on_reload: impl Fn(Result<&Policy, &LoadError>) + Send + 'static,
    ) -> Result<PolicyWatch, LoadError> {
        let unreadable = |error| LoadError::Read { path: path.into(), error };
        // The directory of the process may change.
        let absolute = std::path::absolute(path).map_err(unreadable)?;
        // One message is as good as many.
        let (wake, woken) = sync_channel(1);
        let changes = wake.clone();
        let on_event = move |event| {
            if matters(&event) {
                // It is full, or the thread that reads has ended.
                let _ = changes.try_send(());
            }
        };
        // Before the file is read, so that no change is missed.
        let places = Places::watch(&absolute, on_event);
        let mut reader = Reader::new(&absolute, name);
        // Unread, it always is a change.
        if let Some(policy) = reader.read().transpose()? {
            self.replace(policy);
        }
        let stopped = Arc::new(AtomicBool::new(false));
        let mut watcher = Watcher {
            woken,
            stopped: stopped.clone(),
            handle: self.clone(),
            places,
            reader,
            on_reload,
        };
        let thread = thread::Builder::new().name("cors-policy-watch".into());
        let thread = thread.spawn(move || watcher.run()).map_err(unreadable)?;
        Ok(PolicyWatch { stopped, wake, thread: Some(thread) })
    }
}

/// What the thread has that reads the file.
struct Watcher<F> {
    woken: Receiver<()>,
    stopped: Arc<AtomicBool>,
    handle: PolicyHandle,
    places: Places,
    reader: Reader,
    on_reload: F,
}

impl<F: Fn(Result<&Policy, &LoadError>)> Watcher<F> {
    /// Runs until it is told to stop.
    fn run(&mut self) {
        loop {
            let woken = self.woken.recv_timeout(UNTOLD);
            let is_at_rest = woken.is_err() || self.comes_to_rest();
            if self.stopped.load(Ordering::Relaxed) || woken == Err(RecvTimeoutError::Disconnected)
            {
                return;
            }
            self.places.renew();
            match self.reader.read() {
                // It is being written.
                Some(Err(_)) if !is_at_rest => self.reader.forget(),
                Some(read) => self.reload(read),
                None => {}
            }
        }
    }

    /// Waits until no change comes for a while, but not forever.
    fn comes_to_rest(&self) -> bool {
        let start = Instant::now();
        while start.elapsed() < LONGEST_UNREST && !self.stopped.load(Ordering::Relaxed) {
            if self.woken.recv_timeout(QUIET).is_err() {
                return true;
            }
        }
        false
    }

    fn reload(&self, read: Result<Policy, LoadError>) {
        if let Ok(policy) = &read {
            self.handle.replace(policy.clone());
        }
        #[cfg(feature = "tracing")]
        match &read {
            Ok(_) => tracing::info!(target: "cors", file = %self.reader.path(), "policy reloaded"),
            Err(error) => tracing::error!(
                target: "cors",
                file = %self.reader.path(),
                %error,
                "the old policy stays in force"
            ),
        }
        // A callback that panics must not end the watch.
        let _ = catch_unwind(AssertUnwindSafe(|| (self.on_reload)(read.as_ref())));
    }
}

/// Whether an event can mean another content: reading the file makes events too.
fn matters(event: &notify::Result<Event>) -> bool {
    match event {
        Ok(event) => match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
            EventKind::Access(_) => false,
            _ => true,
        },
        // Something was lost.
        Err(_) => true,
    }
}

/// Nothing is reloaded any more when this returns.
impl Drop for PolicyWatch {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Full is as good: the thread wakes.
        let _ = self.wake.try_send(());
        let thread = self.thread.take();
        // A callback that drops its own watch must not wait for itself.
        let others = thread.filter(|thread| thread.thread().id() != thread::current().id());
        if let Some(thread) = others {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for PolicyWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyWatch").finish_non_exhaustive()
    }
}
