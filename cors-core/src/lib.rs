//! Define your CORS policy once, in a file or in code, and use it in actix-web, axum (any tower
//! service), poem, Rocket and salvo. The answers are identical.
//!
//! This crate has the policy model and the decision. An application depends on the crate of its
//! framework, `cors-actix`, `cors-axum`, `cors-poem`, `cors-rocket` or `cors-salvo`, which re-exports
//! what is here.
//!
//! ```
//! use std::time::Duration;
//!
//! use cors_core::Policy;
//!
//! let policy = Policy::builder()
//!     .allow_origins(["https://app.example.com", "https://admin.example.com"])
//!     .allow_credentials(true)
//!     .allow_methods(["GET", "PUT"])
//!     .allow_headers(["content-type"])
//!     .expose_headers(["x-request-id"])
//!     .max_age(Duration::from_secs(600))
//!     .build()?;
//! # assert!(policy.allows_credentials(b"https://app.example.com"));
//! # Ok::<(), cors_core::PolicyErrors>(())
//! ```
//!
//! A policy that would not do what its author means is an error: [`PolicyErrors`] has all of them at
//! once, and each says what to write instead. What is valid but probably not meant is a
//! [warning](Policy::lints).
//!
//! # Protection against CSRF and DNS rebinding
//!
//! CORS keeps responses from pages, but not requests from the service. With
//! [`enforce_origins`](PolicyBuilder::enforce_origins), forged requests by pages of other origins
//! (cross-site request forgery, CSRF) are answered with 403 before any handler runs, and so are their
//! WebSocket handshakes. With [`own_origins`](PolicyBuilder::own_origins), requests for foreign hosts are
//! answered with 421, which stops DNS rebinding. The chapter [`enforcement`](guide::enforcement) says
//! what exactly is stopped, and what is not.
//!
//! # From a policy to a response
//!
//! ```text
//!  once, when the service starts                       for each request
//!
//!  file ──► PolicyConfig ─┐                                          ┌─► Forward: call the service,
//!                         ├─► Policy ──► Deployment ──► Engine ──────┤            then apply headers
//!  code ──► PolicyBuilder ┘      │       (observers,    (decide)     ├─► Respond: 204, 403, …, the
//!                                │        candidate,                 │            service is not called
//!                                ▼        replacement)               └─► Ask: the application decides
//!                           PolicyErrors                                      about the origin
//!                           (all at once)
//! ```
//!
//! [`adapter`] has the right half of this picture, for authors of adapters; [`explain`] plays a
//! browser's request against a policy.
//!
//! # Read on
//!
//! The [`guide`] has chapters: [troubleshooting](guide::troubleshooting), from a message in the
//! browser's console to its fix; [deployment](guide::deployment) behind proxies and CDNs;
//! [operations](guide::operations), from settings structs to observers;
//! [recipes](guide::recipes) for MCP servers, extensions, applications, previews and phones;
//! [enforcement](guide::enforcement), case by case; the [codes](guide::codes) of errors and warnings; a [comparison](guide::comparison) with other
//! libraries; [why it is built this way](guide::design); and a start for people who [come from Express,
//! Koa or Hono](guide::from_express).
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
//! | `public-suffix` | yes | patterns with a `*` in the host are allowed with credentials or enforcement unless anyone can register a name there; without it, each needs an opt-out |
//! | `toml`, `json`, `yaml` | no | `Policy::from_path`, `Policy::from_env` and `Policies` read files in this format; `yaml` needs Rust 1.89 |
//! | `reload` | no | `PolicyHandle` replaces a policy while services run under it; with a format, also by one that is offered as text |
//! | `watch` | no | `PolicyHandle::watch` re-reads a file when it changes; it turns `reload` on, and needs the feature of the file's format |
//! | `tracing` | no | events, with the target `cors`: refused requests (DEBUG), differences of a candidate, reloads and accepted offers (INFO), [lints](Policy::lints) of each policy when it is put in force (WARN), failures (ERROR) |
//! | `http-0-2` | no | typed values of `http` 0.2, which actix-web 4 uses, in a policy's lists |
//! | `testing` | no | `testing::Browser`: would a browser let a page do this, with the real application? |
//! | `http` | no | `http` 1's `HeaderMap` implements [`Headers`](adapter::Headers) and [`HeadersMut`](adapter::HeadersMut), and its requests become a [`Request`](adapter::Request) |

// The badge of a feature on each item that needs it, where the compiler can show it.
#![cfg_attr(docsrs, feature(doc_cfg), doc(auto_cfg(hide(feature = "_files"))))]

mod browser;
mod decide;
mod deploy;
pub mod explain;
mod files;
pub mod guide;
mod http;
mod origin;
mod policy;
#[cfg(feature = "testing")]
pub mod testing;

pub use decide::Refusal;
#[cfg(feature = "reload")]
pub use deploy::PolicyHandle;
pub use deploy::{Deployment, ObservedRequest, Observer, OriginPredicate, Outcome, adapter};
#[cfg(all(
    feature = "reload",
    any(feature = "toml", feature = "json", feature = "yaml", feature = "watch")
))]
pub use files::Offered;
#[cfg(feature = "watch")]
pub use files::PolicyWatch;
#[cfg(any(feature = "toml", feature = "json", feature = "yaml", feature = "watch"))]
pub use files::{LoadError, Policies};
pub use origin::Origin;
pub use policy::{
    Diagnostic, IntoList, Policy, PolicyBuilder, PolicyConfig, PolicyErrors, PolicyFormat,
    PolicyVersion, RuleConfig, ToText,
};
