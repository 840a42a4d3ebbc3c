use std::sync::Arc;

use crate::scenario::{Scenario, Via};

/// The engine that is not a browser.
pub(crate) const STANDARD: &str = "standard";

/// A scenario to be played by one engine, in one of the ways. It has an application of its own, so
/// that nothing that a browser keeps can come from another.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) engine: &'static str,
    pub(crate) scenario: Arc<Scenario>,
    pub(crate) via: Via,
    /// The path of the application.
    pub(crate) prefix: String,
}

impl Plan {
    /// Every way of playing a scenario.
    pub(crate) fn all(engine: &'static str, scenario: &Arc<Scenario>) -> Vec<Self> {
        let plan = |via: Via| {
            let prefix = format!("/{engine}-{}-{}", scenario.name, via.name());
            Self { engine, scenario: scenario.clone(), via, prefix }
        };
        let is_expressible =
            |via: Via| matches!(via, Via::Fetch | Via::Xhr) && !scenario.http_cache;
        let ways = scenario.via.iter().copied();
        if engine == STANDARD {
            // It knows no difference between the two.
            ways.filter(|via| is_expressible(*via)).take(1).map(plan).collect()
        } else {
            ways.map(plan).collect()
        }
    }
}
