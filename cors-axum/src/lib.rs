//! CORS for axum and everything else on tower, from a [`Policy`] that can be shared with other
//! frameworks.
//!
//! ```
//! use axum::{Router, routing::get};
//! use cors_axum::{CorsLayer, Policy};
//!
//! let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
//! let app: Router = Router::new()
//!     .route("/", get(|| async { "hello" }))
//!     .layer(CorsLayer::new(policy)); // after every route and the fallback
//! # Ok::<(), cors_axum::PolicyErrors>(())
//! ```
//!
//! # Where to mount it
//!
//! Outside of everything else. A layer covers what was added to the router before it, so that a
//! preflight for anything added later is answered 404 or 405. The finished router, wrapped as a
//! whole, has no such order, and is still a router:
//!
//! ```
//! # use axum::{Router, routing::get};
//! # use cors_axum::{CorsLayer, Policy};
//! # let policy = Policy::any_origin().build()?;
//! # let app: Router = Router::new().route("/", get(|| async { "hello" }));
//! let app: Router = Router::new().fallback_service(CorsLayer::new(policy).wrap(app));
//! # Ok::<(), cors_axum::PolicyErrors>(())
//! ```
//!
//! | mounted with | preflights | 404 | 405 |
//! |---|---|---|---|
//! | `fallback_service(cors.wrap(app))`, or `cors.wrap(app)` served as a service | all | yes | yes |
//! | `Router::layer`, last | all | yes | yes |
//! | `Router::layer`, then more routes or a fallback | not those for what came later | no | earlier routes |
//! | `Router::route_layer` | of known paths | no | yes |
//! | `nest("/x", sub.layer(cors))` | of known paths | no | yes |
//! | `nest_service("/x", cors.wrap(sub))` | all below `/x` | yes | yes |
//! | `get(handler).layer(cors)` | yes | | yes |
//! | `get(handler).route_layer(cors)`, `get(handler.layer(cors))` | **none: 405** | | no |
//!
//! Layers that answer by themselves, and limits, belong inside: authentication, timeouts, limits, redirects,
//! panic catchers and `HandleErrorLayer`. An error that no layer turned into a response has no
//! headers to carry.
//!
//! Do not stack two of them: the outer one answers every preflight and owns every response.
//! Policies for parts of an application are mounted side by side.
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
//! Moving from tower-http: [setting by setting](migrate_from_tower_http). Coming from
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

pub mod asking;
pub mod body;
pub mod future;
mod service;
#[cfg(feature = "testing")]
pub mod testing;

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
pub use service::{Cors, CorsLayer};

/// [comparison]: guide::comparison
/// [guards]: guide::enforcement#compared-with-tower_httpcsrf-and-gos-crossoriginprotection
/// [operations]: guide::operations
/// [other-names]: guide::deployment#who-calls-a-service-by-another-name
///
#[cfg(doc)]
#[cfg_attr(not(doctest), doc = include_str!("../docs/migrate-from-tower-http.md"))]
pub mod migrate_from_tower_http {}
