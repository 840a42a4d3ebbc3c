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

mod answer;
mod browser;
mod builder;
mod byte_set;
mod compiled;
mod config;
#[cfg(test)]
mod config_schema;
#[cfg(feature = "serde")]
mod config_serde;
#[cfg(feature = "serde")]
mod config_value;
mod decision;
mod deployed;
mod deployment;
mod error;
mod error_kind;
mod errors;
mod fetch;
mod field;
mod fixed_values;
pub mod guide;
#[cfg(feature = "reload")]
mod handle;
mod headers;
mod host;
#[cfg(feature = "http")]
mod http;
mod index;
mod lines;
mod lint;
mod linter;
#[cfg(feature = "files")]
mod load;
mod names;
mod nearest_miss;
mod observer;
mod origin;
mod outcome;
mod pattern;
mod pattern_error;
mod policy;
mod policy_format;
mod preflight;
mod public_suffix;
mod punycode;
mod question;
mod quoted;
mod refusal;
mod reporter;
mod request;
mod risk;
mod rule;
mod rule_settings;
mod run_time_origins;
mod same_origin;
mod setting;
mod setting_key;
#[cfg(feature = "tracing")]
mod start_up;
mod suggestion;
mod validate;
#[cfg(feature = "watch")]
mod watch;
mod write;

pub use browser::{
    Amendment, AmendmentError, BrowserRequest, Change, Exchange, Simulation, Step, Verdict,
};
pub use builder::PolicyBuilder;
pub use compiled::{CompiledPolicy, is_preflight};
pub use config::{PolicyConfig, RuleConfig};
pub use decision::{Decision, ResponseHeaders, VaryOnly};
pub use deployed::{Deployed, Undecided};
pub use deployment::{Deployment, PolicySource};
pub use error::PolicyError;
pub use error_kind::PolicyErrorKind;
pub use errors::PolicyErrors;
pub use field::Field;
#[cfg(feature = "reload")]
pub use handle::PolicyHandle;
pub use headers::{HeaderValue, Headers, HeadersMut};
pub use lint::{Lint, LintKind};
#[cfg(feature = "files")]
pub use load::{JSON_SCHEMA, LoadError, Policies};
pub use nearest_miss::{NearestMiss, NearestMissKind};
pub use observer::{Escaped, ObservedRequest, Observer};
pub use origin::Origin;
pub use outcome::Outcome;
pub use pattern::OriginPattern;
pub use pattern_error::{PatternError, PatternErrorKind};
pub use policy::Policy;
pub use policy_format::PolicyFormat;
pub use question::Question;
pub use refusal::Refusal;
pub use request::Request;
pub use run_time_origins::{Asking, RunTimeOrigins};
#[cfg(feature = "watch")]
pub use watch::PolicyWatch;
