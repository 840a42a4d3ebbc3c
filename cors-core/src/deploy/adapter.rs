//! What authors of adapters and of other layers need: the engine, and the traits through which the
//! core reads requests and writes responses.
//!
//! An adapter turns a [`Deployment`](crate::Deployment) into an [`Engine`] once, asks the engine about
//! each request, and carries the [`Decision`] out:
//!
//! ```
//! use cors_core::adapter::{Decision, Engine, RequestParts};
//! use cors_core::{Deployment, Policy};
//! use http::{HeaderMap, HeaderValue, header};
//!
//! let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
//! let engine: Engine<HeaderValue> = Deployment::new(policy).compile();
//!
//! let mut headers = HeaderMap::new();
//! headers.insert(header::ORIGIN, HeaderValue::from_static("https://app.example.com"));
//! match engine.decide(&RequestParts::new("GET", &headers)) {
//!     Decision::Forward(headers) => {
//!         let mut response = HeaderMap::new(); // what the service answers
//!         headers.apply(&mut response);
//!         assert_eq!(response[header::ACCESS_CONTROL_ALLOW_ORIGIN], "https://app.example.com");
//!     }
//!     Decision::Respond { status, headers } => { /* answer with these, and an empty body */ }
//!     Decision::Ask(question) => { /* ask the predicate, or question.refuse() */ }
//! }
//! # Ok::<(), cors_core::PolicyErrors>(())
//! ```
//!
//! Code that stands outside of the middleware, such as a timeout, compiles a
//! [`Policy`](crate::Policy) alone: [`CompiledPolicy::decide`] is the same decision without
//! replacement, candidate and observer. It is a pure function: no clock, no I/O, no logging, no panic
//! on any input.

pub use crate::decide::{CompiledPolicy, Decision, Question, ResponseHeaders, is_preflight};
pub use crate::deploy::engine::Engine;
pub use crate::deploy::observer::Escaped;
pub use crate::deploy::predicate::Asking;
pub use crate::deploy::source::PolicySource;
pub use crate::http::{Field, FieldValue, HeaderList, Headers, HeadersMut, Request, RequestParts};
