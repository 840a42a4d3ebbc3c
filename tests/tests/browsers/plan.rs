use std::sync::Arc;

use crate::scenario::{Scenario, Via};

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
        let plan = |via: &Via| {
            let (via, name) = (*via, &scenario.name);
            let prefix = format!("/{engine}-{name}-{}", via.name());
            Self { engine, scenario: scenario.clone(), via, prefix }
        };
        scenario.via.iter().map(plan).collect()
    }
}
