//! What a simulation makes of settings that no browser knows of. That it does what browsers do,
//! the package `tests` checks against an oracle.

use cors_core::{BrowserRequest, Policy, Refusal, Verdict};

#[test]
fn an_enforced_refusal_never_reaches_the_service() {
    let builder = || Policy::builder().allow_origins(["https://a.example"]);
    let request = BrowserRequest::new("https://b.example").method("POST");
    for (enforces, verdict, status) in
        [(false, Verdict::BlockedAfterResponse, None), (true, Verdict::BlockedByService, Some(403))]
    {
        let policy = builder().enforce_origins(enforces).build().unwrap();
        let simulation = policy.simulate(&request);
        assert_eq!(simulation.verdict(), verdict);
        let actual = simulation.actual().unwrap();
        assert_eq!(actual.status(), status);
        assert_eq!(actual.refusal(), Some(Refusal::OriginNotAllowed));
    }
}

#[test]
fn a_request_can_be_one_that_the_application_allows() {
    let policy =
        Policy::builder().allow_origins_at_run_time(true).allow_methods(["PUT"]).build().unwrap();
    let request = BrowserRequest::new("https://tenant.example").method("PUT");
    assert!(!policy.simulate(&request).is_allowed());
    assert!(policy.simulate(&request.clone().allowed_at_run_time(true)).is_allowed());
    let other_method = request.method("DELETE").allowed_at_run_time(true);
    let simulation = policy.simulate(&other_method);
    assert_eq!(simulation.preflight().unwrap().refusal(), Some(Refusal::MethodNotAllowed));
}
