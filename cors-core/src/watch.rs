//! Reloads a policy when its file changes.

mod places;
mod reader;

use std::fmt;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Event, RecommendedWatcher};

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
    messages: Sender<Message>,
    thread: Option<JoinHandle<()>>,
}

enum Message {
    Changed,
    Stop,
}

impl PolicyHandle {
    /// Keeps the policy what a TOML, JSON or YAML file says: reads it now, and again whenever it
    /// changes. `on_reload` is told of each policy that was put in force and of each new content
    /// that makes none, which leaves the old policy in force; with the feature `tracing`, so is
    /// whoever listens there.
    ///
    /// The file can be written in place, replaced by renaming another over it, as editors do, or
    /// stand behind symbolic links that are changed, as Kubernetes does with a ConfigMap. It is
    /// read once it came to rest, and every ten seconds where the file system tells of no change.
    ///
    /// # Errors
    ///
    /// If the file cannot be watched, or makes no policy when it is first read; nothing is
    /// watched then.
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
        let unwatchable = |message: String| LoadError::Watch { path: path.into(), message };
        let (messages, received) = channel();
        let changes = messages.clone();
        let watcher = notify::recommended_watcher(move |event| {
            if matters(&event) {
                // Fails once the thread that reads has ended.
                let _ = changes.send(Message::Changed);
            }
        });
        let mut places =
            Places::new(path, watcher.map_err(|error| unwatchable(error.to_string()))?);
        // Before the file is read, so that no change is missed.
        places.renew().map_err(unwatchable)?;
        let mut reader = Reader::new(path, name);
        // Unread, it always is a change.
        if let Some(policy) = reader.read().transpose()? {
            self.replace(policy);
        }
        let handle = self.clone();
        let run = move || watch(&received, &handle, &mut places, &mut reader, &on_reload);
        let thread = thread::Builder::new().name("cors-policy-watch".into()).spawn(run);
        let thread = thread.map_err(|error| unwatchable(error.to_string()))?;
        Ok(PolicyWatch { messages, thread: Some(thread) })
    }
}

/// Runs until it is told to stop.
fn watch(
    received: &Receiver<Message>,
    handle: &PolicyHandle,
    places: &mut Places<RecommendedWatcher>,
    reader: &mut Reader,
    on_reload: &impl Fn(Result<&Policy, &LoadError>),
) {
    while let Ok(Message::Changed) | Err(RecvTimeoutError::Timeout) = received.recv_timeout(UNTOLD)
    {
        if !come_to_rest(received) {
            return;
        }
        // A place that is gone is tried again after the next change.
        let _ = places.renew();
        match reader.read() {
            None => {}
            Some(Ok(policy)) => {
                handle.replace(policy.clone());
                #[cfg(feature = "tracing")]
                tracing::info!(target: "cors", file = %reader.path().display(), "policy reloaded");
                on_reload(Ok(&policy));
            }
            Some(Err(error)) => {
                #[cfg(feature = "tracing")]
                tracing::error!(
                    target: "cors",
                    file = %reader.path().display(),
                    %error,
                    "the old policy stays in force"
                );
                on_reload(Err(&error));
            }
        }
    }
}

/// Waits until no change comes for a while; `false` if it is told to stop.
fn come_to_rest(received: &Receiver<Message>) -> bool {
    let start = Instant::now();
    while start.elapsed() < LONGEST_UNREST {
        match received.recv_timeout(QUIET) {
            Ok(Message::Changed) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Ok(Message::Stop) | Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    true
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
        // Fails if the thread has ended by a panic of the callback.
        let _ = self.messages.send(Message::Stop);
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
