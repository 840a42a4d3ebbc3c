//! Services with faults, probed without their policies.

use cors_core::Policy;
use libtest_mimic::{Failed, Trial};

use crate::fault::{Fault, Faults};
use crate::faults::FAULTS;
use crate::service;

pub(crate) fn trials() -> Vec<Trial> {
    let faults: Faults = toml::from_str(FAULTS).unwrap();
    let mut trials = Vec::new();
    for (name, policy) in &faults.policies {
        let policy = Policy::try_from(policy.clone()).unwrap();
        trials.push(Trial::test(format!("audits::none::{name}"), move || {
            let report = service::audit(&policy, Fault::none())?;
            assert_eq!(service::lines(&report), [""; 0]);
            Ok(())
        }));
    }
    for fault in faults.fault.into_iter().filter(|fault| fault.audited.is_some()) {
        let policy = Policy::try_from(faults.policies[&fault.policy].clone()).unwrap();
        trials
            .push(Trial::test(format!("audits::{}", fault.name), move || is_found(&policy, fault)));
    }
    trials
}

fn is_found(policy: &Policy, fault: Fault) -> Result<(), Failed> {
    let code = fault.audited.clone().unwrap();
    let report = service::audit(policy, fault)?;
    assert!(report.has(&code), "{code}:\n{}", service::lines(&report).join("\n"));
    Ok(())
}
