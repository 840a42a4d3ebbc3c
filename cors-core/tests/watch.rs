//! Files that change, in the ways in which files are changed.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::thread;
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

#[test]
fn a_file_written_in_place() {
    let watched = Watched::new();
    fs::write(watched.path(), policy("b")).unwrap();
    watched.wait_for("b");
    assert!(!watched.handle.policy().allows_origin(b"https://a.example"));
}

#[test]
fn a_file_renamed_over_it() {
    let watched = Watched::new();
    for host in ["b", "c", "d"] {
        let new = watched.directory.path().join("policy.toml.new");
        fs::write(&new, policy(host)).unwrap();
        fs::rename(&new, watched.path()).unwrap();
        watched.wait_for(host);
    }
}

#[test]
fn a_file_removed_and_written_again() {
    let watched = Watched::new();
    fs::remove_file(watched.path()).unwrap();
    let error = watched.reloads.recv_timeout(TOLD).unwrap().unwrap_err();
    assert!(error.contains("policy.toml"), "{error}");
    assert!(watched.handle.policy().allows_origin(b"https://a.example"));
    fs::write(watched.path(), policy("b")).unwrap();
    watched.wait_for("b");
}

/// As Kubernetes does it: the file is a link into a directory that is a link, which is replaced.
#[cfg(unix)]
#[test]
fn a_config_map() {
    use std::os::unix::fs::symlink;

    let directory = tempfile::tempdir().unwrap();
    let mount = directory.path().to_owned();
    let publish = |version: &str, host: &str| {
        fs::create_dir(mount.join(version)).unwrap();
        fs::write(mount.join(version).join("policy.toml"), policy(host)).unwrap();
        symlink(version, mount.join("..data_tmp")).unwrap();
        fs::rename(mount.join("..data_tmp"), mount.join("..data")).unwrap();
    };
    publish("..2026_1", "a");
    symlink("..data/policy.toml", mount.join("policy.toml")).unwrap();
    let (handle, reloads, watch) = watch(&mount.join("policy.toml")).unwrap();
    let watched = Watched { directory, handle, reloads, watch };
    for (version, host) in [("..2026_2", "b"), ("..2026_3", "c")] {
        publish(version, host);
        watched.wait_for(host);
    }
    // What it leads to can also be written in place.
    fs::write(mount.join("..2026_3/policy.toml"), policy("d")).unwrap();
    watched.wait_for("d");
}

#[test]
fn writes_in_rapid_succession_end_with_the_last() {
    let watched = Watched::new();
    for n in 0..500 {
        fs::write(watched.path(), policy(&format!("n{n}"))).unwrap();
    }
    fs::write(watched.path(), policy("last")).unwrap();
    watched.wait_for("last");
}

#[test]
fn a_wrong_policy_leaves_the_old_one_in_force() {
    let watched = Watched::new();
    let wrong = "allow_origins = [\"https://b.example/\", \"null\"]\nmax_age = -1\n";
    let new = watched.directory.path().join("new");
    fs::write(&new, wrong).unwrap();
    fs::rename(&new, watched.path()).unwrap();
    let error = watched.reloads.recv_timeout(TOLD).unwrap().unwrap_err();
    assert_eq!(error.lines().count(), 3, "every problem is told: {error}");
    assert!(watched.handle.policy().allows_origin(b"https://a.example"));
    fs::write(watched.path(), policy("b")).unwrap();
    watched.wait_for("b");
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

/// Where the system tells of writers that close the file.
#[cfg(target_os = "linux")]
#[test]
fn a_file_is_read_when_it_is_closed() {
    use std::io::Write;
    use std::time::Instant;

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

/// Another than a regular file is neither waited for nor read without end.
#[cfg(unix)]
#[test]
fn a_file_that_becomes_something_else() {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    let watched = Watched::new();
    let new = watched.directory.path().join("new");
    let error = |expected: &str| {
        fs::rename(&new, watched.path()).unwrap();
        loop {
            // In between there can be no file.
            let error = watched.reloads.recv_timeout(PATIENCE).unwrap().unwrap_err();
            if error.contains(expected) {
                return;
            }
        }
    };
    fs::File::create(&new).unwrap().set_len(1 << 40).unwrap();
    error("larger than 16 MiB");
    assert!(Command::new("mkfifo").arg(&new).status().unwrap().success());
    error("a pipe");
    symlink("/dev/zero", &new).unwrap();
    error("a device");
    fs::remove_file(watched.path()).unwrap();
    fs::create_dir(&new).unwrap();
    error("a directory");
    assert!(watched.handle.policy().allows_origin(b"https://a.example"));
    fs::remove_dir(watched.path()).unwrap();
    fs::write(watched.path(), policy("b")).unwrap();
    watched.wait_for("b");
}

#[test]
fn dropping_a_watch_waits_for_no_callback() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("policy.toml");
    fs::write(&path, policy("a")).unwrap();
    let handle = PolicyHandle::new(Policy::loopback().build().unwrap());
    let (called, calls) = channel();
    let (release, released) = channel::<()>();
    let watch = handle.watch(&path, move |_| {
        called.send(()).unwrap();
        let _ = released.recv();
    });
    fs::write(&path, policy("b")).unwrap();
    calls.recv_timeout(PATIENCE).unwrap();
    // The callback runs until it is released.
    drop(watch.unwrap());
    handle.replace(Policy::any_origin().build().unwrap());
    fs::write(&path, policy("c")).unwrap();
    drop(release);
    assert_eq!(calls.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected));
    assert!(handle.policy().allows_origin(b"https://z.example"), "no policy came after the drop");
}

#[test]
fn what_is_not_changed_is_not_reloaded() {
    let watched = Watched::new();
    fs::write(watched.directory.path().join("other.toml"), "x").unwrap();
    fs::write(watched.path(), policy("a")).unwrap();
    let reload = watched.reloads.recv_timeout(Duration::from_secs(1));
    assert_eq!(reload, Err(RecvTimeoutError::Timeout));
}

#[test]
fn nothing_is_reloaded_after_the_end() {
    let watched = Watched::new();
    let path = watched.path();
    drop(watched.watch);
    fs::write(path, policy("b")).unwrap();
    assert_eq!(watched.reloads.recv(), Err(std::sync::mpsc::RecvError));
    assert!(watched.handle.policy().allows_origin(b"https://a.example"));
}

#[test]
fn one_of_several_policies() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("policies.toml");
    let both = |host| format!("[policies.one]\n{}[policies.two]\n{}", policy(host), policy("z"));
    fs::write(&path, both("a")).unwrap();
    let handle = PolicyHandle::new(Policy::loopback().build().unwrap());
    let (sender, reloads) = channel();
    let watch = handle.watch_named(&path, "one", move |result| {
        let _ = sender.send(result.map(drop).map_err(ToString::to_string));
    });
    let watched = Watched { directory, handle, reloads, watch: watch.unwrap() };
    fs::write(&path, both("b")).unwrap();
    watched.wait_for("b");
}

/// No thread has room for a stack as large as the whole address space.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[test]
fn nothing_is_replaced_where_no_thread_can_be_spawned() {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "print_what_is_in_force_after_watching", "--nocapture"]);
    let watched = "Ok; allows https://a.example: true";
    let print = |command: &mut std::process::Command| {
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    let printed = print(&mut command);
    assert!(printed.contains(watched), "{printed}");
    let printed = print(command.env("RUST_MIN_STACK", (1_u64 << 47).to_string()));
    assert!(
        printed.contains("policy.toml: the thread that watches this file cannot be started: "),
        "{printed}"
    );
    assert!(printed.contains("; allows https://a.example: false"), "{printed}");
}

#[test]
fn print_what_is_in_force_after_watching() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("policy.toml");
    fs::write(&path, policy("a")).unwrap();
    let handle = PolicyHandle::new(Policy::loopback().build().unwrap());
    let watch = handle.watch(&path, |_| {});
    let is_allowed = handle.policy().allows_origin(b"https://a.example");
    let outcome = watch.map_or_else(|error| error.to_string(), |_watch| "Ok".to_owned());
    println!("{outcome}; allows https://a.example: {is_allowed}");
}

#[test]
fn what_cannot_be_watched_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let error = watch(&directory.path().join("none.toml")).map(drop).unwrap_err();
    assert!(matches!(error, LoadError::Read { .. }), "{error}");
    let error = watch(&directory.path().join("none/policy.toml")).map(drop).unwrap_err();
    assert!(matches!(error, LoadError::Read { .. }), "{error}");
}

/// As tools do that put a new version of a program in the place of the old one. Without being told
/// of it, the file would be read some ten seconds later.
#[test]
fn directories_that_are_replaced() {
    let root = tempfile::tempdir().unwrap();
    let app = root.path().join("app");
    let publish = |directory: &str, host: &str| {
        let directory = root.path().join(directory);
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("policy.toml"), policy(host)).unwrap();
    };
    publish("app", "a");
    let (handle, reloads, watch) = watch(&app.join("policy.toml")).unwrap();
    for host in ["b", "c"] {
        publish("new", host);
        fs::rename(&app, root.path().join(format!("before-{host}"))).unwrap();
        fs::rename(root.path().join("new"), &app).unwrap();
        let origin = format!("https://{host}.example");
        while !handle.policy().allows_origin(origin.as_bytes()) {
            // In between there was no file.
            let _ = reloads.recv_timeout(TOLD).unwrap();
        }
    }
    fs::write(app.join("policy.toml"), policy("d")).unwrap();
    assert_eq!(reloads.recv_timeout(TOLD), Ok(Ok(())));
    assert!(handle.policy().allows_origin(b"https://d.example"));
    drop(watch);
}

#[test]
fn a_callback_that_panics_or_drops_its_watch() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("policy.toml");
    fs::write(&path, policy("a")).unwrap();
    let handle = PolicyHandle::new(Policy::loopback().build().unwrap());
    let (sender, reloads) = channel();
    let own_watch = Arc::new(Mutex::new(None));
    let its_watch = own_watch.clone();
    let times = AtomicUsize::new(0);
    let watch = handle.watch(&path, move |_| {
        let _ = sender.send(());
        if times.fetch_add(1, Ordering::Relaxed) == 0 {
            resume_unwind(Box::new("a panic of the callback"));
        }
        drop(its_watch.lock().unwrap().take());
    });
    *own_watch.lock().unwrap() = Some(watch.unwrap());
    for host in ["b", "c"] {
        fs::write(&path, policy(host)).unwrap();
        reloads.recv_timeout(PATIENCE).unwrap();
    }
    // The second reload was the last.
    fs::write(&path, policy("d")).unwrap();
    assert_eq!(reloads.recv_timeout(PATIENCE), Err(RecvTimeoutError::Disconnected));
    assert!(handle.policy().allows_origin(b"https://c.example"));
}
