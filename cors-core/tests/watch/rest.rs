//! Files are read once they are at rest, or do not come to rest.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::{PATIENCE, TOLD, Watched, policy, watch};

/// Where the system tells of writers that close the file.
#[cfg(target_os = "linux")]
#[test]
fn a_file_is_read_when_it_is_closed() {
    use std::io::Write;
    use std::sync::mpsc::channel;
    use std::time::Instant;

    use cors_core::{Policy, PolicyHandle};

    /// Well below the time after which a file is read that is still open.
    const IN_TIME: Duration = Duration::from_millis(700);

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("policy.toml");
    let whole = |host| policy(host) + "enforce_origins = true\n";
    fs::write(&path, whole("a")).unwrap();
    let handle = PolicyHandle::new(Policy::loopback().build().unwrap());
    let (sender, reloads) = channel();
    let watch = handle.watch(&path, move |policy| {
        let _ = sender.send(policy.map(|policy| policy.to_config().enforce_origins).ok());
    });
    let _watch = watch.unwrap();
    // A machine that is too slow to write in time says nothing.
    for host in ["b", "c", "d", "e", "f", "g", "h", "i"] {
        let start = Instant::now();
        let mut file = fs::File::create(&path).unwrap();
        let text = whole(host);
        let (first, rest) = text.split_at(policy(host).len());
        file.write_all(first.as_bytes()).unwrap();
        thread::sleep(Duration::from_millis(300));
        file.write_all(rest.as_bytes()).unwrap();
        drop(file);
        let is_in_time = start.elapsed() < IN_TIME;
        let reload = reloads.recv_timeout(PATIENCE).unwrap();
        if is_in_time {
            assert_eq!(reload, Some(true), "the file was read while it was written");
            return;
        }
        while handle.policy().to_config().rules[0].allow_origins
            != [format!("https://{host}.example")]
            || !handle.policy().to_config().enforce_origins
        {
            let _ = reloads.recv_timeout(PATIENCE).unwrap();
        }
    }
}

/// As a log, which is no way to write a policy, but must not keep it from being read.
#[test]
fn a_file_that_is_never_closed() {
    use std::io::Write;

    let watched = Watched::new();
    let mut file = fs::File::create(watched.path()).unwrap();
    file.write_all(policy("b").as_bytes()).unwrap();
    watched.wait_for("b");
    file.write_all(b"enforce_origins = true").unwrap();
    while !watched.handle.policy().to_config().enforce_origins {
        let _ = watched.reloads.recv_timeout(PATIENCE).unwrap();
    }
}

/// Runs an action again and again, on a thread of its own, while `body` runs.
fn meanwhile(action: impl Fn(u32) + Sync, body: impl FnOnce()) {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0.. {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                action(n);
                thread::sleep(Duration::from_millis(2));
            }
        });
        // A body that fails must not leave the other thread running.
        let result = catch_unwind(AssertUnwindSafe(body));
        is_over.store(true, Ordering::Relaxed);
        if let Err(panic) = result {
            resume_unwind(panic);
        }
    });
}

#[test]
fn a_wrong_policy_is_told_while_others_write_beside_it() {
    let root = tempfile::tempdir().unwrap();
    let app = root.path().join("app");
    fs::create_dir(&app).unwrap();
    let path = app.join("policy.toml");
    fs::write(&path, policy("a")).unwrap();
    let (handle, reloads, watch) = watch(&path).unwrap();
    let watched = Watched { directory: root, handle, reloads, watch };
    let write = |n: u32| {
        fs::write(app.join("log"), n.to_string()).unwrap();
        fs::write(app.join(format!("{n}")), "").unwrap();
        fs::remove_file(app.join(format!("{n}"))).unwrap();
        fs::write(watched.directory.path().join("log"), n.to_string()).unwrap();
    };
    meanwhile(write, || {
        fs::write(&path, "allow_origins = [").unwrap();
        let error = watched.reloads.recv_timeout(TOLD).unwrap().unwrap_err();
        assert!(error.contains("policy.toml: line 1"), "{error}");
        fs::write(&path, policy("b")).unwrap();
        watched.wait_for("b");
    });
}

/// Also where the file itself does not come to rest.
#[test]
fn a_wrong_policy_is_told_while_it_is_written_again_and_again() {
    let watched = Watched::new();
    let new = watched.directory.path().join("new");
    let path = watched.path();
    let write = |n: u32| {
        fs::write(&new, format!("allow_origins = [\"{n}\"]")).unwrap();
        fs::rename(&new, &path).unwrap();
    };
    meanwhile(write, || {
        let error = watched.reloads.recv_timeout(TOLD).unwrap().unwrap_err();
        assert!(error.contains("allow_origins[0]"), "{error}");
    });
}
