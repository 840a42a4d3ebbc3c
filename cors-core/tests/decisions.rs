//! What a decision says besides the headers that it writes.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use cors_core::{CompiledPolicy, Decision, Policy, is_preflight};
use http::{HeaderMap, HeaderName, HeaderValue};

fn policy() -> CompiledPolicy<HeaderValue> {
    Policy::builder().allow_origins(["https://a.example"]).build().unwrap().compile()
}

fn request(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    let line = |(name, value): &(&'static str, &'static str)| {
        (HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    lines.iter().map(line).collect()
}

#[test]
fn a_preflight_is_what_is_answered_as_one() {
    let origin = ("origin", "https://b.example");
    let method = ("access-control-request-method", "");
    for (sent, lines, expected) in [
        ("OPTIONS", &[origin, method][..], true),
        ("OPTIONS", &[origin], false),
        ("OPTIONS", &[method], false),
        ("OPTIONS", &[], false),
        ("options", &[origin, method], false),
        ("GET", &[origin, method], false),
    ] {
        let request = request(lines);
        assert_eq!(is_preflight(sent, &request), expected, "{sent} {request:?}");
        let decision = policy().decide(sent, &request);
        assert_eq!(matches!(decision, Decision::Respond(_)), expected, "{sent} {request:?}");
    }
}

#[test]
fn a_log_shows_the_policy_and_the_refusal() {
    let policy = policy();
    assert!(format!("{policy:?}").contains("https://a.example"), "{policy:?}");
    let decision = policy.decide("GET", &request(&[("origin", "https://b.example")]));
    assert!(format!("{decision:?}").contains("OriginNotAllowed"), "{decision:?}");
}
