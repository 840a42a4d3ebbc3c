//! A browser for tests of applications: would a page of this origin be allowed to do this, with the real
//! application?
//!
//! A policy can be right while the service is still wrong: the middleware does not cover a path,
//! authentication answers preflights, or an outer layer adds a second header. The [`Browser`] sends an
//! application the requests that a browser would send, and gives the same [`Verdict`](crate::explain::Verdict).
//! It knows nothing of policies.
//!
//! Applications use the module `testing` of their framework's adapter, which has the `Browser` for the
//! framework's applications. Authors of adapters implement [`Framework`].

mod browser;
mod framework;
mod page;

pub use browser::Browser;
pub use framework::{AppResponse, Framework};
pub use page::{Page, PageFetch};
