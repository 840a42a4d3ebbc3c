use std::sync::Arc;

use tests::adapters;

use crate::scenario::{Scenario, Via};

/// The engine that is not a browser.
pub(crate) const STANDARD: &str = "standard";

/// The service without a policy.
const RAW: &str = "raw";

/// A scenario to be played by one engine in one of the ways, with one framework. It has an
/// application of its own, so that nothing that a browser keeps can come from another.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) engine: &'static str,
    pub(crate) framework: &'static str,
    pub(crate) scenario: Arc<Scenario>,
    pub(crate) via: Via,
    /// The path of the application. Cookies are for a host, whatever the port.
    pub(crate) prefix: String,
}

impl Plan {
    /// Every way in which an engine plays a scenario, with every framework, or without a policy.
    pub(crate) fn all(engine: &'static str, scenario: &Arc<Scenario>) -> Vec<Self> {
        let frameworks: &[_] = match scenario.policy {
            Some(_) => &adapters::ALL.map(|adapter| adapter.name()),
            None => &[RAW],
        };
        let plan = |framework, via: Via| {
            let prefix = format!("/{engine}-{framework}-{}-{}", scenario.name, via.name());
            Self { engine, framework, scenario: scenario.clone(), via, prefix }
        };
        let plans = |via| frameworks.iter().map(move |framework| plan(framework, via));
        ways(engine, scenario).into_iter().flat_map(plans).collect()
    }

    /// The name of the trial.
    pub(crate) fn name(&self) -> String {
        let Self { engine, framework, scenario, via, .. } = self;
        match *engine {
            STANDARD => format!("{engine}::{framework}::{}", scenario.name),
            _ => format!("{engine}::{framework}::{}_by_{}", scenario.name, via.name()),
        }
    }
}

fn ways(engine: &str, scenario: &Scenario) -> Vec<Via> {
    if scenario.engines.as_ref().is_some_and(|engines| !engines.iter().any(|name| name == engine)) {
        return Vec::new();
    }
    if engine != STANDARD {
        return scenario.via.clone();
    }
    // It knows no difference between `fetch` and `XMLHttpRequest`, and nothing else.
    let mut ways = scenario.via.iter().copied();
    let way = ways.find(|via| matches!(via, Via::Fetch | Via::Xhr) && !scenario.http_cache);
    way.into_iter().collect()
}
