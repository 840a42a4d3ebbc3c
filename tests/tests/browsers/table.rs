use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::engine;
use crate::plan::STANDARD;
use crate::scenario::{Difference, Scenario};
use crate::vectors;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    scenario: Vec<Scenario>,
}

/// What engines do otherwise than the oracle's tables say: by a scenario's name, then by theirs.
type Differences = BTreeMap<String, BTreeMap<String, Difference>>;

/// All scenarios.
///
/// # Panics
///
/// If the data is wrong.
pub(crate) fn load() -> Vec<Arc<Scenario>> {
    let written = [
        ("scenarios.toml", include_str!("../../data/browsers/scenarios.toml")),
        ("hosts.toml", include_str!("../../data/browsers/hosts.toml")),
        ("raw.toml", include_str!("../../data/browsers/raw.toml")),
        ("wpt.toml", include_str!("../../data/browsers/wpt.toml")),
    ];
    let written = written.into_iter().map(|(file, text)| read::<Table>(file, text).scenario);
    let vectors = with_differences(vectors::scenarios());
    let mut scenarios: Vec<_> = written.flatten().chain(vectors).collect();
    check(&scenarios);
    scenarios.sort_by(|one, other| one.name.cmp(&other.name));
    scenarios.into_iter().map(Arc::new).collect()
}

fn with_differences(mut scenarios: Vec<Scenario>) -> Vec<Scenario> {
    let differences: Differences =
        read("differences.toml", include_str!("../../data/browsers/differences.toml"));
    for (name, differences) in differences {
        let mut named = scenarios.iter_mut().filter(|scenario| scenario.name == name);
        let scenario = named.next();
        let step = scenario.and_then(|scenario| scenario.step.first_mut());
        step.unwrap_or_else(|| panic!("no scenario has this name: {name:?}")).differs = differences;
    }
    scenarios
}

fn check(scenarios: &[Scenario]) {
    let mut names: Vec<_> = scenarios.iter().map(|scenario| &scenario.name).collect();
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|pair| pair.first() == pair.last()) {
        panic!("two scenarios have one name: {pair:?}");
    }
    for Scenario { name, step, engines, .. } in scenarios {
        for engine in engines.iter().flatten() {
            let is_known =
                engine == STANDARD || engine::ALL.iter().any(|known| known.name == engine);
            assert!(is_known, "{name}: no such engine: {engine:?}");
        }
        for step in step {
            for (engine, difference) in &step.differs {
                let is_known = engine::ALL.iter().any(|known| engine.starts_with(known.name));
                assert!(is_known, "{name}: no such engine: {engine:?}");
                assert!(difference.expect != step.expect, "{name}: {engine} does not differ");
            }
        }
    }
}

fn read<T: DeserializeOwned>(file: &str, text: &str) -> T {
    toml::from_str(text).unwrap_or_else(|error| panic!("data/browsers/{file}: {error}"))
}
