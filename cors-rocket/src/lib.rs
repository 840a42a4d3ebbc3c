//! CORS for Rocket, from a [`Policy`] that can be shared with other frameworks.
//!
//! ```
//! use cors_rocket::{Cors, Policy};
//! use rocket::{get, routes};
//!
//! #[get("/")]
//! fn hello() -> &'static str {
//!     "hello"
//! }
//!
//! let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
//! let rocket = rocket::build().mount("/", routes![hello]).attach(Cors::new(policy)); // last
//! # Ok::<(), cors_rocket::PolicyErrors>(())
//! ```
//!
//! # Where to mount it
//!
//! As the last fairing of the `Rocket`. Routes and catchers may be added before it or after.
//!
//! | mounted with | preflights | 404, which a wrong method gets too |
//! |---|---|---|
//! | `rocket.attach(cors)` | all | yes |
//! | `rocket.attach(cors.below("/path"))` | all below the path | there |
//!
//! A fairing cannot keep a request from being routed. This one therefore adds a route for each
//! method. These routes come before all others: they answer preflights and refused requests, and
//! forward the rest. No guard, handler or catcher of the application runs for a request that they
//! answer. Request fairings do run, as they do for every request.
//!
//! Rocket routes a request after all request fairings. The policy therefore decides about the
//! method and the path that the fairings leave, in whatever order they are attached: a fairing that
//! overrides the method cannot undo a refusal. Only response fairings need the order. One that is
//! attached later, and sets `Access-Control-*` headers or replaces `Vary`, undoes what the policy
//! decided.
//!
//! Rocket's log names these routes as `cors-rocket`, and `Forward` as their outcome for a request
//! that they pass on. In a catcher, `Request::route` returns one of them where it returned `None`.
//!
//! Of several `Cors` fairings, the one attached first governs a request, and the others leave it
//! alone. Attach `cors.below("/admin")` before a fairing for everything else.
//!
//! # What Rocket answers before any fairing
//!
//! Requests that are malformed, and those with a method that Rocket does not know, with 400 Bad
//! Request and no headers of ours. It knows `GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE`,
//! `OPTIONS`, `TRACE` and `CONNECT`: allowing any other method in a policy has no effect. Header
//! lines that are not UTF-8 it drops; no browser sends an origin, a method or a header name that is
//! not ASCII.
//!
//! Rocket hides the scheme that a request names, and over HTTP/1.1 the host of an absolute target,
//! which no browser sends to a server. With `enforce_origins`, only TLS in Rocket's own
//! configuration tells that a request arrived over https, and with `own_origins`, the host over
//! HTTP/1.1 is that of `Host`.
//!
//! Rocket 0.5.1 adds `Content-Length: 0` to responses without a body, so also to an allowed preflight
//! with 204, where HTTP forbids it. Clients read no body after a 204 in any case. Rocket 0.5.2 does not add it.
//!
//! # Methods in forms
//!
//! Rocket takes a POST request for a PUT, PATCH or DELETE if its form begins with the field
//! `_method`. Browsers send such forms without a preflight, so that methods which the policy does
//! not allow can be reached by pages of any origin. CORS does not keep them away;
//! [`PolicyBuilder::enforce_origins`] does.
//!
//! # Read on
//!
//! The [`guide`] has chapters for every framework: [troubleshooting](guide::troubleshooting), from a
//! message in the browser's console to its fix; [deployment](guide::deployment) behind proxies and
//! CDNs; [operations](guide::operations): settings structs, reload, origins at run time;
//! [recipes](guide::recipes) for extensions, applications, previews and phones;
//! [enforcement](guide::enforcement), case by case: protection against cross-site request forgery
//! (CSRF) and DNS rebinding; the [codes](guide::codes) of errors and warnings; a
//! [comparison](guide::comparison) with other libraries; and [why it is built this way](guide::design).
//!
//! Moving from rocket_cors: [setting by setting](migrate_from_rocket_cors). Coming from
//! [Express, Koa or Hono](guide::from_express): the same, and two servers step by step.
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
//! | `testing` | no | `testing::Browser`: would a browser let a page do this, with the real application? |
//! | `tracing` | no | events, with the target `cors`: refused requests (DEBUG), differences of a candidate, reloads and accepted offers (INFO), failures (ERROR) |

// The badge of a feature on each item that needs it, where the compiler can show it.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod cors;
mod headers;
mod route;
#[cfg(feature = "testing")]
pub mod testing;

pub use cors::{Cors, RequestHead};
#[cfg(all(
    feature = "reload",
    any(feature = "toml", feature = "json", feature = "yaml", feature = "watch")
))]
pub use cors_core::Offered;
#[cfg(feature = "reload")]
pub use cors_core::PolicyHandle;
#[cfg(feature = "watch")]
pub use cors_core::PolicyWatch;
pub use cors_core::{
    Deployment, Diagnostic, IntoList, ObservedRequest, Observer, Origin, OriginPredicate, Outcome,
    Policy, PolicyBuilder, PolicyConfig, PolicyErrors, PolicyFormat, PolicyVersion, Refusal,
    RuleConfig, ToText, adapter, explain, guide,
};
#[cfg(any(feature = "toml", feature = "json", feature = "yaml", feature = "watch"))]
pub use cors_core::{LoadError, Policies};

/// [operations]: guide::operations
///
#[cfg(doc)]
#[cfg_attr(not(doctest), doc = include_str!("../docs/migrate-from-rocket-cors.md"))]
pub mod migrate_from_rocket_cors {}
