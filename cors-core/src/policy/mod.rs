//! What a person can say: the settings of a policy, their validation, and what is wrong with them.
//!
//! This room knows every setting, checks all of them at once, and words the errors and warnings. It
//! never sees a request, and never reads a file. Start with [`Policy`] and [`PolicyConfig`];
//! `validate` turns the second into the first.
//!
//! A setting is a field of a configuration with a row in a table, both in `config`; a method of
//! `builder`; and code where it acts. Files and the schema follow the
//! table, and tests hold the README against it.

mod builder;
#[cfg(all(test, feature = "public-suffix"))]
mod codes;
mod config;
mod diagnostic;
#[cfg(feature = "serde")]
mod diagnostic_serde;
mod error;
mod error_kind;
mod errors;
mod format;
mod lint;
mod linter;
mod list;
pub(crate) mod names;
#[expect(clippy::module_inception, reason = "the file has the type of its name")]
mod policy;
mod policy_linter;
mod presets;
mod rule;
mod setting;
pub(crate) mod setting_path;
pub(crate) mod validate;
pub(crate) mod variable;
mod version;

pub use builder::PolicyBuilder;
#[cfg(feature = "serde")]
pub(crate) use config::{POLICIES, POLICY_SETTINGS, RULE_SETTINGS, RULES};
pub use config::{PolicyConfig, RuleConfig};
pub use diagnostic::{Diagnostic, Severity};
#[cfg(feature = "serde")]
pub(crate) use error::PolicyError;
#[cfg(feature = "serde")]
pub(crate) use error_kind::PolicyErrorKind;
#[cfg(feature = "serde")]
pub(crate) use errors::ErrorList;
#[cfg(any(feature = "serde", feature = "tracing"))]
pub(crate) use errors::MOST_REPORTED;
pub use errors::PolicyErrors;
pub use format::PolicyFormat;
#[cfg(feature = "tracing")]
pub(crate) use lint::OWN_ORIGINS_MISSING;
pub use list::{IntoList, ToText};
pub(crate) use names::{NameList, Names};
pub use policy::Policy;
pub(crate) use rule::Rule;
pub(crate) use setting::SettingValue;
#[cfg(feature = "serde")]
pub(crate) use setting::{Field, Setting};
pub use version::PolicyVersion;
