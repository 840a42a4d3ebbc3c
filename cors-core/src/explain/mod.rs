//! What a browser makes of a policy: the sending side of the Fetch standard.
//!
//! This room plays a browser's request against a policy, step by step, and names the change that
//! would allow it. It never takes part in serving requests. Start with `Policy::simulate` and
//! [`Simulation`].

mod amendment;
mod exchange;
mod nearest_miss;
mod request;
mod simulation;

pub use crate::origin::{OriginPattern, PatternError, PatternErrorKind};
pub use amendment::{Amendment, AmendmentError, Change};
pub use exchange::Exchange;
pub use nearest_miss::{NearestMiss, NearestMissKind};
pub use request::BrowserRequest;
pub use simulation::{Simulation, Step, Verdict};
