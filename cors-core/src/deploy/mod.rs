//! What stands around a policy while it serves: replacement, a candidate to compare with,
//! observers, and the application's own decisions about origins.
//!
//! This room knows which policy is in force and who wants to know what happened. It never decides
//! about a request itself, and never reads a file. Start with [`Deployment`]; an adapter compiles it
//! and asks the result about each request.

mod deployed;
mod deployment;
#[cfg(feature = "reload")]
mod handle;
mod observer;
mod outcome;
mod reporter;
mod run_time_origins;
#[cfg(feature = "tracing")]
mod start_up;

pub use deployed::{Deployed, Undecided};
pub use deployment::{Deployment, PolicySource};
#[cfg(feature = "reload")]
pub use handle::PolicyHandle;
pub use observer::{Escaped, ObservedRequest, Observer};
pub use outcome::Outcome;
pub(crate) use reporter::{Answer, Unreported};
pub use run_time_origins::{Asking, RunTimeOrigins};
