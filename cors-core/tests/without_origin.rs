//! The headers that a response gets if the request has no origin.

use cors_core::Policy;
use cors_core::adapter::{Decision, RequestParts};
use http::{HeaderMap, HeaderName, HeaderValue};

const APP: &str = "https://app.example";

fn lines(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    let line = |(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
    lines.iter().copied().map(line).collect()
}

#[test]
fn without_an_origin_a_response_gets_vary_and_keeps_no_other_permission() {
    let policy = Policy::builder().allow_origins([APP, "https://admin.example"]).build().unwrap();
    let none = HeaderMap::new();
    let decision = policy.compile::<HeaderValue>().decide(&RequestParts::new("GET", &none));
    let Decision::Forward(headers) = decision else { panic!("{decision:?}") };
    for (of_the_service, expected) in [
        (lines(&[]), lines(&[("vary", "Origin")])),
        (lines(&[("access-control-allow-origin", "*")]), lines(&[("vary", "Origin")])),
        (lines(&[("vary", "Cookie, origin")]), lines(&[("vary", "Cookie, origin")])),
        (lines(&[("vary", "*")]), lines(&[("vary", "*")])),
        (lines(&[("vary", "Cookie")]), lines(&[("vary", "Cookie"), ("vary", "Origin")])),
    ] {
        let mut response = of_the_service;
        headers.apply(&mut response);
        assert_eq!(response, expected);
    }
}
