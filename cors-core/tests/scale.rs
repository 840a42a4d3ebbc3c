//! What large policies cost.

#![cfg(feature = "public-suffix")]
#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use cors_core::Policy;
use cors_core::adapter::RequestParts;
use http::{HeaderMap, HeaderValue, header};

/// Half of the origins have wildcards; `*.example.com` covers none.
fn policy(count: usize) -> Policy {
    let origins = (0..count / 2)
        .flat_map(|n| [format!("https://app.{n}x.example"), format!("https://*.{n}x.example:*")]);
    Policy::builder().allow_origins(origins).allow_credentials(true).build().unwrap()
}

/// Half of the origins have wildcards inside their first label, of many lengths together; there are
/// eight pairs of lengths for one of the domains.
fn policy_for_labels(count: usize) -> Policy {
    let own = (0..count / 2).flat_map(|n| {
        let start = "a".repeat(n % 30);
        [format!("https://app.{n}x.example"), format!("https://{start}*-b.{n}x.example")]
    });
    let of_one = (0..8).map(|n| format!("https://{}*-b.one.example:*", "a".repeat(n)));
    let origins = own.chain(of_one).chain(["moz-extension://*".into()]);
    Policy::builder().allow_origins(origins).build().unwrap()
}

/// The allocations of a decision on a request of this origin, or on its preflight, and whether it
/// is allowed.
fn decide(policy: &Policy, method: &str, origin: &'static str) -> (u64, bool) {
    let policy = policy.compile::<HeaderValue>();
    let request = HeaderMap::from_iter([
        (header::ORIGIN, HeaderValue::from_static(origin)),
        (header::ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("GET")),
    ]);
    let mut is_allowed = false;
    let allocations = allocation_counter::measure(|| {
        is_allowed = policy.decide(&RequestParts::new(method, &request)).refusal().is_none();
    });
    (allocations.count_total, is_allowed)
}

#[test]
fn a_decision_allocates_nothing_whatever_the_number_of_origins() {
    for count in [10, 100_000] {
        let policy = policy(count);
        for (origin, is_allowed) in [
            ("https://app.3x.example", true),
            ("https://a.b.c.3x.example:8443", true),
            ("https://3x.example", false),
            ("https://a.b.c.d.e.f.g.h.i.j.k.l.example", false),
            ("https://", false),
        ] {
            for method in ["GET", "OPTIONS"] {
                let decided = decide(&policy, method, origin);
                assert_eq!(decided, (0, is_allowed), "{method} {origin} among {count}");
            }
        }
    }
}

#[test]
fn wildcards_inside_labels_allocate_nothing_either() {
    for count in [10, 100_000] {
        let policy = policy_for_labels(count);
        for (origin, is_allowed) in [
            ("https://app.3x.example", true),
            ("https://aaa17-b.3x.example", true),
            ("https://aaaaaaaaaa-b.one.example:8443", true),
            ("https://17-c.one.example", false),
            ("https://a_-b.one.example", false),
            ("https://aaa17-b.evil.3x.example", false),
            ("moz-extension://8513C13E", true),
            ("https://", false),
        ] {
            for method in ["GET", "OPTIONS"] {
                let decided = decide(&policy, method, origin);
                assert_eq!(decided, (0, is_allowed), "{method} {origin} among {count}");
            }
        }
    }
}

/// Were this quadratic, it would not end.
#[test]
fn lints_of_100_000_origins_are_found() {
    let lints = policy(100_000).lints();
    // A pattern for any port covers the exact origin beside it.
    assert_eq!(lints.len(), 50_000);
    // `https://*-b.one.example:*` covers the other seven.
    assert_eq!(policy_for_labels(100_000).lints().len(), 7);
}

/// Nor this.
#[test]
fn codes_of_accepted_lints_are_not_compared_with_each_other() {
    let accepting = |code: &str, headers: Vec<&str>| {
        let builder = Policy::builder().allow_origins(["https://a.example"]);
        builder.allow_headers(headers).accept_lints(vec![code; 200_000]).build()
    };
    let policy = accepting("listen-address", vec!["x-a"; 200_000]).unwrap();
    // All codes but none of the repeated names are needless.
    assert_eq!(policy.lints().len(), 200_000 + 199_999);
    assert_eq!(accepting("cookies", Vec::new()).unwrap_err().count(), 200_000);
    let long = "é".repeat(8_000_000);
    let builder = Policy::builder().allow_origins(["https://a.example"]);
    assert_eq!(builder.accept_lints([long]).build().unwrap_err().count(), 1);
}
