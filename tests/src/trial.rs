use std::sync::Arc;

use cors_core::Policy;
use libtest_mimic::{Failed, Trial};

use crate::{Adapter, Answer, Case, Instead, Protocol, Table, Unsupported, adapters};

/// Sends a case's request to its application under the policy; fails without a response.
type Send = dyn Fn(&'static dyn Adapter, &Case, Policy) -> Result<Answer, String>
    + Sync
    + std::marker::Send;

/// Every case of a table, or of a part of it, through every adapter, named for both.
///
/// # Panics
///
/// If an adapter says that it does not support a case that is not there.
#[must_use]
pub fn trials(table: &Arc<Table>, over: Protocol, send: &Arc<Send>) -> Vec<Trial> {
    let mut trials = Vec::new();
    let known: Vec<_> = Table::load().cases.into_iter().map(|case| case.name).collect();
    for adapter in adapters::ALL {
        for case in &table.cases {
            let (table, case, send) = (table.clone(), case.clone(), send.clone());
            let name = format!("{}::{}", adapter.name(), case.name);
            trials.push(Trial::test(name, move || run(adapter, &table, &case, over, &*send)));
        }
        for unsupported in adapter.unsupported() {
            let is_known = known.iter().any(|case| case == unsupported.case);
            assert!(is_known, "{} names no case: {}", adapter.name(), unsupported.case);
        }
    }
    trials
}

fn run(
    adapter: &'static dyn Adapter,
    table: &Table,
    case: &Case,
    over: Protocol,
    send: &Send,
) -> Result<(), Failed> {
    let answer = match table.policy(case) {
        Ok(policy) => send(adapter, case, policy),
        Err(message) => Ok(Answer::PolicyError(message)),
    };
    let result = check(adapter, case, over, answer);
    result.map_err(|message| format!("{message}\nrequest {:?}\n{}", case.request, case.note).into())
}

/// Whether what came of a case is what has to come of it in a framework.
///
/// # Errors
///
/// Says what differs.
pub fn check(
    adapter: &dyn Adapter,
    case: &Case,
    over: Protocol,
    answer: Result<Answer, String>,
) -> Result<(), String> {
    let is_this = |listed: &&Unsupported| listed.case == case.name && listed.over.contains(&over);
    match adapter.unsupported().iter().find(is_this) {
        None => answer.map_err(no_response).and_then(|answer| case.check(&answer)),
        Some(unsupported) => check_unsupported(unsupported, case, answer),
    }
}

fn check_unsupported(
    unsupported: &Unsupported,
    case: &Case,
    answer: Result<Answer, String>,
) -> Result<(), String> {
    let Unsupported { instead, reason, .. } = unsupported;
    let answer = match (answer, instead) {
        (Err(_), Instead::Nothing | Instead::Other(_)) => return Ok(()),
        (Err(error), Instead::Status(_)) => return Err(no_response(error)),
        (Ok(answer), _) => answer,
    };
    if case.check(&answer).is_ok() {
        return Err(format!("is met, though listed as unsupported ({reason}): remove it there"));
    }
    match (instead, &answer) {
        (Instead::Status(status), _) => case.with_status(*status).check(&answer),
        (Instead::Other(status), Answer::Response { head, .. }) if head.status == *status => Ok(()),
        _ => Err(format!("got {answer:?} instead of {instead:?} ({reason})")),
    }
}

fn no_response(error: String) -> String {
    format!("no response: {error}")
}
