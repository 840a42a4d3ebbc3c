//! Real browsers against every framework: `cargo test -p tests --test browsers firefox::axum::`
//! plays all scenarios in Firefox with axum.
//!
//! An engine that is not installed is ignored; with `CORS_BROWSERS=required` it fails. The
//! standard itself, as the oracle has it, is one more engine, which is always there.

#![expect(clippy::expect_used, clippy::panic, reason = "wrong data ends the tests")]

mod check;
mod client;
mod console;
mod engine;
mod pages;
mod places;
mod plan;
mod playground;
mod raw;
mod relay;
mod scenario;
mod seen;
mod service;
mod session;
mod standard;
mod suite;
mod table;
mod trial;
mod vectors;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread::available_parallelism;

use libtest_mimic::Arguments;

use crate::suite::Suite;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.spawn(tests::end_all_processes_on_signal());
    let mut arguments = Arguments::from_args();
    // Most of a trial is waiting for its browser, which does one thing at a time.
    let threads = available_parallelism().map_or(1, usize::from);
    arguments.test_threads.get_or_insert(threads.min(4) + engine::ALL.len());

    let suite = Arc::new(Suite::new(runtime.handle(), &table::load())?);
    let mut trials = suite.trials();
    trials.extend(playground::trials(runtime.handle()));
    let conclusion = libtest_mimic::run(&arguments, trials);
    // The browsers end here, when the last trial has dropped its share.
    drop(suite);
    Ok(conclusion.exit_code())
}
