//! Requests about which there is nothing to decide.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use cors_core::{Deployed, Deployment, Policy, PolicyBuilder, ResponseHeaders};
use http::{HeaderMap, HeaderName, HeaderValue};

const APP: &str = "https://app.example";

fn lines(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    let line = |(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
    lines.iter().copied().map(line).collect()
}

fn listed() -> PolicyBuilder {
    Policy::builder().allow_origins([APP, "https://admin.example"]).allow_credentials(true)
}

fn deploy(policy: PolicyBuilder) -> Deployed<HeaderValue> {
    Deployment::new(policy.build().unwrap()).compile()
}

#[test]
fn without_an_origin_a_response_gets_vary_and_keeps_no_other_permission() {
    let deployed = deploy(listed());
    let none = HeaderMap::new();
    let headers = deployed.undecided("GET", &none).unwrap_err();
    for (of_the_service, expected) in [
        (lines(&[]), lines(&[("vary", "Origin")])),
        (lines(&[("access-control-allow-origin", "*")]), lines(&[("vary", "Origin")])),
        (lines(&[("vary", "Cookie, origin")]), lines(&[("vary", "Cookie, origin")])),
        (lines(&[("vary", "*")]), lines(&[("vary", "*")])),
        (lines(&[("vary", "Cookie")]), lines(&[("vary", "Cookie"), ("vary", "Origin")])),
    ] {
        let mut alone = of_the_service.clone();
        headers.apply(&mut alone);
        assert_eq!(alone, expected);

        let mut among_others = of_the_service;
        ResponseHeaders::from(headers).apply(&mut among_others);
        assert_eq!(among_others, expected);
    }
}

#[test]
fn whatever_depends_on_more_is_decided() {
    let is_decided = |policy: PolicyBuilder, method, headers: &HeaderMap| {
        deploy(policy).undecided(method, headers).is_ok()
    };
    assert!(is_decided(listed(), "GET", &lines(&[("origin", APP)])));
    assert!(is_decided(listed(), "GET", &lines(&[("origin", "")])));
    let tenants = listed().next_rule().allow_origins_at_run_time(true).vary_by(["host"]);
    let sole = Policy::builder().allow_origins([APP]);
    for policy in [Policy::any_origin(), sole, listed().enforce_origins(true), tenants] {
        assert!(is_decided(policy, "GET", &HeaderMap::new()));
    }
    // Its response names one more field in `Vary`.
    assert!(is_decided(listed(), "OPTIONS", &HeaderMap::new()));
}

#[test]
fn what_is_undecided_shows_its_policy() {
    let deployed = deploy(listed());
    let request = lines(&[("origin", APP)]);
    assert!(format!("{:?}", deployed.undecided("GET", &request).unwrap()).contains(APP));
}
