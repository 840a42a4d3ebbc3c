//! What a browser makes of a policy or an application: the sending side of the Fetch standard.
//!
//! This room plays a browser's request against a policy, step by step, and names the change that
//! would allow it. It also tells what changes from one policy to another. It never takes part in
//! serving requests. Start with `Policy::simulate` and [`Verdict`], or with [`PolicyDiff`]; a
//! [`Fetch`] is the same browser over anything else that answers HTTP requests.

mod closest_pattern;
mod diff;
mod simulate;
mod suggested_changes;

pub use crate::browser::{
    Access, BrowserRequest, Cause, Exchange, Fetch, OutgoingRequest, PreflightCache, RedirectMode,
    Step, Verdict,
};
pub use crate::origin::OriginPattern;
pub use crate::policy::Severity;
pub use closest_pattern::{ClosestPattern, ClosestPatternKind};
pub use diff::{DiffError, NameSet, OriginChange, OriginSet, Permission, PolicyDiff};
pub use suggested_changes::{SuggestedChanges, SuggestionError};
