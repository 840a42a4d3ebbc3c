//! The decision about one request, in the order of the Fetch standard.
//!
//! This room turns a policy into prepared answers, and picks one of them for each request. It is
//! pure: it does no I/O, keeps no time and logs nothing. It never knows which policy is in force, or
//! who watches. Start with `CompiledPolicy::decide`.

mod answer;
mod compiled;
#[expect(clippy::module_inception, reason = "the file has the function of its name")]
mod decide;
mod decision;
mod enforce;
mod preflight;
mod refusal;
mod response_headers;
pub(crate) mod same_origin;
mod vary;

pub use compiled::CompiledPolicy;
pub(crate) use compiled::Surroundings;
pub use decide::is_preflight;
pub(crate) use decision::Reply;
pub use decision::{Decision, Question};
pub use refusal::Refusal;
pub use response_headers::ResponseHeaders;
