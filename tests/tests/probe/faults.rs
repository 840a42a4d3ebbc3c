//! Services with one fault each, and without any.

use cors_core::Policy;
use libtest_mimic::{Failed, Trial};

use crate::fault::{Fault, Faults};
use crate::service;

pub(crate) const FAULTS: &str = include_str!("../../data/probe_faults.toml");

/// What `finds` says of a fault that nobody can see from outside.
const NOTHING: &str = "nothing";

pub(crate) fn trials() -> Vec<Trial> {
    let faults: Faults = toml::from_str(FAULTS).unwrap();
    let mut trials = vec![Trial::test("faults::most_are_found", move || {
        let seen = faults.fault.iter().filter(|fault| fault.finds != NOTHING).count();
        let all = faults.fault.len();
        assert!(all >= 40 && seen * 40 >= all * 38, "{seen} of {all}");
        Ok(())
    })];
    let faults: Faults = toml::from_str(FAULTS).unwrap();
    for (name, policy) in &faults.policies {
        let policy = Policy::try_from(policy.clone()).unwrap();
        let faultless = Fault::none();
        trials.push(Trial::test(format!("faults::none::{name}"), move || {
            nothing_is_found(&policy, faultless)
        }));
    }
    for fault in faults.fault {
        let policy = Policy::try_from(faults.policies[&fault.policy].clone()).unwrap();
        trials
            .push(Trial::test(format!("faults::{}", fault.name), move || is_found(&policy, fault)));
    }
    trials
}

fn nothing_is_found(policy: &Policy, faultless: Fault) -> Result<(), Failed> {
    let report = service::probe(policy, faultless)?;
    assert_eq!(service::lines(&report), [""; 0]);
    Ok(())
}

fn is_found(policy: &Policy, fault: Fault) -> Result<(), Failed> {
    let finds = fault.finds.clone();
    let report = service::probe(policy, fault)?;
    let lines = service::lines(&report);
    match finds.as_str() {
        NOTHING => assert_eq!(lines, [""; 0]),
        code => assert!(report.has(code), "{code}:\n{}", lines.join("\n")),
    }
    Ok(())
}
