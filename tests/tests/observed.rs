//! With a candidate policy beside the one in force, every case is answered as before, in every
//! framework; and every framework's observer is told the same.

use std::collections::BTreeSet;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use cors_core::{Deployment, ObservedRequest, Observer, Outcome, Policy, Refusal};
use tests::{Adapter, Answer, Behaviour, Case, Head, Protocol, Table, adapters, header_lines};

/// Notes what it is told.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Notes {
    fn note(&self, note: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }
}

impl Observer for Notes {
    fn allowed(&self, request: &ObservedRequest<'_>) {
        self.note(format!("allowed {request:?}"));
    }

    fn refused(&self, request: &ObservedRequest<'_>, refusal: Refusal) {
        self.note(format!("refused {request:?}: {refusal}"));
    }

    fn differed(&self, request: &ObservedRequest<'_>, in_force: &Outcome, candidate: &Outcome) {
        self.note(format!("differed {request:?}: {in_force} | {candidate}"));
    }

    fn failed(&self, request: &ObservedRequest<'_>, error: &(dyn Error + 'static)) {
        self.note(format!("failed {request:?}: {error}"));
    }
}

/// The answer to a case, and what its observer was told; `None` if the connection would break.
fn send(
    adapter: &dyn Adapter,
    case: &Case,
    policy: &Policy,
    candidate: &Policy,
) -> Option<(Answer, Vec<String>)> {
    let notes = Arc::new(Notes::default());
    let (mut mount, probe) = case.mount(String::new(), policy.clone());
    mount.deployment =
        Deployment::new(policy.clone()).report_only(candidate.clone()).observe(notes.clone());
    probe.see_head();
    let request = case.request.to_http().ok()?;
    let response = catch_unwind(AssertUnwindSafe(|| adapter.send(mount, request))).ok()?;
    let headers = header_lines(response.headers());
    let head = Head { status: response.status().as_u16(), headers };
    let body = response.into_body().to_vec();
    let (reached, asked) = (probe.is_reached(), probe.times_asked());
    let told = std::mem::take(&mut *notes.0.lock().unwrap_or_else(PoisonError::into_inner));
    Some((Answer::Response { head, body, reached, asked }, told))
}

#[test]
fn a_candidate_changes_no_answer_and_all_observers_are_told_the_same() {
    let candidate = Policy::any_origin().allow_methods(["*"]).build();
    let candidate = candidate.expect("the policy is valid");
    let table = Table::load();
    let mut kinds = BTreeSet::new();
    for case in &table.cases {
        let Ok(policy) = table.policy(case) else { continue };
        let mut told_to_first = None;
        for adapter in adapters::ALL {
            let (answer, told) = send(adapter, case, &policy, &candidate).unzip();
            let answer = answer.ok_or_else(|| "panicked".into());
            let result = tests::check(adapter, case, Protocol::Http1, answer);
            assert_eq!(result, Ok(()), "{}::{}", adapter.name(), case.name);
            let Some(told) = told.filter(|_| is_seen_alike(adapter, case)) else { continue };
            kinds.extend(told.iter().filter_map(|note| note.split(' ').next()).map(String::from));
            let first = told_to_first.get_or_insert_with(|| told.clone());
            assert_eq!(&told, first, "{}::{}", adapter.name(), case.name);
        }
    }
    let kinds: Vec<_> = kinds.iter().map(String::as_str).collect();
    assert_eq!(kinds, ["allowed", "differed", "failed", "refused"]);
}

/// Whether the framework passes on what the others do.
fn is_seen_alike(adapter: &dyn Adapter, case: &Case) -> bool {
    let is_unsupported = adapter.unsupported().iter().any(|listed| listed.case == case.name);
    // Of two of Rocket's fairings only the first governs a request.
    let is_told_twice = case.twice;
    // Rocket's observer is told the method that is routed, the others' the method that was sent.
    let is_told_otherwise = case.behaviour == Behaviour::MethodOverride;
    // Rocket's observer is told the host in `Host`, the others' the host in the target.
    let is_for_another_host = case.request.split_target().is_some_and(|(site, _)| {
        !case.request.headers.iter().any(|(name, host)| name == "host" && site.ends_with(host))
    });
    !is_unsupported
        && !is_for_another_host
        && !is_told_twice
        && !is_told_otherwise
        && case.request.to_http().is_ok_and(|request| {
            let headers = request.headers();
            adapter.limits().kept(headers.clone()) == *headers
        })
}
