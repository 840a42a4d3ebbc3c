//! One CORS policy for every web framework: the policy model and the decision.
//!
//! A service says once which web origins may read it. The same [`Policy`] then answers in
//! actix-web, in axum and all of tower, in poem, in Rocket and in salvo, byte for byte alike, through
//! `cors-actix`, `cors-axum`, `cors-poem`, `cors-rocket` and `cors-salvo`, which re-export this crate.
//!
//! ```text
//!  once, when the service starts                       for each request
//!
//!  file ──► PolicyConfig ─┐
//!                         ├─► Policy ──► CompiledPolicy ──► decide ──┬─► Forward: call the service,
//!  code ──► PolicyBuilder ┘      │       (values in the      ▲       │            then apply headers
//!                                │        framework's type)  │       └─► Respond: 204 or 403, the
//!                                ▼                           │                    service is not called
//!                           PolicyErrors         method, target and headers
//!                           (all at once)             of the request
//! ```
//!
//! Adapters go through a [`Deployment`], which adds what stands around a policy: replacement, a
//! candidate, observers, origins that the application decides on.
//!
//! `decide` is a pure function: no clock, no I/O, no logging, no panic on any input.
//!
//! ```
//! use cors_core::{Decision, Policy, Request};
//! use http::{HeaderMap, HeaderValue, header};
//!
//! let policy = Policy::builder()
//!     .allow_origins(["https://app.example.com"])
//!     .build()?
//!     .compile::<HeaderValue>();
//!
//! let mut headers = HeaderMap::new();
//! headers.insert(header::ORIGIN, HeaderValue::from_static("https://app.example.com"));
//! let Decision::Forward(headers) = policy.decide(Request::new("GET", &headers)) else {
//!     unreachable!("this is no preflight");
//! };
//!
//! let mut response = HeaderMap::new();
//! headers.apply(&mut response);
//! assert_eq!(response[header::ACCESS_CONTROL_ALLOW_ORIGIN], "https://app.example.com");
//! # Ok::<(), cors_core::PolicyErrors>(())
//! ```
//!
//! # Read on
//!
//! The [`guide`] has chapters: [troubleshooting](guide::troubleshooting), from a message in the
//! browser's console to its cure; [deployment](guide::deployment) behind proxies and CDNs;
//! [operations](guide::operations); a [comparison](guide::comparison) with other libraries; and [why
//! it is built this way](guide::design).
//!
//! # What CORS is not
//!
//! CORS lets pages of other origins read responses that browsers would otherwise keep from them.
//! It is not access control: a request whose origin is not allowed still reaches the service and
//! has its effects, and clients other than browsers ignore CORS altogether. It does not apply to
//! WebSocket handshakes; [`Policy::allows_credentials`] lets a handler check those, and
//! [`PolicyBuilder::enforce_origins`] keeps both from the service.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `serde` | yes | [`PolicyConfig`] is read from and written to files |
//! | `public-suffix` | yes | subdomain patterns with credentials are allowed unless strangers can register subdomains there; without it, each needs an opt-out |
//! | `files` | no | `Policy::from_path`, `Policy::from_env` and `Policies` read TOML, JSON and YAML files |
//! | `reload` | no | `PolicyHandle` replaces a policy while services run under it |
//! | `watch` | no | `PolicyHandle::watch` re-reads a file when it changes; with `files` and `reload` |
//! | `tracing` | no | events, with the target `cors`: refused requests (DEBUG), differences of a candidate and reloads (INFO), [lints](Policy::lints) of each policy when it is put in force (WARN), failures (ERROR) |
//! | `http` | no | `http` 1's `HeaderMap` implements [`Headers`] and [`HeadersMut`], and its requests become a [`Request`] |

mod decide;
mod deploy;
mod explain;
mod files;
pub mod guide;
mod http;
mod origin;
mod policy;

pub use decide::{CompiledPolicy, Decision, Question, Refusal, ResponseHeaders, is_preflight};
#[cfg(feature = "reload")]
pub use deploy::PolicyHandle;
pub use deploy::{
    Asking, Deployment, Engine, Escaped, ObservedRequest, Observer, Outcome, PolicySource,
    RunTimeOrigins,
};
pub use explain::{
    Amendment, AmendmentError, BrowserRequest, Change, Exchange, NearestMiss, NearestMissKind,
    Simulation, Step, Verdict,
};
#[cfg(feature = "watch")]
pub use files::PolicyWatch;
#[cfg(feature = "files")]
pub use files::{JSON_SCHEMA, LoadError, Policies};
pub use http::{Field, FieldValue, Headers, HeadersMut, Request};
pub use origin::{Origin, OriginPattern, PatternError, PatternErrorKind};
pub use policy::{
    Lint, LintKind, Policy, PolicyBuilder, PolicyConfig, PolicyError, PolicyErrorKind,
    PolicyErrors, PolicyFormat, RuleConfig,
};
