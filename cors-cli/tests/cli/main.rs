//! The command `cors`, run as a program.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

mod check;
mod diff;
mod explain;
mod files;
mod probe;

use files::{Files, stdout};

#[test]
fn schema_prints_the_schema() {
    let output = Files::new().run(&["schema"]);
    let schema: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(schema["title"], "CORS policy");
}

#[test]
fn completions_and_man_pages_are_written() {
    let files = Files::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = files.run(&["completions", shell]);
        assert!(stdout(&output).contains("deny-warnings"), "{shell}: {output:?}");
    }
    assert_eq!(files.run(&["man", "man/man1"]).status.code(), Some(0));
    let page = std::fs::read_to_string(files.0.path().join("man/man1/cors-check.1")).unwrap();
    assert!(page.contains("deny\\-warnings"), "{page}");
}
