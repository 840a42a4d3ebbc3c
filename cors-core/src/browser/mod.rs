//! A browser: the sending side of the Fetch standard, over anything that answers HTTP requests.
//!
//! This room knows what a browser sends for a script's request, what it makes of each response, and
//! what it remembers of preflights. It does no I/O: [`Fetch`] says which request is next, and is told
//! the response. It never knows who answers; a policy that answers is in `explain`. Start with
//! [`Fetch`] and [`Verdict`]; `diagnose` guesses what is wrong with an application.

mod cause;
mod diagnose;
mod display;
mod exchange;
mod fetch;
mod header_lines;
#[cfg(feature = "http")]
mod http1;
mod preflight;
mod preflight_cache;
mod prepare;
mod receive;
mod redirect;
mod request;
#[cfg(feature = "testing")]
mod stored;
mod url;
mod verdict;

pub use cause::Cause;
pub use exchange::{Exchange, OutgoingRequest};
pub use fetch::Fetch;
pub(crate) use fetch::Response;
pub(crate) use header_lines::HeaderLines;
pub use preflight_cache::PreflightCache;
pub(crate) use prepare::{Prepared, prepare};
pub use request::{BrowserRequest, RedirectMode};
#[cfg(feature = "testing")]
pub(crate) use stored::vary_removed;
pub(crate) use url::Url;
pub use verdict::{Access, Step, Verdict};
