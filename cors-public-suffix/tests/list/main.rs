//! Compares the packed list with its text and with the crate `psl`.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

#[path = "../../examples/renew/encode/mod.rs"]
mod encode;
mod model;
mod names;
mod psl;
mod random;
