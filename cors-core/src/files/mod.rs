//! Policies as text: reading them from files, from the environment and through serde, and watching
//! a file for changes.
//!
//! This room reads the three formats, and records what a parser found that is no setting. It never
//! decides what a setting means. Start with `load`; `config_serde` reads a `document` from any serde
//! format, which is a configuration with what was found besides its settings.

#[cfg(test)]
mod config_schema;
#[cfg(feature = "serde")]
mod config_serde;
#[cfg(feature = "serde")]
mod config_value;
#[cfg(feature = "serde")]
mod document;
#[cfg(feature = "files")]
mod error;
#[cfg(feature = "files")]
mod file;
#[cfg(feature = "serde")]
mod findings;
#[cfg(feature = "files")]
mod format;
#[cfg(feature = "serde")]
mod keys;
#[cfg(feature = "files")]
mod load;
#[cfg(feature = "files")]
mod locate;
#[cfg(feature = "files")]
mod named;
#[cfg(feature = "files")]
mod one_line;
#[cfg(feature = "serde")]
mod setting_key;
#[cfg(feature = "files")]
mod syntax;
#[cfg(feature = "watch")]
mod watch;

#[cfg(feature = "files")]
pub use error::LoadError;
#[cfg(feature = "files")]
pub use load::Policies;
#[cfg(feature = "watch")]
pub use watch::PolicyWatch;
