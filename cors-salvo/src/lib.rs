//! CORS for salvo, from a [`Policy`] that can be shared with other frameworks.
//!
//! ```
//! use cors_salvo::{Cors, Policy};
//! use salvo_core::{Router, Service};
//!
//! let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
//! let service = Cors::new(policy).wrap(Service::new(Router::new()));
//! # Ok::<(), cors_salvo::PolicyErrors>(())
//! ```
//!
//! # Where to mount it
//!
//! On the `Service`, before every other hoop, which is where [`Cors::wrap`] puts it whatever else
//! was called before. A hoop of a `Router` cannot work: salvo looks for a route with the method
//! `OPTIONS` first, finds none, and answers the preflight with 405 Method Not Allowed, or with
//! 404 Not Found for an unknown path, without running the router's hoops.
//!
//! | mounted with | preflights | 404 | 405 |
//! |---|---|---|---|
//! | `cors.wrap(service)`, or `Service::hoop(cors)` first | all | yes | yes |
//! | `Service::hoop_when(cors, below("/path"))` first | all below the path | there | there |
//! | `Router::hoop(cors)` | **none: 404 or 405** | no | no |
//! | `handler.hoop(cors)` | **none: 405** | | no |
//!
//! Hoops that answer by themselves belong after it: authentication, timeouts, panic catchers,
//! redirects.
//!
//! Do not stack two of them: the outer one answers every preflight and owns every response.
//! Policies for parts of an application are mounted side by side, each with
//! `Service::hoop_when` and [`below`].
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
//! Moving from salvo's own middleware: [setting by setting](migrate_from_salvo_cors). Coming from
//! [Express, Koa or Hono](guide::from_express): the same, and two servers step by step.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `serde` | yes | [`PolicyConfig`] is read from and written to files |
//! | `public-suffix` | yes | patterns with a `*` in the host are allowed with credentials or enforcement unless anyone can register a name there; without it, each needs an opt-out |
//! | `toml`, `json`, `yaml` | no | `Policy::from_path`, `Policy::from_env` and `Policies` read files in this format |
//! | `reload` | no | `PolicyHandle` replaces a policy while services run under it; with a format, also by one that is offered as text |
//! | `watch` | no | `PolicyHandle::watch` re-reads a file when it changes; it turns `reload` on, and needs the feature of the file's format |
//! | `testing` | no | `testing::Browser`: would a browser let a page do this, with the real application? |
//! | `tracing` | no | events, with the target `cors`: refused requests (DEBUG), differences of a candidate, reloads and accepted offers (INFO), failures (ERROR) |

// The badge of a feature on each item that needs it, where the compiler can show it.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod below;
mod hoop;
#[cfg(feature = "testing")]
pub mod testing;

pub use below::below;
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
pub use hoop::Cors;

/// [comparison]: guide::comparison
/// [operations]: guide::operations
///
#[cfg(doc)]
#[cfg_attr(not(doctest), doc = include_str!("../docs/migrate-from-salvo-cors.md"))]
pub mod migrate_from_salvo_cors {}
