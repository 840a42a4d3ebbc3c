use std::collections::HashMap;
use std::process::{Child, Command};
use std::{fs, io};

use rustix::process::{Pid, Signal, kill_process};
use tokio::signal::unix::{SignalKind, signal};

/// A program that a suite started. It ends with this value, and with it whatever it started
/// itself: a driver that is killed leaves its browser behind.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Starts the program.
    ///
    /// # Errors
    ///
    /// It does not start.
    pub fn start(command: &mut Command) -> Result<Self, String> {
        let program = command.get_program().to_owned();
        let child = command.spawn();
        child.map(Self).map_err(|error| format!("{}: {error}", program.display()))
    }

    /// Whether the program has ended by itself.
    ///
    /// # Errors
    ///
    /// The system does not say.
    pub fn has_ended(&mut self) -> io::Result<bool> {
        Ok(self.0.try_wait()?.is_some())
    }

    /// The program as the standard library has it.
    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let descendants = descendants(self.0.id());
        // Whatever cannot be killed has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
        kill(descendants);
    }
}

/// Ends whatever the suite started and its children started.
fn end_all_processes() {
    kill(descendants(std::process::id()));
}

/// Waits until the suite is told to stop, and then leaves none of its programs behind.
///
/// # Errors
///
/// The system does not tell of signals.
pub async fn end_all_processes_on_signal() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    end_all_processes();
    std::process::exit(1)
}

fn kill(ids: Vec<u32>) {
    for pid in ids.into_iter().filter_map(pid) {
        let _ = kill_process(pid, Signal::KILL);
    }
}

fn pid(id: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(id).ok()?)
}

/// All processes below one, from Linux's `/proc`; none where there is no such thing.
fn descendants(ancestor: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(id) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Some(parent) = parent(id) {
            children.entry(parent).or_default().push(id);
        }
    }
    let mut found = vec![ancestor];
    let mut next = 0;
    while let Some(id) = found.get(next) {
        found.extend(children.remove(id).unwrap_or_default());
        next += 1;
    }
    found.split_off(1)
}

/// proc_pid_stat(5): the command in parentheses, which can contain anything, the state, the parent.
fn parent(id: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(1)?.parse().ok()
}
