//! Reloads a policy when its file changes.

mod changes;
mod reader;
mod route;
mod watched_dirs;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};
use std::{fmt, io};

use crate::deploy::PolicyHandle;
use crate::files::error::LoadError;
use crate::policy::Policy;
use changes::Changes;
use reader::{Content, Reader};
use watched_dirs::WatchedDirs;

/// A content counts when it is the same twice, this far apart.
const DEBOUNCE: Duration = Duration::from_millis(50);

/// A file that never comes to rest is read all the same.
const MAX_DEBOUNCE: Duration = Duration::from_secs(1);

/// Some file systems, network shares above all, tell nobody of changes.
const POLL_INTERVAL: Duration = Duration::from_secs(10);

/// Keeps a [`PolicyHandle`] in sync with a file until it is dropped.
///
/// Dropping it returns at once, even while the file is being read or the callback runs. From then on
/// the watch begins to put no policy in force; a replacement or a call of the callback that has already
/// begun is completed. The thread of the watch ends when whatever it is doing returns.
#[must_use = "a file is watched until this is dropped"]
pub struct PolicyWatch(Arc<Changes>);

impl PolicyHandle {
    /// Keeps the policy in sync with a TOML, JSON or YAML file: reads it now, and again whenever it
    /// changes. `on_reload` is told of each policy that is put in force after the first, and of
    /// each new content that makes no policy, which leaves the old policy in force; with the feature
    /// `tracing`, so is whoever listens there. Each format needs the feature of its name.
    ///
    /// The file can be written in place, replaced by renaming another over it, as editors do, or
    /// stand behind symbolic links that are changed, as Kubernetes does with a ConfigMap. It must be
    /// a regular file of at most 16 MiB, as for [`Policies::from_path`](crate::Policies::from_path).
    ///
    /// A changed file is read once it has come to rest: when it is the same for 50 milliseconds and,
    /// under Linux, whoever writes it has closed it. Another program that opens the file to write and
    /// closes it, as `touch` does, cannot be told from the writer. A file that is not at rest after a second is read
    /// as it is then, so a writer that takes longer should write another file and rename it. Where
    /// the file system tells of no changes, the file is read every ten seconds.
    ///
    /// ```no_run
    /// use cors_core::{Policy, PolicyHandle};
    ///
    /// let handle = PolicyHandle::new(Policy::from_path("policy.toml")?);
    /// let _watch = handle.watch("policy.toml", |reloaded| match reloaded {
    ///     Ok(_) => println!("a new policy is in force"),
    ///     Err(error) => eprintln!("the old policy stays in force: {error}"),
    /// })?; // the file is watched until this is dropped
    /// # Ok::<(), cors_core::LoadError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the file makes no policy when it is first read, or if no thread can be spawned. Then the
    /// file is not watched, and the policy in force stays.
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
    /// ```no_run
    /// use cors_core::{Policies, PolicyHandle};
    ///
    /// let policies = Policies::from_path("policies.toml")?;
    /// let handle = PolicyHandle::new(policies.select(Some("admin"))?.clone());
    /// let _watch = handle.watch_named("policies.toml", "admin", |_| {})?;
    /// # Ok::<(), cors_core::LoadError>(())
    /// ```
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
        let changes = Arc::new(Changes::default());
        // Before the file is read, so that no change is missed.
        let watched_dirs = WatchedDirs::watch(&absolute, changes.clone());
        let mut reader = Reader::new(&absolute, name);
        let content = reader.read();
        let policy = reader.load(content)?;
        let watch = PolicyWatch(changes.clone());
        let mut watcher =
            Watcher { changes, handle: self.clone(), watched_dirs, reader, on_reload };
        let thread = thread::Builder::new().name("cors-policy-watch".into());
        // Nothing is replaced if there is no thread, and the thread replaces nothing before.
        let (begin, begun) = mpsc::channel();
        let run = move || {
            if begun.recv().is_ok() {
                watcher.run();
            }
        };
        thread.spawn(run).map_err(|error| {
            let reason = format!("the thread that watches this file cannot be started: {error}");
            unreadable(io::Error::new(error.kind(), reason))
        })?;
        self.replace(policy);
        let _ = begin.send(());
        Ok(watch)
    }
}

/// What the thread has that reads the file.
struct Watcher<F> {
    changes: Arc<Changes>,
    handle: PolicyHandle,
    watched_dirs: WatchedDirs,
    reader: Reader,
    on_reload: F,
}

impl<F: Fn(Result<&Policy, &LoadError>)> Watcher<F> {
    /// Runs until it is told to stop.
    fn run(&mut self) {
        while self.changes.wait_for_change(POLL_INTERVAL) {
            // A panic, of a parser or of an application's own header values, must not end the watch.
            contain(|| {
                if let Some(content) = self.read_at_rest() {
                    self.reload(content);
                }
            });
            // Where changes of other files are told too, they come without end.
            self.changes.pause(DEBOUNCE);
        }
    }

    /// Reads the file once it came to rest; `None` if it has no new content, or the watch ends.
    fn read_at_rest(&mut self) -> Option<Content> {
        let start = Instant::now();
        let mut before = None;
        loop {
            let is_late = start.elapsed() >= MAX_DEBOUNCE;
            if is_late {
                self.changes.forget_writer();
            }
            if !self.changes.is_being_written() {
                let is_rerouted = self.changes.begin_look();
                self.watched_dirs.follow(is_rerouted);
                let content = self.reader.read_if_new();
                let is_at_rest = content == before && !self.changes.is_being_written();
                if is_late || is_at_rest {
                    return content;
                }
                before = content;
            }
            if !self.changes.pause(DEBOUNCE) {
                return None;
            }
        }
    }

    fn reload(&mut self, content: Content) {
        let read = self.reader.load(content);
        let goes_on = self.changes.unless_stopped(|| {
            if let Ok(policy) = &read {
                self.handle.put_in_force(policy);
                // Here, so that the lints of each policy in force are told, and of no other.
                #[cfg(feature = "tracing")]
                contain(|| policy.tell_lints(false, self.handle.all_have_own_origins()));
            }
        });
        if !goes_on {
            return;
        }
        #[cfg(feature = "tracing")]
        contain(|| self.tell(&read));
        contain(|| (self.on_reload)(read.as_ref()));
    }

    #[cfg(feature = "tracing")]
    fn tell(&self, read: &Result<Policy, LoadError>) {
        let file = self.reader.path();
        match read {
            Ok(policy) => {
                let version = policy.version();
                tracing::info!(target: "cors", %file, %version, "policy reloaded");
            }
            Err(error) => {
                tracing::error!(target: "cors", %file, %error, "the old policy stays in force");
            }
        }
    }
}

/// Calls what others wrote, which may panic. Neither the watch nor what comes next ends by that.
fn contain(call: impl FnOnce()) {
    // The panic hook has told of it.
    let _ = catch_unwind(AssertUnwindSafe(call));
}

impl Drop for PolicyWatch {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl fmt::Debug for PolicyWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyWatch").finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "tracing"))]
mod tests {
    use std::fs;
    use std::io::{self, Write};
    use std::sync::Arc;
    use std::sync::mpsc::{Sender, channel};

    use super::{Changes, Reader, WatchedDirs, Watcher};
    use crate::deploy::PolicyHandle;
    use crate::files::error::LoadError;
    use crate::policy::Policy;

    /// Sends what is logged.
    struct Log(Sender<Vec<u8>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lints_are_told_of_policies_in_force_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("policy.toml");
        fs::write(&path, "allow_origins = ['*']\nallow_methods = ['patch']").unwrap();
        for is_stopped in [true, false] {
            let changes = Arc::new(Changes::default());
            let watched_dirs = WatchedDirs::watch(&path, changes.clone());
            let handle = PolicyHandle::new(Policy::loopback().build().unwrap());
            let reader = Reader::new(&path, None);
            let on_reload = |_: Result<&Policy, &LoadError>| {};
            let mut watcher = Watcher { changes, handle, watched_dirs, reader, on_reload };
            let content = watcher.reader.read();
            if is_stopped {
                watcher.changes.stop();
            }
            let (sender, log) = channel();
            let subscriber =
                tracing_subscriber::fmt().with_writer(move || Log(sender.clone())).finish();
            tracing::subscriber::with_default(subscriber, || watcher.reload(content));
            let is_in_force = watcher.handle.policy().allows_origin(b"https://a.example");
            assert_eq!(is_in_force, !is_stopped);
            let log = String::from_utf8(log.try_iter().flatten().collect()).unwrap();
            assert_eq!(log.contains("allow_methods[0]"), is_in_force, "{log}");
            assert_eq!(log.contains("policy reloaded"), is_in_force, "{log}");
        }
    }
}
