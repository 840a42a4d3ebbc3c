//! The decision about one request, in the order of the Fetch standard.
//!
//! This room turns a policy into prepared answers, and picks one of them for each request. It is
//! pure: it does no I/O, keeps no time, logs nothing and tells no observer. It never knows which
//! policy is in force, or who watches. Start with `CompiledPolicy::decide`.

mod answer;
mod compiled;
mod decision;
mod fixed_values;
mod preflight;
mod question;
mod refusal;
pub(crate) mod same_origin;
mod write;

pub use compiled::{CompiledPolicy, is_preflight};
pub(crate) use compiled::{Origins, PREFLIGHT_METHOD};
pub use decision::{Decision, ResponseHeaders, VaryOnly};
pub use question::Question;
pub use refusal::Refusal;
