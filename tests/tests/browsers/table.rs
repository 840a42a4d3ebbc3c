use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;

use crate::scenario::Scenario;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    scenario: Vec<Scenario>,
}

/// All scenarios.
///
/// # Panics
///
/// If the data is wrong.
#[expect(clippy::panic, reason = "wrong data ends the tests")]
pub(crate) fn load() -> Vec<Arc<Scenario>> {
    let tables = [("scenarios.toml", include_str!("../../data/browsers/scenarios.toml"))];
    let read = |(file, text)| -> Table {
        toml::from_str(text).unwrap_or_else(|error| panic!("data/browsers/{file}: {error}"))
    };
    let scenarios: Vec<_> =
        tables.into_iter().map(read).flat_map(|table| table.scenario).map(Arc::new).collect();
    let mut names = BTreeSet::new();
    for Scenario { name, step, .. } in scenarios.iter().map(AsRef::as_ref) {
        assert!(names.insert(name), "two scenarios have one name: {name:?}");
        for step in step {
            for (engine, difference) in &step.differs {
                assert!(difference.expect != step.expect, "{name}: {engine} does not differ");
            }
        }
    }
    scenarios
}
