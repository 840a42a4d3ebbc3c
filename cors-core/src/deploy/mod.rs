//! What stands around a policy while it serves: replacement, a candidate to compare with,
//! observers, and the application's own decisions about origins.
//!
//! This room knows which policy is in force and who wants to know what happened. It never decides
//! about a request itself, and never reads a file. Start with [`Deployment`]; an adapter compiles it
//! and asks the result about each request. [`adapter`] has what authors of adapters need of all rooms.

pub mod adapter;
mod deployment;
mod engine;
#[cfg(feature = "reload")]
mod handle;
mod observer;
mod outcome;
mod predicate;
mod report;
mod source;
#[cfg(feature = "tracing")]
mod start_up;

pub use deployment::Deployment;
#[cfg(feature = "reload")]
pub use handle::PolicyHandle;
pub use observer::{ObservedRequest, Observer};
pub use outcome::Outcome;
pub use predicate::OriginPredicate;
