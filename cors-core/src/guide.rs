//! What to do, and why it is so: the pages of `docs`.

// A link that is defined twice goes where it was defined first: here to items, in the pages, which
// are read as files too, to their source.

/// [deployment]: super::deployment
/// [operations]: super::operations
/// [`Observer`]: crate::Observer
/// [`Policy::simulate`]: crate::Policy::simulate
/// [`allow_credentials`]: crate::PolicyBuilder::allow_credentials
/// [`allow_headers`]: crate::PolicyBuilder::allow_headers
/// [`allow_methods`]: crate::PolicyBuilder::allow_methods
/// [`allow_origins`]: crate::PolicyBuilder::allow_origins
/// [`debug`]: crate::PolicyBuilder::debug
/// [`enforce_origins`]: crate::PolicyBuilder::enforce_origins
/// [`expose_headers`]: crate::PolicyBuilder::expose_headers
/// [`max_age`]: crate::PolicyBuilder::max_age
///
#[cfg_attr(not(doctest), doc = include_str!("../docs/troubleshooting.md"))]
pub mod troubleshooting {}

/// [operations]: super::operations
/// [troubleshooting]: super::troubleshooting
/// [`Policy::allows_credentials`]: crate::Policy::allows_credentials
/// [`enforce_origins`]: crate::PolicyBuilder::enforce_origins
/// [`is_preflight`]: crate::is_preflight
/// [`max_age`]: crate::PolicyBuilder::max_age
///
#[cfg_attr(not(doctest), doc = include_str!("../docs/deployment.md"))]
pub mod deployment {}

/// [`CompiledPolicy::decide`]: crate::CompiledPolicy::decide
/// [`Decision::apply`]: crate::Decision::apply
/// [`Deployment`]: crate::Deployment
/// [`Deployment::observe`]: crate::Deployment::observe
/// [`Observer`]: crate::Observer
/// [`Policy::allows_credentials`]: crate::Policy::allows_credentials
/// [`Policy::nearest_miss`]: crate::Policy::nearest_miss
/// [`Policy::simulate`]: crate::Policy::simulate
/// [`Refusal`]: crate::Refusal
/// [`is_preflight`]: crate::is_preflight
///
#[cfg_attr(not(doctest), doc = include_str!("../docs/operations.md"))]
pub mod operations {}

/// [design]: super::design
///
#[cfg_attr(not(doctest), doc = include_str!("../docs/comparison.md"))]
pub mod comparison {}

/// [`Headers`]: crate::Headers
/// [`HeadersMut`]: crate::HeadersMut
///
#[cfg_attr(not(doctest), doc = include_str!("../docs/design.md"))]
pub mod design {}
