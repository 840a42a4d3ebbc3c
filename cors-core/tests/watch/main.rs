//! Policies of files that change.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod end;
mod errors;
mod files;
mod rest;

use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use cors_core::{LoadError, Policy, PolicyHandle, PolicyWatch};
use tempfile::TempDir;

/// A machine that needs longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Before a file is looked at though nothing was told of it.
const TOLD: Duration = Duration::from_secs(8);

/// What the callback is told.
type Reload = Result<(), String>;

struct Watched {
    directory: TempDir,
    handle: PolicyHandle,
    reloads: Receiver<Reload>,
    watch: PolicyWatch,
}

fn policy(host: &str) -> String {
    format!("allow_origins = [\"https://{host}.example\"]\n")
}

fn watch(path: &Path) -> Result<(PolicyHandle, Receiver<Reload>, PolicyWatch), LoadError> {
    let handle = PolicyHandle::new(Policy::loopback().build().unwrap());
    let (sender, reloads) = channel();
    let watch = handle.watch(path, move |result| {
        let _ = sender.send(result.map(drop).map_err(ToString::to_string));
    })?;
    Ok((handle, reloads, watch))
}

impl Watched {
    /// A watched file whose policy allows the host `a.example`.
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("policy.toml"), policy("a")).unwrap();
        let (handle, reloads, watch) = watch(&directory.path().join("policy.toml")).unwrap();
        assert!(handle.policy().allows_origin(b"https://a.example"));
        assert!(format!("{handle:?} {watch:?}").contains("https://a.example"));
        Self { directory, handle, reloads, watch }
    }

    fn path(&self) -> std::path::PathBuf {
        self.directory.path().join("policy.toml")
    }

    /// Waits for the policy that allows a host, whatever comes before.
    fn wait_for(&self, host: &str) {
        let origin = format!("https://{host}.example");
        while !self.handle.policy().allows_origin(origin.as_bytes()) {
            // A file that is written in place is seen half-written where the machine is slow.
            let _ = self.reloads.recv_timeout(PATIENCE).unwrap();
        }
    }
}
