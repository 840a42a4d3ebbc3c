//! What a decision says, and refuses, besides the headers that it writes.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use cors_core::adapter::{CompiledPolicy, Decision, RequestParts, is_preflight};
use cors_core::{Policy, Refusal};
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
        let decision = policy().decide(&RequestParts::new(sent, &request));
        assert_eq!(matches!(decision, Decision::Respond { .. }), expected, "{sent} {request:?}");
    }
}

#[test]
fn each_refusal_has_its_text() {
    for (refusal, text) in [
        (Refusal::OriginNotAllowed, "no rule allows this origin"),
        (Refusal::SeveralOrigins, "the request has several origins"),
        (Refusal::MethodNotAllowed, "the rule does not allow this method"),
        (Refusal::InvalidMethod, "the method asked for is not one that a script can use"),
        (Refusal::SeveralMethods, "the preflight asks for several methods"),
        (Refusal::HeaderNotAllowed, "the rule does not allow one of the headers asked for"),
        (Refusal::InvalidHeader, "one of the headers asked for has an invalid name"),
        (Refusal::TooManyHeaders, "the preflight asks for more headers than the rule allows"),
    ] {
        assert_eq!(refusal.to_string(), text);
    }
}

#[test]
fn a_log_shows_the_policy_and_the_refusal() {
    let policy = policy();
    assert!(format!("{policy:?}").contains("https://a.example"), "{policy:?}");
    let decision =
        policy.decide(&RequestParts::new("GET", &request(&[("origin", "https://b.example")])));
    assert!(format!("{decision:?}").contains("OriginNotAllowed"), "{decision:?}");
}

/// The refusal of a preflight that asks for this method and these lists of headers.
fn refusal(
    policy: &CompiledPolicy<HeaderValue>,
    method: &str,
    lists: &[String],
) -> Option<Refusal> {
    let mut request = request(&[("origin", "https://a.example")]);
    request.insert("access-control-request-method", HeaderValue::from_str(method).unwrap());
    for list in lists {
        request.append("access-control-request-headers", HeaderValue::from_str(list).unwrap());
    }
    policy.decide(&RequestParts::new("OPTIONS", &request)).refusal()
}

fn listed() -> CompiledPolicy<HeaderValue> {
    let policy = Policy::builder().allow_origins(["https://a.example"]).allow_methods(["PUT"]);
    policy.allow_headers(["x-a", "x-bb", "x-ccc"]).build().unwrap().compile()
}

fn mirrored() -> CompiledPolicy<HeaderValue> {
    let policy = Policy::builder().allow_origins(["https://a.example"]).allow_credentials(true);
    policy.allow_methods(["*"]).allow_headers(["*"]).build().unwrap().compile()
}

#[test]
fn a_refusal_tells_why() {
    for (policy, method, list, expected) in [
        (listed(), "PUT", "x-bb,X-A", None),
        (listed(), "DELETE", "", Some(Refusal::MethodNotAllowed)),
        (listed(), "put", "", Some(Refusal::MethodNotAllowed)),
        (listed(), "TRACE", "", Some(Refusal::MethodNotAllowed)),
        (listed(), "*", "", Some(Refusal::InvalidMethod)),
        (listed(), "P T", "", Some(Refusal::InvalidMethod)),
        (listed(), "", "", Some(Refusal::InvalidMethod)),
        (listed(), "PUT", "x-c", Some(Refusal::HeaderNotAllowed)),
        (listed(), "PUT", "x c", Some(Refusal::InvalidHeader)),
        (mirrored(), "DELETE", "x-c", None),
        (mirrored(), "TRACE", "", Some(Refusal::InvalidMethod)),
        (mirrored(), "*", "", Some(Refusal::InvalidMethod)),
        (mirrored(), "P T", "", Some(Refusal::InvalidMethod)),
        (mirrored(), "PUT", "*", Some(Refusal::InvalidHeader)),
        (mirrored(), "PUT", "x c", Some(Refusal::InvalidHeader)),
    ] {
        assert_eq!(refusal(&policy, method, &[list.into()]), expected, "{method} {list}");
    }
}

#[test]
fn what_a_preflight_may_ask_for_has_a_bound() {
    let padded = |name: &str, len: usize| vec![format!("{name:len$}")];
    let repeated = |name: &str, times: usize| vec![vec![name; times].join(",")];
    for (policy, most, too_many) in [
        // Twice the bytes of the list, each name with its comma, and some room.
        (listed(), padded("x-a", 2 * 15 + 1024), padded("x-a", 2 * 15 + 1025)),
        (listed(), repeated("x-a", 2 * 3 + 32), repeated("x-a", 2 * 3 + 33)),
        (listed(), repeated("", 16), repeated("", 17)),
        (listed(), vec![String::new(); 16], vec![String::new(); 17]),
        (mirrored(), padded("x-a", 4096), padded("x-a", 4097)),
        (mirrored(), repeated("x-a", 64), repeated("x-a", 65)),
        (mirrored(), repeated("", 16), repeated("", 17)),
        (mirrored(), vec!["x".repeat(2048); 2], vec!["x".repeat(2049); 2]),
    ] {
        assert_eq!(refusal(&policy, "PUT", &most), None, "{most:?}");
        assert_eq!(
            refusal(&policy, "PUT", &too_many),
            Some(Refusal::TooManyHeaders),
            "{too_many:?}"
        );
    }
    assert_eq!(refusal(&mirrored(), &"A".repeat(64), &[]), None);
    assert_eq!(refusal(&mirrored(), &"A".repeat(65), &[]), Some(Refusal::InvalidMethod));
}
