use std::sync::Arc;

use cors_core::Policy;
use libtest_mimic::{Failed, Trial};

use crate::{Adapter, Answer, Case, Table, adapters};

/// Sends a case's request to its application under the policy; fails without a response.
type Send = dyn Fn(&'static dyn Adapter, &Case, Policy) -> Result<Answer, String>
    + Sync
    + std::marker::Send;

/// Every case through every adapter, named for both.
///
/// # Panics
///
/// If an adapter says that it does not support a case that is not there.
#[must_use]
pub fn trials(table: &Arc<Table>, send: &Arc<Send>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for adapter in adapters::ALL {
        for case in &table.cases {
            let (table, case, send) = (table.clone(), case.clone(), send.clone());
            let name = format!("{}::{}", adapter.name(), case.name);
            trials.push(Trial::test(name, move || run(adapter, &table, &case, &*send)));
        }
        for unsupported in adapter.unsupported() {
            let is_known = table.cases.iter().any(|case| case.name == unsupported.case);
            assert!(is_known, "{} names no case: {}", adapter.name(), unsupported.case);
        }
    }
    trials
}

fn run(
    adapter: &'static dyn Adapter,
    table: &Table,
    case: &Case,
    send: &Send,
) -> Result<(), Failed> {
    let unsupported = adapter.unsupported().iter().find(|listed| listed.case == case.name);
    let answer = match table.policy(case) {
        Ok(policy) => send(adapter, case, policy),
        Err(message) => Ok(Answer::PolicyError(message)),
    };
    let result = match (answer, unsupported) {
        (Err(_), Some(_)) => Ok(()),
        (Ok(_), Some(unsupported)) => Err(format!(
            "got a response, though this is listed as unsupported ({}): remove it there",
            unsupported.reason
        )),
        (Ok(answer), None) => case.check(&answer),
        (Err(error), None) => Err(format!("no response: {error}")),
    };
    result.map_err(|message| format!("{message}\nrequest {:?}\n{}", case.request, case.note).into())
}
