//! What holds for every input.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed")]

mod explained;
mod labels;
mod origins;
mod policies;
mod strategies;
mod suggested_changes;
