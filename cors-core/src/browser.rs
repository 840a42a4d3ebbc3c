//! What a browser makes of a policy: the sending side of the Fetch standard.

mod amendment;
mod request;
mod simulation;

pub use amendment::{Amendment, AmendmentError, Change};
pub use request::BrowserRequest;
pub use simulation::{Exchange, Simulation, Step, Verdict};
