//! What whoever listens to events is told of a watched file. A test of its own, because the thread
//! that reads the file needs a listener for the whole process.

use std::fs;
use std::io::{self, Write};
use std::panic::resume_unwind;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use cors_core::{Policy, PolicyHandle};

const PATIENCE: Duration = Duration::from_secs(60);

/// Sends each line, and panics at some.
struct Lines(Sender<String>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = String::from_utf8_lossy(bytes).trim().to_owned();
        // The line after it is written together with this one.
        let panics = line.contains("\"propfind\"") && line.lines().count() == 1;
        let _ = self.0.send(line);
        if panics {
            resume_unwind(Box::new("a panic of a listener"));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn reloads_and_their_lints_are_events() {
    let (sender, lines) = channel();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_ansi(false)
        .without_time()
        .with_writer(move || Lines(sender.clone()))
        .init();
    let line = || lines.recv_timeout(PATIENCE).unwrap();

    let directory = tempfile::tempdir().unwrap();
    // Not even the name of a file begins a line of a log.
    let name = if cfg!(unix) { "poli\ncy.toml" } else { "policy.toml" };
    let path = directory.path().join(name);
    let shown = path.display().to_string().replace('\n', "\\n");
    let write = |text: &str| {
        let new = directory.path().join("new");
        fs::write(&new, text).unwrap();
        fs::rename(&new, &path).unwrap();
    };
    let linted = |method: &str| format!("allow_origins = ['*']\nallow_methods = ['{method}']");
    write(&linted("patch"));
    let handle = PolicyHandle::new(Policy::any_origin().build().unwrap());
    let watch = handle.watch(&path, |_| {}).unwrap();
    assert!(line().starts_with("WARN cors: allow_methods[0] \"patch\": "));
    write(&linted("mkcol"));
    assert!(line().starts_with("WARN cors: allow_methods[0] \"mkcol\": "));
    let version = handle.policy().version();
    assert_eq!(line(), format!("INFO cors: policy reloaded file={shown} version={version}"));
    // A listener that panics ends nothing, and the policy is in force.
    write(&linted("propfind"));
    assert!(line().starts_with("WARN cors: allow_methods[0] \"propfind\": "));
    assert!(line().contains(&format!("INFO cors: policy reloaded file={shown} version=")));
    assert_eq!(handle.policy().to_config().rules[0].allow_methods, ["propfind"]);
    write("max_age = 600");
    let failure = line();
    assert!(failure.starts_with("ERROR cors: the old policy stays in force "), "{failure}");
    assert!(failure.contains("cy.toml: allow_origins: no origin is allowed"), "{failure}");
    drop(watch);
}
