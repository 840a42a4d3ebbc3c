//! Origins, patterns of origins, and the search for the pattern that matches an origin.
//!
//! This room knows how browsers write an origin, which patterns exist, which hosts anybody can
//! register, and what somebody probably meant by a text that is no pattern. It never knows what a
//! matching origin is allowed to do. Start with [`Origin`] and [`OriginPattern`]; `index` finds the
//! rule of an origin, and `suggestion` diagnoses texts that failed to parse.

mod diagnosis;
pub(crate) mod host;
mod host_pattern;
mod index;
mod label_index;
#[expect(clippy::module_inception, reason = "the file has the type of its name")]
pub(crate) mod origin;
mod own;
pub(crate) mod pattern;
mod pattern_error;
mod public_suffix;
pub(crate) mod punycode;
mod quoted;
pub(crate) mod risk;
mod scheme;
pub(crate) mod suggestion;
mod table;
mod wild_key;

pub(crate) use diagnosis::{Diagnosis, help};
pub(crate) use host::HostKind;
pub(crate) use host_pattern::HostPattern;
pub(crate) use index::{OriginIndex, RuleOrigins};
pub(crate) use label_index::LabelIndex;
pub use origin::Origin;
pub(crate) use own::{HostStanding, OwnOrigins};
pub use pattern::OriginPattern;
pub(crate) use pattern::PortPattern;
pub(crate) use pattern_error::PatternErrorKind;
pub(crate) use quoted::{Quoted, quoted};
pub(crate) use suggestion::Advice;
