//! Real gateways, with the configuration that `cors export` writes, in front of applications:
//! `cargo test -p tests --test gateways nginx::` tests one of them.
//!
//! A gateway that is not installed is ignored; with `CORS_GATEWAYS=required` it fails.

#![expect(clippy::expect_used, clippy::panic, reason = "wrong data ends the tests")]

mod application;
mod cases;
mod configuration;
mod documented;
mod limits;
mod ports;
mod program;
mod route;
mod running;
mod sites;
mod verdicts;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::Arguments;

use crate::running::Gateways;
use crate::sites::Sites;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.spawn(tests::end_all_processes_on_signal());
    let sites = Arc::new(Sites::new()?);
    let gateways = Arc::new(Gateways::new(sites));
    let mut trials = cases::trials(&gateways);
    trials.extend(verdicts::trials(&gateways));
    trials.extend(documented::trials(&gateways));
    trials.extend(limits::trials(&gateways));
    trials.extend(route::trials());
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    // The gateways end here, when the last trial has dropped its share.
    drop(gateways);
    Ok(conclusion.exit_code())
}
