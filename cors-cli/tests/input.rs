//! Files that the command `cors` is given under unusual names.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::process::{Command, Output};

use tempfile::TempDir;

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

/// The shell opens files for the command under names without an extension.
#[test]
fn files_that_the_shell_opened_are_read() {
    let files = TempDir::new().unwrap();
    fs::write(files.path().join("policy"), "allow_origins: ['*']").unwrap();
    for (redirection, expected) in
        [("3<policy", "1 file: valid\n"), ("3</dev/zero", "/dev/fd/3: this is a device; ")]
    {
        let mut command = Command::new("sh");
        let script = format!("exec \"$0\" check --format short /dev/fd/3 {redirection}");
        command.current_dir(files.path()).args(["-c", &script, env!("CARGO_BIN_EXE_cors")]);
        let output = command.output().unwrap();
        assert!(stdout(&output).starts_with(expected), "{output:?}");
    }
}

#[test]
fn no_name_of_a_file_breaks_a_line() {
    let files = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(files.path().join(name), text).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
        command.current_dir(files.path()).args(arguments).output().unwrap()
    };
    write("a\nb.toml", "allow_origins = ['*']\nallow_methods = ['patch']");
    write("a\nb.yaml", &format!("allow_origins: [{}]", "a,".repeat(60)));
    let output = run(&["check", "--format", "short", "a\nb.toml", "a\nb.yaml", "no\nfile.toml"]);
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert!(lines[0].starts_with(r"a\nb.toml:2:18: warning: allow_methods[0]"), "{output:?}");
    assert!(lines[1..52].iter().all(|line| line.starts_with(r"a\nb.yaml:")), "{output:?}");
    assert!(lines[52].starts_with(r"no\nfile.toml: "), "{output:?}");
    assert_eq!(lines.len(), 54);
    // The last line is the summary.
    let output = run(&["check", "a\nb.toml"]);
    assert!(stdout(&output).contains(r"--> a\nb.toml:2:18"), "{output:?}");
    // A program gets the name as it is.
    let output = run(&["check", "a\nb.toml", "--format", "json"]);
    let problems: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(problems[0]["file"], "a\nb.toml");
    let output = run(&["explain", "no\nfile.toml", "--origin", "https://a.example"]);
    assert!(output.stderr.starts_with(br"no\nfile.toml: "), "{output:?}");
}
