//! `cors probe` against running services: those that keep to their policies, and others that are
//! wrong on purpose.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod audits;
mod conformance;
mod fault;
mod faults;
#[path = "../comparison/peers.rs"]
mod middleware;
mod node;
mod peers;
mod service;

use libtest_mimic::Arguments;

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = conformance::trials();
    trials.extend(faults::trials());
    trials.extend(audits::trials());
    trials.extend(peers::trials());
    trials.extend(node::trials());
    libtest_mimic::run(&arguments, trials).exit();
}
