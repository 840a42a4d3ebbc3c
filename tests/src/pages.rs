//! One item for each page, whose code blocks are its documentation tests.

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

#[doc = include_str!("../../cors-core/docs/troubleshooting.md")]
pub struct Troubleshooting;

#[doc = include_str!("../../cors-axum/docs/migrate-from-tower-http.md")]
pub struct FromTowerHttp;

#[doc = include_str!("../../cors-actix/docs/migrate-from-actix-cors.md")]
pub struct FromActixCors;

#[doc = include_str!("../../cors-poem/docs/migrate-from-poem.md")]
pub struct FromPoem;

#[doc = include_str!("../../cors-salvo/docs/migrate-from-salvo-cors.md")]
pub struct FromSalvoCors;
