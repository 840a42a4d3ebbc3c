//! A browser, as far as CORS is concerned: the sending side of the [Fetch standard].
//!
//! Written from the standard's text alone. It shares no code with `cors-core`, so that the two
//! can be held against each other. Everything is bytes, as in the standard.
//!
//! Left out, because no CORS header has a part in it: navigations, web sockets, cookies,
//! `Cross-Origin-Resource-Policy`, mixed content and service workers. There is one network
//! partition.
//!
//! [Fetch standard]: https://fetch.spec.whatwg.org/

mod browser;
mod cors_check;
mod exposed;
mod header_list;
mod origin;
mod preflight_cache;
mod preflight_check;
mod prepare;
mod primitives;
mod redirect;
mod safelists;
mod shared_cache;
mod types;

pub use browser::Browser;
pub use cors_check::cors_check;
pub use exposed::exposed_headers;
pub use header_list::{Extracted, HeaderList};
pub use preflight_check::{Grant, PreflightFailure, preflight_check};
pub use prepare::{Prepared, prepare};
pub use safelists::{is_cors_safelisted, unsafe_request_header_names};
pub use shared_cache::SharedCache;
pub use types::{
    Body, Credentials, FetchRequest, HttpRequest, HttpResponse, Mode, NetworkError, Outcome, Page,
    RedirectMode, ReferrerPolicy, ResponseKind, Verdict,
};
