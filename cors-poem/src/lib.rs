//! CORS for poem, from a [`Policy`] that can be shared with other frameworks.
//!
//! ```
//! use cors_poem::{Cors, Policy};
//! use poem::{EndpointExt, Route, get, handler};
//!
//! #[handler]
//! fn hello() -> &'static str {
//!     "hello"
//! }
//!
//! let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
//! let app = Route::new().at("/", get(hello)).with(Cors::new(policy)); // last, and on the route
//! # Ok::<(), cors_poem::PolicyErrors>(())
//! ```
//!
//! # Where to mount it
//!
//! Last, on the outermost `Route`.
//!
//! | mounted with | preflights | 404 | 405 |
//! |---|---|---|---|
//! | `Route::new()….with(cors)` | all | yes | yes |
//! | such a route nested in another | all below, but of paths that are not valid UTF-8 | there | there |
//! | `get(handler).with(cors)` | yes | | yes |
//! | `get(handler.with(cors))` | **none: 405** | | no |
//!
//! What answers by itself belongs inside, before `.with(cors)`: authentication, `CatchPanic`,
//! `NormalizePath`, `ForceHttps`, timeouts. So does `catch_error`: outside, it sees no error,
//! because an error has to become a response to carry headers.
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
//! Moving from poem's own middleware: [setting by setting](migrate_from_poem). Coming from
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

mod endpoint;
mod future;
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
pub use endpoint::{Cors, CorsEndpoint};

/// [comparison]: guide::comparison
/// [operations]: guide::operations
///
#[cfg(doc)]
#[cfg_attr(not(doctest), doc = include_str!("../docs/migrate-from-poem.md"))]
pub mod migrate_from_poem {}
