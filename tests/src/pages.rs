//! One item for each page, whose code blocks are its documentation tests. The guides for moving from
//! other middleware show files of `tests/migrations` instead.

#[doc = include_str!("../../README.md")]
pub struct Readme;

#[doc = include_str!("../../CONTRIBUTING.md")]
pub struct Contributing;

#[doc = include_str!("../../SECURITY.md")]
pub struct Security;

#[doc = include_str!("../../cors-core/docs/browsers.md")]
pub struct Browsers;

#[doc = include_str!("../../cors-core/docs/comparison.md")]
pub struct Comparison;

#[doc = include_str!("../../cors-core/docs/correctness.md")]
pub struct Correctness;

#[doc = include_str!("../../cors-core/docs/deployment.md")]
pub struct Deployment;

#[doc = include_str!("../../cors-core/docs/design.md")]
pub struct Design;

#[doc = include_str!("../../cors-core/docs/operations.md")]
pub struct Operations;

#[doc = include_str!("../../cors-core/docs/performance.md")]
pub struct Performance;

#[doc = include_str!("../../cors-core/docs/recipes.md")]
pub struct Recipes;

#[doc = include_str!("../../cors-core/docs/troubleshooting.md")]
pub struct Troubleshooting;
