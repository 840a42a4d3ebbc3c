//! What cannot be watched or put in force.

use std::fs;

use cors_core::{LoadError, Policy, PolicyHandle};

use crate::{TOLD, Watched, policy, watch};

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

#[test]
fn what_cannot_be_watched_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let error = watch(&directory.path().join("none.toml")).map(drop).unwrap_err();
    assert!(matches!(error, LoadError::Read { .. }), "{error}");
    let error = watch(&directory.path().join("none/policy.toml")).map(drop).unwrap_err();
    assert!(matches!(error, LoadError::Read { .. }), "{error}");
}

/// No thread has room for a stack as large as the whole address space.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
#[test]
fn nothing_is_replaced_where_no_thread_can_be_spawned() {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "errors::print_what_is_in_force_after_watching", "--nocapture"]);
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
