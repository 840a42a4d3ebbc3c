//! Breaks one rule of `cors-core` after the other and tells which tests fail:
//!
//! ```text
//! cargo run -p tests --example mutants [NAME…]
//! ```
//!
//! The mutants are made in a copy below `target/`, of what git tracks. Of the browser suite, one
//! engine plays everything with one framework. Exits with 1 if a mutant passes all tests.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs, io};

use tests::mutants::Mutant;

/// What is run, and what stands for it in the table.
const SUITES: [(&str, &[&str]); 3] = [
    ("conformance", &["--test", "conformance", "--", "axum::"]),
    ("browsers", &["--test", "browsers", "--", "chromium::axum::"]),
    ("properties", &["--test", "properties"]),
];

fn main() -> io::Result<ExitCode> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let copy = workspace.join("target/mutants");
    copy_tracked(&workspace, &copy)?;
    let names: Vec<_> = env::args().skip(1).collect();
    for (suite, arguments) in SUITES {
        match failed_tests(&workspace, &copy, arguments) {
            Ok(0) => {}
            Ok(count) => {
                return Err(io::Error::other(format!("{suite}: {count} fail with no rule broken")));
            }
            Err(error) => return Err(io::Error::other(format!("{suite}: {error}"))),
        }
    }
    let mut is_any_alive = false;
    println!("| rule broken | {} |", SUITES.map(|(suite, _)| suite).join(" | "));
    println!("|---|---|---|---|");
    for mutant in Mutant::all() {
        if !names.is_empty() && !names.contains(&mutant.name) {
            continue;
        }
        let file = copy.join("cors-core/src").join(&mutant.file);
        let text = fs::read_to_string(&file)?;
        fs::write(&file, mutant.apply(&text).map_err(io::Error::other)?)?;
        let failed = SUITES.map(|(_, arguments)| failed_tests(&workspace, &copy, arguments));
        fs::write(&file, text)?;
        is_any_alive |= failed.iter().any(Result::is_err)
            || failed.iter().all(|failed| matches!(failed, Ok(0)));
        let counts = failed.map(|failed| failed.map_or_else(|e| e, |count| count.to_string()));
        println!("| `{}`: {} | {} |", mutant.name, mutant.rule, counts.join(" | "));
    }
    Ok(if is_any_alive { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// How many tests fail.
fn failed_tests(workspace: &Path, copy: &Path, arguments: &[&str]) -> Result<usize, String> {
    let output = Command::new("cargo")
        .args(["test", "--offline", "-p", "tests"])
        .args(arguments)
        .current_dir(copy)
        .env("CARGO_TARGET_DIR", workspace.join("target"))
        .env("CORS_BROWSERS", "required")
        .env("PROPTEST_CASES", "2000")
        .stderr(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut words = text
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("test result: ").map(str::split_whitespace));
    let words = words.as_mut().ok_or("does not build")?;
    let words: Vec<_> = words.collect();
    let count = words.windows(2).find(|pair| pair.last() == Some(&"failed;"));
    count.and_then(|pair| pair.first()?.parse().ok()).ok_or_else(|| "no result".into())
}

fn copy_tracked(workspace: &Path, copy: &Path) -> io::Result<()> {
    let files = Command::new("git").args(["ls-files", "-z"]).current_dir(workspace).output()?;
    for file in files.stdout.split(|byte| *byte == 0).filter(|file| !file.is_empty()) {
        let file = PathBuf::from(String::from_utf8_lossy(file).into_owned());
        let to = copy.join(&file);
        if let Some(directory) = to.parent() {
            fs::create_dir_all(directory)?;
        }
        let text = fs::read(workspace.join(file))?;
        // What is the same keeps its time, so that it is not built again.
        if fs::read(&to).ok().as_ref() != Some(&text) {
            fs::write(to, text)?;
        }
    }
    Ok(())
}
