//! A project in a temporary directory, as a user has it who sets nothing but `strip`.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use tempfile::TempDir;

use crate::programs::{Framework, Program};

const CARGO: &str = env!("CARGO");
const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Settings of this build, which would make the program another than a user's.
const SETTINGS: [&str; 6] = [
    "CARGO_BUILD_",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "CARGO_PROFILE_",
    "CARGO_TARGET_DIR",
    "RUSTFLAGS",
];

/// How often a build is timed. Other programs on the machine only add to the time.
const RUNS: usize = 3;

pub(crate) struct Project(TempDir);

/// What a program weighs.
pub(crate) struct Weight {
    /// The size of the binary in bytes.
    pub(crate) size: u64,
    /// What is compiled for it besides itself, such as `axum v0.8.9`.
    pub(crate) packages: BTreeSet<String>,
    /// The CPU time, in seconds, of building the program and the packages that the framework alone
    /// does not have, where all others are built.
    pub(crate) seconds: f64,
}

impl Project {
    pub(crate) fn new() -> Self {
        let project = Self(TempDir::new().expect("there is a temporary directory"));
        fs::create_dir(project.path("src")).expect("the directory is new");
        project
    }

    pub(crate) fn alone(&self, framework: &Framework) -> Weight {
        self.write(framework, "", framework.alone);
        let packages = self.packages();
        self.weigh(packages.clone(), &packages)
    }

    pub(crate) fn with(&self, framework: &Framework, program: &Program, alone: &Weight) -> Weight {
        let Program { package, version, settings, source, .. } = program;
        let origin = match version {
            Some(version) => format!("version = {version:?}"),
            None => format!("path = {:?}", Path::new(WORKSPACE).join(package)),
        };
        let separator = if settings.is_empty() { "" } else { ", " };
        let dependency = format!("{package} = {{ {origin}{separator}{settings} }}");
        self.write(framework, &dependency, source);
        self.weigh(self.packages(), &alone.packages)
    }

    /// Weighs the program that is written.
    fn weigh(&self, packages: BTreeSet<String>, framework: &BTreeSet<String>) -> Weight {
        self.seconds_of_build();
        let added = packages.difference(framework).map(|package| package.replace(" v", "@"));
        let cleaned = added.chain(["weighed".to_owned()]);
        let cleaned: Vec<_> = cleaned.map(|package| format!("--package={package}")).collect();
        let seconds = (0..RUNS).map(|_| {
            output(self.command(CARGO).args(["clean", "--release", "--frozen"]).args(&cleaned));
            self.seconds_of_build()
        });
        let seconds = seconds.reduce(f64::min).expect("it runs");
        let program = fs::metadata(self.path("target/release/weighed")).expect("it is built");
        Weight { size: program.len(), packages, seconds }
    }

    /// Writes the files of the project, and takes the versions that this workspace uses.
    fn write(&self, framework: &Framework, dependency: &str, source: &str) {
        let manifest = format!(
            r#"[package]
name = "weighed"
version = "0.0.0"
edition = "2024"

[dependencies]{}{dependency}

[profile.release]
strip = true

[workspace]
"#,
            framework.dependencies
        );
        fs::write(self.path("Cargo.toml"), manifest).expect("it can be written");
        fs::write(self.path("src/main.rs"), source).expect("it can be written");
        fs::copy(Path::new(WORKSPACE).join("Cargo.lock"), self.path("Cargo.lock"))
            .expect("the workspace has a lock file");
        // Takes what else the project needs, and drops what it does not.
        self.cargo(&["fetch"]);
    }

    fn seconds_of_build(&self) -> f64 {
        let build = format!("'{CARGO}' build --release --frozen && times");
        let times = output(self.command("sh").args(["-c", &build]));
        // The first line is about the shell itself, the second about what it ran.
        let times = times.lines().nth(1).expect("two lines");
        times.split_whitespace().map(seconds).sum()
    }

    fn packages(&self) -> BTreeSet<String> {
        let tree = ["tree", "--edges=normal,build", "--prefix=none", "--format={p}", "--frozen"];
        let tree = self.cargo(&tree);
        let packages =
            tree.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "));
        packages.filter(|package| package != "weighed v0.0.0").collect()
    }

    fn cargo(&self, arguments: &[&str]) -> String {
        output(self.command(CARGO).args(arguments))
    }

    /// A command in the project, without the settings of this build.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.0.path());
        let is_setting = |name: &OsString| {
            SETTINGS.iter().any(|start| name.to_string_lossy().starts_with(start))
        };
        for name in env::vars_os().map(|(name, _)| name).filter(is_setting) {
            command.env_remove(name);
        }
        command
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }
}

/// What the command prints. What it says of errors is shown.
fn output(command: &mut Command) -> String {
    let output = command.stderr(Stdio::inherit()).output().expect("it runs");
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}

/// The seconds of a time such as `1m2.34s`.
fn seconds(time: &str) -> f64 {
    let (minutes, seconds) = time.trim_end_matches('s').split_once('m').expect("minutes");
    let number = |text: &str| text.parse::<f64>().expect("a number");
    number(minutes) * 60.0 + number(seconds)
}
