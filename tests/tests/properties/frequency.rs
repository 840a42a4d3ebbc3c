//! The alphabets are small enough: every kind of outcome is frequent.

use std::collections::BTreeMap;

use cors_core::explain::{OriginPattern, PolicyDiff};
use http::HeaderValue;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use tests::oracle::{Browser, NetworkError, Outcome, PreflightFailure};

use crate::diffs::pairs;
use crate::policies::samples;
use crate::requests::{page_requests, raw_requests};
use crate::server::{answer, serve};

const PAIRS: usize = 2000;

fn sample<S: Strategy>(strategy: S) -> impl Iterator<Item = S::Value> {
    let mut runner = TestRunner::deterministic();
    let values = std::iter::repeat_with(move || strategy.new_tree(&mut runner));
    values.flatten().map(|tree| tree.current()).take(PAIRS)
}

fn require(counts: &BTreeMap<String, usize>, least: &[(&str, usize)]) {
    for (kind, least) in least {
        let count = counts.get(*kind).copied().unwrap_or(0);
        assert!(count >= *least, "{kind}: {counts:#?}");
    }
}

#[test]
fn pages_meet_every_outcome() {
    let mut counts = BTreeMap::new();
    for (sample, request) in sample((samples(), page_requests())) {
        let policy = sample.policy.compile::<HeaderValue>();
        let verdict =
            Browser::default().fetch(&request.to_fetch(), &mut serve(&policy, &Vec::new()));
        let kind = match &verdict.outcome {
            Outcome::Throws => "throws".into(),
            Outcome::NetworkError(NetworkError::Preflight(failure)) => match failure {
                PreflightFailure::Header(_) => "a header is refused".into(),
                failure => format!("preflight: {failure:?}"),
            },
            Outcome::NetworkError(error) => format!("{error:?}"),
            Outcome::Response { .. } if verdict.has_preflight() => "allowed by preflight".into(),
            Outcome::Response { .. } => "allowed".into(),
        };
        *counts.entry(kind).or_insert(0) += 1;
    }
    require(
        &counts,
        &[
            ("throws", 20),
            ("allowed", 50),
            ("allowed by preflight", 150),
            ("preflight: CorsCheck", 400),
            ("preflight: Method", 50),
            ("preflight: Authorization", 2),
            ("a header is refused", 10),
            ("CorsCheck", 50),
        ],
    );
}

#[test]
fn anybody_meets_every_refusal() {
    let mut counts = BTreeMap::new();
    for (sample, request) in sample((samples(), raw_requests())) {
        let policy = sample.policy.compile::<HeaderValue>();
        let answer = answer(&policy, request.method, &request.to_headers(), 200, &Vec::new());
        let kind = if answer.is_preflight { "preflight" } else { "actual" };
        *counts.entry(format!("{kind}: {:?}", answer.refusal)).or_insert(0) += 1;
    }
    require(
        &counts,
        &[
            ("actual: None", 300),
            ("actual: Some(OriginNotAllowed)", 100),
            ("actual: Some(SeveralOrigins)", 10),
            ("preflight: None", 80),
            ("preflight: Some(OriginNotAllowed)", 100),
            ("preflight: Some(SeveralOrigins)", 10),
            ("preflight: Some(MethodNotAllowed)", 50),
            ("preflight: Some(InvalidMethod)", 20),
            ("preflight: Some(SeveralMethods)", 10),
            ("preflight: Some(HeaderNotAllowed)", 20),
            ("preflight: Some(InvalidHeader)", 2),
            ("preflight: Some(TooManyHeaders)", 10),
        ],
    );
}

#[test]
fn policies_differ_in_every_way() {
    let mut counts = BTreeMap::new();
    for (old, new) in sample(pairs()).take(400) {
        let diff = PolicyDiff::between(&old, &new).expect("these are few");
        let mut count = |kind: &str| *counts.entry(kind.to_owned()).or_insert(0) += 1;
        if diff.is_empty() {
            count("none");
        }
        for change in diff.changes() {
            let sets = change.origins();
            for permission in change.gained().iter().chain(change.lost()) {
                let kind = format!("{permission:?}");
                count(kind.split('(').next().unwrap_or_default());
            }
            if change.max_age().is_some() {
                count("max_age");
            }
            for set in sets {
                let has_label = set.pattern().contains('*') && !set.pattern().contains("://*");
                let is_narrow = |pattern: &OriginPattern| pattern.as_str().contains('*');
                match set.except().iter().any(is_narrow) {
                    true if has_label => count("label with patterns as exceptions"),
                    true => count("patterns as exceptions"),
                    false if set.except().is_empty() => count("no exceptions"),
                    false => count("origins as exceptions"),
                }
            }
        }
    }
    require(
        &counts,
        &[
            ("none", 1),
            ("Access", 200),
            ("AccessByPredicate", 20),
            ("AccessWithoutPredicate", 20),
            ("Credentials", 100),
            ("Methods", 200),
            ("RequestHeaders", 200),
            ("ExposedHeaders", 200),
            ("CrossOriginRequests", 50),
            ("SameOriginRequests", 20),
            ("max_age", 100),
            ("no exceptions", 200),
            ("origins as exceptions", 50),
            ("patterns as exceptions", 50),
            ("label with patterns as exceptions", 50),
        ],
    );
}
