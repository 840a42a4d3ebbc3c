//! What holds for every policy and every request: `cargo test -p tests --test properties`.
//!
//! Policies and requests are made of small alphabets, so that they often meet. Each property is
//! tried on 20 000 pairs, or on as many as `PROPTEST_CASES` says; a million of them want an
//! optimized build: `PROPTEST_CASES=1000000 cargo test --release -p tests --test properties`.

#![expect(clippy::expect_used, reason = "what is generated is valid, or a test has to end")]

mod adapters;
mod answers;
mod browsers;
mod caches;
mod diffs;
mod enforced;
mod fetches;
mod frequency;
mod intends;
mod origins;
mod own_origins;
mod policies;
mod requests;
mod server;
mod shared_cache;

use proptest::test_runner::{Config, FileFailurePersistence};

const PAIRS: u32 = 20_000;

/// How many requests each policy is tried on.
const REQUESTS: usize = 4;

/// For as many pairs as wanted, or one of so many of them.
fn config(one_of: u32) -> Config {
    let default = Config::default();
    let is_set = std::env::var_os("PROPTEST_CASES").is_some();
    let pairs = if is_set { default.cases } else { PAIRS };
    Config {
        cases: (pairs / one_of / REQUESTS as u32).max(1),
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..default
    }
}
