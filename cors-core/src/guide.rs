//! The chapters of the documentation:
//!
//! | chapter | about |
//! |---|---|
//! | [`troubleshooting`] | from a message in the browser's console, or what you see, to its causes and fixes |
//! | [`deployment`] | the order of layers, authentication, proxies, Kubernetes, caches and CDNs, WebSockets |
//! | [`operations`] | a policy in a settings struct, change a policy without a restart, decide on origins at run time, see why, see what a change permits, try another policy, refuse requests |
//! | [`recipes`] | policies for an MCP server, browser extensions, Tauri, Capacitor, Electron, VS Code, preview deployments, and a phone in the local network |
//! | [`from_express`] | for people who know the middleware of Express, Koa or Hono: option by option, and two servers step by step |
//! | [`enforcement`] | protection against cross-site request forgery (CSRF) and DNS rebinding: what `enforce_origins` and `own_origins` stop, case by case, and what other guards do |
//! | [`codes`] | what each code of an error, a warning or a suggested change means |
//! | [`comparison`] | this library and others |
//! | [`design`] | why it is built this way |
//!
//! The repository has three more: which tests show that the library is correct, what it does in
//! real browsers, and what a request costs.

// A link that is defined twice goes where it was defined first. Rustdoc sees the definitions here
// first, which lead to items. A reader of the files sees only those of the files, which lead to
// other files.

/// [deployment]: self::deployment
/// [operations]: self::operations
/// [recipes]: self::recipes
/// [`Observer`]: crate::Observer
/// [`Policy::simulate`]: crate::Policy::simulate
/// [`Policy::suggest_changes`]: crate::Policy::suggest_changes
/// [`allow_credentials`]: crate::PolicyBuilder::allow_credentials
/// [`allow_headers`]: crate::PolicyBuilder::allow_headers
/// [`allow_methods`]: crate::PolicyBuilder::allow_methods
/// [`allow_origins`]: crate::PolicyBuilder::allow_origins
/// [`enforce_origins`]: crate::PolicyBuilder::enforce_origins
/// [`expose_headers`]: crate::PolicyBuilder::expose_headers
/// [`max_age`]: crate::PolicyBuilder::max_age
/// [`own_origins`]: crate::PolicyBuilder::own_origins
///
#[cfg_attr(not(doctest), doc = include_str!("../docs/troubleshooting.md"))]
pub mod troubleshooting {}

/// [operations]: self::operations
/// [stops]: self::enforcement#what-it-stops
/// [troubleshooting]: self::troubleshooting
/// [`Deployment::report_only`]: crate::Deployment::report_only
/// [`Policy::allows_credentials`]: crate::Policy::allows_credentials
/// [`Policy::version`]: crate::Policy::version
/// [`allow_origins_by_predicate`]: crate::PolicyBuilder::allow_origins_by_predicate
/// [`enforce_origins`]: crate::PolicyBuilder::enforce_origins
/// [`own_origins`]: crate::PolicyBuilder::own_origins
/// [`is_preflight`]: crate::adapter::is_preflight
/// [`max_age`]: crate::PolicyBuilder::max_age
///
#[cfg_attr(not(doctest), doc = include_str!("../docs/deployment.md"))]
pub mod deployment {}

/// [design]: self::design#what-can-a-pattern-be
/// [local-network]: self::troubleshooting#local-network-access
/// [operations]: self::operations#decide-on-origins-at-run-time
/// [other-names]: self::deployment#who-calls-a-service-by-another-name
/// [troubleshooting]: self::troubleshooting#it-fails-in-development-only
/// [`enforce_origins`]: crate::PolicyBuilder::enforce_origins
/// [`own_origins`]: crate::PolicyBuilder::own_origins
///
#[cfg_attr(not(doctest), doc = include_str!("../docs/recipes.md"))]
pub mod recipes {}

/// [troubleshooting]: self::troubleshooting
/// [`OriginPredicate`]: crate::OriginPredicate
///
#[cfg_attr(not(doctest), doc = include_str!("../docs/from-express.md"))]
pub mod from_express {}

/// [operations]: self::operations#stop-requests-at-the-door
/// [recipes]: self::recipes
/// [`Policy::allows_credentials`]: crate::Policy::allows_credentials
/// [`Policy::lints`]: crate::Policy::lints
/// [`enforce_origins`]: crate::PolicyBuilder::enforce_origins
/// [`own_origins`]: crate::PolicyBuilder::own_origins
///
#[cfg_attr(not(doctest), doc = include_str!("../docs/enforcement.md"))]
pub mod enforcement {}

#[cfg_attr(not(doctest), doc = include_str!("../docs/codes.md"))]
pub mod codes {}

/// [many-machines]: self::deployment#many-machines
/// [enforcement]: self::enforcement
/// [other-names]: self::deployment#who-calls-a-service-by-another-name
/// [stops]: self::enforcement#what-it-stops
/// [`CompiledPolicy::decide`]: crate::adapter::CompiledPolicy::decide
/// [`ResponseHeaders::apply`]: crate::adapter::ResponseHeaders::apply
/// [`Deployment`]: crate::Deployment
/// [`Deployment::observe`]: crate::Deployment::observe
/// [`Observer`]: crate::Observer
/// [`Origin::ip`]: crate::Origin::ip
/// [`ObservedRequest::host`]: crate::ObservedRequest::host
/// [`ObservedRequest::policy_version`]: crate::ObservedRequest::policy_version
/// [`Policy::lints`]: crate::Policy::lints
/// [`Policy::closest_pattern`]: crate::Policy::closest_pattern
/// [`PolicyDiff`]: crate::explain::PolicyDiff
/// [`Policy::simulate`]: crate::Policy::simulate
/// [`Policy::version`]: crate::Policy::version
/// [`Refusal`]: crate::Refusal
/// [`is_preflight`]: crate::adapter::is_preflight
///
#[cfg_attr(not(doctest), doc = include_str!("../docs/operations.md"))]
pub mod operations {}

/// [design]: self::design
/// [guards]: self::enforcement#compared-with-tower_httpcsrf-and-gos-crossoriginprotection
/// [troubleshooting]: self::troubleshooting
///
#[cfg_attr(not(doctest), doc = include_str!("../docs/comparison.md"))]
pub mod comparison {}

/// [correctness]: self
/// [`Headers`]: crate::adapter::Headers
/// [`HeadersMut`]: crate::adapter::HeadersMut
///
#[cfg_attr(not(doctest), doc = include_str!("../docs/design.md"))]
pub mod design {}
