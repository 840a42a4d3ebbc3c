//! Counts the instructions and the allocations of a request.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, thread};

use allocation_counter::measure;

use crate::stacks::scenario::{Scenario, scenarios, with_origins};
use crate::stacks::{Framework, Middleware};

/// How many requests are counted.
pub(crate) const COUNTED: i64 = 20;

/// The first requests have more to do, such as to fill pools and thread-locals.
pub(crate) fn warm_up_and(
    framework: Framework,
    middleware: Middleware,
    scenario: &str,
    mut count: impl FnMut(&mut dyn FnMut()),
) {
    // With the first thread the allocator begins to lock, as it does in every server.
    thread::spawn(|| ()).join().expect("it does nothing");
    (framework.run)(middleware, &scenario_named(scenario), &mut |send| {
        for _ in 0..5 {
            send();
        }
        count(send);
    });
}

/// One of the scenarios, or as many origins as a number says.
fn scenario_named(name: &str) -> Scenario {
    name.parse().map_or_else(
        |_| scenarios().into_iter().find(|known| known.name == name).expect("a scenario"),
        with_origins,
    )
}

/// A build of this program.
#[derive(Clone, Debug)]
pub(crate) struct Build(PathBuf);

impl Build {
    pub(crate) fn this() -> Self {
        Self(env::current_exe().expect("this program has a path"))
    }

    /// Builds this program as users build theirs who set nothing.
    pub(crate) fn without_lto() -> Self {
        let output = Command::new(env!("CARGO"))
            .args(["bench", "--package=tests", "--bench=instructions", "--profile=without-lto"])
            .args(["--no-run", "--message-format=json"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stderr(Stdio::inherit())
            .output()
            .expect("cargo runs");
        assert!(output.status.success(), "it can be built");
        let messages = String::from_utf8(output.stdout).expect("messages are JSON");
        let messages = messages.lines().filter_map(|line| serde_json::from_str(line).ok());
        let mut programs = messages.filter_map(|message: serde_json::Value| {
            // The package has other programs, which cargo builds too.
            let is_this = message.pointer("/target/name")? == "instructions";
            message.get("executable")?.as_str().filter(|_| is_this).map(PathBuf::from)
        });
        Self(programs.next_back().expect("cargo names what it has built"))
    }

    /// The instructions of a request in each of the scenarios.
    pub(crate) fn instructions(
        &self,
        framework: Framework,
        middleware: Middleware,
        scenarios: &[String],
    ) -> Vec<i64> {
        // Hash tables are seeded anew in each process, and some seeds make names collide.
        let least = |scenario: &String| {
            let counts =
                (0..3).map(|_| instructions_once(&self.0, framework, middleware, scenario));
            counts.min().expect("three")
        };
        scenarios.iter().map(least).collect()
    }
}

/// In a process of its own, as the state that others leave the allocator in would be measured too.
fn instructions_once(
    program: &Path,
    framework: Framework,
    middleware: Middleware,
    scenario: &str,
) -> i64 {
    let file = format!("callgrind.{}.{}.{scenario}", framework.name, middleware.name());
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(file);
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--toggle-collect=instructions::send_while_counted"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(program)
        .args(["--send", framework.name, middleware.name(), scenario])
        .output()
        .expect("valgrind has to be installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let counts = fs::read_to_string(&file).expect("callgrind wrote what it counted");
    fs::remove_file(file).expect("the file is there");
    let total = counts.lines().find_map(|line| line.strip_prefix("totals: "));
    let total: i64 = total.and_then(|total| total.parse().ok()).expect("a total");
    assert!(total > 0, "the function that sends requests is known to callgrind");
    total / COUNTED
}

pub(crate) fn allocations(
    framework: Framework,
    middleware: Middleware,
    scenarios: &[String],
) -> Vec<i64> {
    let of = |name: &String| {
        let mut total = 0;
        warm_up_and(framework, middleware, name, |send| {
            total = measure(|| (0..COUNTED).for_each(|_| send())).count_total.cast_signed();
        });
        total / COUNTED
    };
    scenarios.iter().map(of).collect()
}
