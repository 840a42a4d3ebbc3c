//! What a browser makes of a policy: the sending side of the Fetch standard.

mod amendment;
mod exchange;
mod request;
mod simulation;

pub use amendment::{Amendment, AmendmentError, Change};
pub use exchange::Exchange;
pub use request::BrowserRequest;
pub use simulation::{Simulation, Step, Verdict};
