//! Who is kept from a service, and by what. The whole table is in the package `tests`.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use cors_core::adapter::{CompiledPolicy, Decision, RequestParts};
use cors_core::{Policy, Refusal};
use http::{HeaderMap, HeaderName, HeaderValue};

fn policy(enforces: bool) -> CompiledPolicy<HeaderValue> {
    let policy = Policy::builder().allow_origins(["https://app.example"]);
    policy.enforce_origins(enforces).build().unwrap().compile()
}

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    lines.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

/// Why a request is kept from the service, if it is.
fn kept(enforces: bool, method: &str, lines: &[(&'static str, &str)]) -> Option<Refusal> {
    match policy(enforces).decide(&RequestParts::new(method, &headers(lines))) {
        Decision::Forward(_) => None,
        Decision::Respond { status, headers } => {
            assert_eq!(status, 403);
            headers.refusal()
        }
        Decision::Ask(question) => unreachable!("{question:?}"),
    }
}

#[test]
fn only_a_policy_that_enforces_keeps_requests() {
    let other = ("origin", "https://evil.example");
    assert_eq!(kept(false, "POST", &[other]), None);
    assert_eq!(kept(true, "POST", &[other]), Some(Refusal::OriginNotAllowed));
    assert_eq!(kept(true, "GET", &[other]), Some(Refusal::OriginNotAllowed));
    assert_eq!(kept(true, "POST", &[("origin", "https://app.example")]), None);
    assert_eq!(kept(true, "POST", &[other, other]), Some(Refusal::SeveralOrigins));
    for own in [("sec-fetch-site", "same-origin"), ("host", "evil.example")] {
        assert_eq!(kept(true, "POST", &[other, own]), None);
    }
}

#[test]
fn of_several_hosts_none_counts_beside_the_target() {
    let origin = ("origin", "https://api.example");
    let hosts = [origin, ("host", "api.example"), ("host", "api.example")];
    assert_eq!(kept(true, "POST", &hosts), Some(Refusal::OriginNotAllowed));
    let headers = headers(&hosts);
    for (authority, passes) in [("api.example", true), ("evil.example", false)] {
        let request =
            RequestParts { authority: Some(authority), ..RequestParts::new("POST", &headers) };
        let decision = policy(true).decide(&request);
        assert_eq!(matches!(decision, Decision::Forward(_)), passes, "{authority}");
    }
}

#[test]
fn what_arrived_over_https_is_of_no_page_at_http() {
    let host = ("host", "api.example");
    for (page, scheme, more, passes) in [
        ("http://api.example", None, None, true),
        ("http://api.example", Some("http"), None, true),
        ("http://api.example", Some("https"), None, false),
        // The browser knows the scheme of both.
        ("http://api.example", Some("https"), Some(("sec-fetch-site", "same-origin")), true),
        ("https://api.example", Some("https"), None, true),
        // A proxy may have terminated TLS.
        ("https://api.example", Some("http"), None, true),
    ] {
        let lines: Vec<_> = [("origin", page), host].into_iter().chain(more).collect();
        let headers = headers(&lines);
        let decision =
            policy(true).decide(&RequestParts { scheme, ..RequestParts::new("GET", &headers) });
        assert_eq!(matches!(decision, Decision::Forward(_)), passes, "{page} {scheme:?} {more:?}");
    }
}

#[test]
fn without_an_origin_only_a_browser_can_tell() {
    let elsewhere = ("sec-fetch-site", "cross-site");
    for (method, lines, refusal) in [
        ("GET", &[][..], None),
        ("POST", &[], None),
        ("GET", &[elsewhere], None),
        ("HEAD", &[elsewhere], None),
        ("OPTIONS", &[elsewhere], None),
        ("POST", &[("sec-fetch-site", "same-origin")], None),
        ("POST", &[elsewhere], Some(Refusal::OriginMissing)),
    ] {
        assert_eq!(kept(true, method, lines), refusal, "{method} {lines:?}");
        assert_eq!(kept(false, method, lines), None, "{method} {lines:?}");
    }
}

#[test]
fn without_enforcement_no_request_without_an_origin_is_refused_anything() {
    let request = HeaderMap::from_iter([(
        HeaderName::from_static("sec-fetch-site"),
        HeaderValue::from_static("cross-site"),
    )]);
    for policy in [policy(false), Policy::any_origin().build().unwrap().compile()] {
        assert_eq!(policy.decide(&RequestParts::new("POST", &request)).refusal(), None);
    }
}

#[test]
fn a_policy_says_as_data_that_it_enforces() {
    assert!(policy(true).policy().to_config().enforce_origins);
    assert!(!policy(false).policy().to_config().enforce_origins);
}
