//! Files that change, in the ways in which files are changed.

use std::fs;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use cors_core::{Policy, PolicyHandle};

use crate::{PATIENCE, TOLD, Watched, policy, watch};

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
fn what_is_not_changed_is_not_reloaded() {
    let watched = Watched::new();
    fs::write(watched.directory.path().join("other.toml"), "x").unwrap();
    fs::write(watched.path(), policy("a")).unwrap();
    let reload = watched.reloads.recv_timeout(Duration::from_secs(1));
    assert_eq!(reload, Err(RecvTimeoutError::Timeout));
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
