//! What holds for every source.

use libtest_mimic::Trial;

use crate::Source;
use crate::fleet::{Fleet, allowing, version};
use crate::wait::until;

type Scenario = fn(&mut dyn Source);

const SCENARIOS: [(&str, Scenario); 3] = [
    ("a_change_reaches_every_process", a_change_reaches_every_process),
    ("an_invalid_policy_reaches_no_process", an_invalid_policy_reaches_no_process),
    ("without_the_source_the_last_good_policy_stays", without_the_source),
];

/// A trial of each scenario, with a source of its own.
pub(crate) fn trials<S: Source + 'static>(
    kind: &str,
    start: fn() -> Result<S, String>,
) -> Vec<Trial> {
    let trial = |(name, scenario): (&str, Scenario)| {
        Trial::test(format!("{kind}::{name}"), move || {
            scenario(&mut start()?);
            Ok(())
        })
    };
    SCENARIOS.into_iter().map(trial).collect()
}

/// The names of the trials.
pub(crate) fn names(kind: &str) -> Vec<String> {
    SCENARIOS.iter().map(|(name, _)| format!("{kind}::{name}")).collect()
}

fn a_change_reaches_every_process(source: &mut dyn Source) {
    source.put(&allowing("a"));
    let fleet = Fleet::start(source.location(), &allowing("old"));
    for host in ["a", "b", "c", "b"] {
        source.put(&allowing(host));
        fleet.converges_on(&allowing(host));
        for service in fleet.services() {
            assert!(service.allows(host) && !service.allows("old"), "{}", service.framework);
            let (_, metrics) = service.get("/metrics", None);
            let version = version(&allowing(host));
            let is_counted = |labels: &str| {
                let sample = format!("cors_requests_total{{{labels},policy=\"{version}\"}} ");
                metrics.lines().any(|line| line.starts_with(&sample))
            };
            assert!(is_counted("outcome=\"allowed\",reason=\"\""), "{metrics}");
            assert!(is_counted("outcome=\"refused\",reason=\"origin_not_allowed\""), "{metrics}");
            assert!(!metrics.contains(".example"), "{metrics}");
        }
    }
}

fn an_invalid_policy_reaches_no_process(source: &mut dyn Source) {
    const REPORT: &str = "the old policy stays in force error=<offered policy>:1:18: allow_origins[0] \"https://bad.example/\": an origin has no path";

    source.put(&allowing("a"));
    let fleet = Fleet::start(source.location(), &allowing("old"));
    fleet.converges_on(&allowing("a"));
    source.put(&allowing("bad").replace(".example", ".example/"));
    for service in fleet.services() {
        until(service.framework, || (service.logged(REPORT) > 0).then_some(()));
    }
    source.repeat();
    fleet.converges_on(&allowing("a"));
    source.put(&allowing("b"));
    fleet.converges_on(&allowing("b"));
    for service in fleet.services() {
        assert_eq!(service.logged("stays in force"), 1, "{}", service.framework);
    }
}

fn without_the_source(source: &mut dyn Source) {
    const REPORT: &str = "the source is out of reach";

    source.put(&allowing("a"));
    let mut fleet = Fleet::start(source.location(), &allowing("old"));
    fleet.converges_on(&allowing("a"));
    source.stop();
    for service in fleet.services() {
        until(service.framework, || (service.logged(REPORT) > 0).then_some(()));
    }
    // A process that starts now has its file alone.
    fleet.restart_first();
    for service in fleet.services() {
        assert!(service.allows("a"), "{}", service.framework);
        until(service.framework, || (service.logged(REPORT) > 0).then_some(()));
    }
    source.start().expect("the source starts again");
    source.put(&allowing("b"));
    fleet.converges_on(&allowing("b"));
    for service in fleet.services() {
        assert_eq!(service.logged(REPORT), 1, "{}", service.framework);
    }
}
