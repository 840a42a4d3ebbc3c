//! CORS for actix-web, from a [`Policy`] that can be shared with other frameworks.
//!
//! ```no_run
//! use actix_web::{App, HttpServer, web};
//! use cors_actix::{Cors, Policy};
//!
//! # async fn serve() -> Result<(), Box<dyn std::error::Error>> {
//! let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
//! let cors = Cors::new(policy); // once, outside of the closure that runs for each worker
//! let app = move || App::new().route("/", web::get().to(|| async { "hello" })).wrap(cors.clone());
//! HttpServer::new(app).bind("127.0.0.1:8080")?.run().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Where to mount it
//!
//! As the last `wrap` of the `App`, which makes it the outermost.
//!
//! | mounted with | preflights | 404 | 405 |
//! |---|---|---|---|
//! | `App::wrap(cors)`, last | all | yes | yes |
//! | `Scope::wrap(cors)` | all below the scope | there | there |
//! | `Resource::wrap(cors)` | of the resource, unless a guard such as `Get()` stands on it | | yes |
//! | `Route::wrap(cors)`, as in `web::get().to(handler).wrap(cors)` | **none: 405** | | no |
//!
//! `App::route` and `Scope::route` put a route's guard on the resource: only `App::wrap` and
//! `Scope::wrap` cover those.
//!
//! Errors returned by middleware inside get their headers when actix-web renders them. A
//! middleware outside that replaces such an error with one of its own loses them.
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
//! Moving from actix-cors: [setting by setting](migrate_from_actix_cors). Coming from
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

mod future;
mod headers;
mod middleware;
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
pub use future::CorsFuture;
pub use middleware::{Cors, CorsMiddleware};

/// [comparison]: guide::comparison
/// [operations]: guide::operations
///
#[cfg(doc)]
#[cfg_attr(not(doctest), doc = include_str!("../docs/migrate-from-actix-cors.md"))]
pub mod migrate_from_actix_cors {}
