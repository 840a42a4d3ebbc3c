//! What a browser makes of a script's request before it is sent.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use cors_core::Policy;
use cors_core::explain::{Access, BrowserRequest};

/// The headers that a preflight asks for; `None` if there is no preflight.
fn asked_for(request: &BrowserRequest) -> Option<String> {
    let policy = Policy::any_origin().allow_methods(["*"]).allow_headers(["*"]).build().unwrap();
    let verdict = policy.simulate(request);
    assert_ne!(verdict.access(), Access::Unsendable, "{request:?}");
    let headers = verdict.preflight()?.request_headers();
    let list = headers.iter().find(|(name, _)| *name == "access-control-request-headers");
    Some(list.map(|(_, names)| names.clone()).unwrap_or_default())
}

fn with(headers: &[(&str, &str)]) -> BrowserRequest {
    headers.iter().fold(BrowserRequest::new("https://a.example"), |request, (name, value)| {
        request.header(*name, *value)
    })
}

#[test]
fn what_no_script_can_send() {
    let policy = Policy::any_origin().build().unwrap();
    for (request, expected) in [
        (with(&[("x-a", "1")]), true),
        (with(&[("x-a", "\n 1\r\n")]), true),
        (with(&[("x a", "1")]), false),
        (with(&[("", "1")]), false),
        (with(&[("x-a", "1\n2")]), false),
        (with(&[("x-a", "1\r2")]), false),
        (with(&[("x-a", "1\x002")]), false),
        (with(&[("x-a", "\u{100}")]), false),
        (with(&[]).method("x y"), false),
        (with(&[]).method("Trace"), false),
        (with(&[]).method("chicken"), true),
    ] {
        let is_sendable = policy.simulate(&request).access() != Access::Unsendable;
        assert_eq!(is_sendable, expected, "{request:?}");
    }
}

#[test]
fn what_takes_a_preflight() {
    let [safe, long] = [128, 129].map(|length| "a".repeat(length));
    for (headers, expected) in [
        (&[][..], None),
        (&[("X-B", "1"), ("x-a", "1"), ("x-b", "2")], Some("x-a,x-b")),
        // What scripts cannot set is left out.
        (&[("Cookie", "a"), ("sec-x", "a"), ("proxy-x", "a")], None),
        (&[("x-http-method-override", "TRACE")], None),
        (&[("X-HTTP-Method", "put, track")], None),
        (&[("x-method-override", "\"a, TRACE\"")], Some("x-method-override")),
        (&[("x-http-method-override", "PUT")], Some("x-http-method-override")),
        (&[("x-other", "TRACE")], Some("x-other")),
        (&[("accept", &safe)], None),
        (&[("accept", &long)], Some("accept")),
        (&[("accept", "a\tb")], None),
        (&[("accept", "a\u{1}b")], Some("accept")),
        (&[("accept", "a\u{7f}b")], Some("accept")),
        (&[("accept", "a b~")], None),
        (&[("content-language", "de, en;q=0.9*")], None),
        (&[("content-language", "de_DE")], Some("content-language")),
        (&[("content-type", "text/plain; charset=\"x\"")], Some("content-type")),
        (&[("range", "bytes=1-1")], None),
        (&[("range", "bytes=2-10")], None),
        (&[("range", "bytes=10-2")], Some("range")),
        (&[("range", "bytes=-")], Some("range")),
        (&[("range", "bytes=1-a")], Some("range")),
        (&[("range", "bytes=a-1")], Some("range")),
    ] {
        assert_eq!(asked_for(&with(headers)).as_deref(), expected, "{headers:?}");
    }
}

/// Safelisted headers need permission once they have more than 1024 bytes together, those counted
/// that the browser adds: 17 here, of which a script's own `accept` replaces 3.
#[test]
fn many_safelisted_bytes_take_a_preflight() {
    let accepts = |last: usize| {
        let value = "a".repeat(128);
        let mut request = BrowserRequest::new("https://a.example");
        for _ in 0..7 {
            request = request.header("accept", value.as_str());
        }
        request.header("accept", "a".repeat(last))
    };
    assert_eq!(asked_for(&accepts(1024 - 14 - 7 * 128)), None);
    assert_eq!(asked_for(&accepts(1025 - 14 - 7 * 128)).as_deref(), Some("accept,accept-language"));
}
