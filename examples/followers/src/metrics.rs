use std::error::Error;

use cors_core::{ObservedRequest, Observer, Outcome, Refusal};
use metrics::counter;

/// Counts requests, for the crate `metrics`: by outcome, reason of a refusal, and version of the policy.
///
/// No label is what a request says, such as its origin, because anybody could make up new ones without end.
/// There are as many versions as policies were put in force.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "it has no state")]
pub struct Counts;

impl Observer for Counts {
    fn allowed(&self, request: &ObservedRequest<'_>) {
        count("allowed", "", request);
    }

    fn refused(&self, request: &ObservedRequest<'_>, refusal: Refusal) {
        count("refused", refusal.as_str(), request);
    }

    fn differed(&self, request: &ObservedRequest<'_>, _: &Outcome, _: &Outcome) {
        counter!("cors_candidate_differences_total", "policy" => version(request)).increment(1);
    }

    fn failed(&self, request: &ObservedRequest<'_>, _: &(dyn Error + 'static)) {
        counter!("cors_predicate_failures_total", "policy" => version(request)).increment(1);
    }
}

fn count(outcome: &'static str, reason: &'static str, request: &ObservedRequest<'_>) {
    let policy = version(request);
    let labels = [("outcome", outcome.into()), ("reason", reason.into()), ("policy", policy)];
    counter!("cors_requests_total", &labels).increment(1);
}

fn version(request: &ObservedRequest<'_>) -> String {
    request.policy_version().to_string()
}
