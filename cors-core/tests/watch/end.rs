//! How a watch ends, and what does not end it.

use std::fs;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};

use cors_core::{Policy, PolicyHandle};

use crate::{PATIENCE, Watched, policy};

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
fn nothing_is_reloaded_after_the_end() {
    let watched = Watched::new();
    let path = watched.path();
    drop(watched.watch);
    fs::write(path, policy("b")).unwrap();
    assert_eq!(watched.reloads.recv(), Err(std::sync::mpsc::RecvError));
    assert!(watched.handle.policy().allows_origin(b"https://a.example"));
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
