//! What a browser makes of a policy: the sending side of the Fetch standard.
//!
//! This room plays a browser's request against a policy, step by step, and names the change that
//! would allow it. It never takes part in serving requests. Start with `Policy::simulate` and
//! [`Simulation`].

mod closest_pattern;
mod exchange;
mod request;
mod simulation;
mod suggested_changes;

pub use crate::origin::OriginPattern;
pub use crate::policy::Severity;
pub use closest_pattern::{ClosestPattern, ClosestPatternKind};
pub use exchange::Exchange;
pub use request::BrowserRequest;
pub use simulation::{Simulation, Step, Verdict};
pub use suggested_changes::{SuggestedChanges, SuggestionError};
