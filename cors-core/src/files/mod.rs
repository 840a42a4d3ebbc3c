//! Policies as text: reading them from files, from the environment and through serde, watching a
//! file for changes, and taking a text that is offered.
//!
//! This room reads the three formats, each of which has a feature, and records what a parser found
//! that is no setting. It never decides what a setting means. Start with `load`; `config_serde`
//! reads a `document` from any serde format, which is a configuration with what was found besides
//! its settings. Our own files are read strictly. A `PolicyConfig` in another structure is read
//! leniently, as `reading` says.

#[cfg(test)]
mod config_schema;
#[cfg(feature = "serde")]
mod config_serde;
#[cfg(feature = "serde")]
mod config_value;
#[cfg(feature = "serde")]
mod document;
#[cfg(feature = "_files")]
mod error;
#[cfg(feature = "_files")]
mod file;
#[cfg(feature = "serde")]
mod findings;
#[cfg(feature = "_files")]
mod formats;
#[cfg(feature = "serde")]
mod keys;
#[cfg(feature = "_files")]
mod load;
#[cfg(feature = "_files")]
mod locate;
#[cfg(feature = "_files")]
mod named;
#[cfg(all(feature = "_files", feature = "reload"))]
mod offer;
#[cfg(feature = "_files")]
mod one_line;
#[cfg(feature = "serde")]
mod reading;
#[cfg(feature = "serde")]
mod setting_key;
#[cfg(feature = "watch")]
mod watch;

#[cfg(feature = "_files")]
pub use error::LoadError;
#[cfg(feature = "_files")]
pub use load::Policies;
#[cfg(all(feature = "_files", feature = "reload"))]
pub use offer::Offered;
#[cfg(feature = "watch")]
pub use watch::PolicyWatch;
