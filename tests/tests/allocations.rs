//! How often a request allocates: never to decide, and in an adapter no more often than to insert
//! the same headers by hand, but for Rocket's. Counted, not timed.

#![expect(clippy::expect_used, reason = "a test with wrong data has failed")]

#[expect(dead_code, reason = "each of those who share it uses a part")]
#[path = "../benches/stacks/mod.rs"]
mod stacks;

use std::sync::Arc;
use std::time::Duration;

use allocation_counter::measure;
use cors_core::adapter::{CompiledPolicy, RequestParts, ResponseHeaders};
use cors_core::{Deployment, Observer, Policy, PolicyHandle};
use http::{HeaderMap, HeaderName, HeaderValue};
use stacks::scenario::{Scenario, scenarios};
use stacks::{FRAMEWORKS, Framework, Middleware};

const REQUESTS: u64 = 100;

/// Allocations of so many requests.
fn by_requests(framework: Framework, middleware: Middleware, scenario: &Scenario) -> u64 {
    let mut allocations = 0;
    (framework.run)(middleware, scenario, &mut |send| {
        // The first requests fill pools and thread-locals.
        (0..5).for_each(|_| send());
        allocations = measure(|| (0..REQUESTS).for_each(|_| send())).count_total;
    });
    allocations
}

#[test]
fn an_adapter_allocates_no_more_than_inserting_the_headers_does() {
    for framework in FRAMEWORKS {
        for scenario in scenarios() {
            let [ours, floor] = [Middleware::Ours, Middleware::Floor]
                .map(|middleware| by_requests(framework, middleware, &scenario));
            let more = REQUESTS * (mirrored(&scenario) + copied(framework, &scenario));
            let name = format!("{} {}", framework.name, scenario.name);
            assert!(ours <= floor + more, "{name}: {ours}, by hand {floor}");
        }
    }
}

/// How many allocations a request may need for what is mirrored.
fn mirrored(scenario: &Scenario) -> u64 {
    match scenario.name {
        // What is mirrored is boxed.
        "preflight_mirrored" => 1,
        // So are the value and its count of references.
        "preflight_mirrored_anew" => 3,
        _ => 0,
    }
}

/// Rocket keeps header values as text, so the adapter copies lines to a list and back, and Rocket
/// routes a request again that a route forwards.
fn copied(framework: Framework, scenario: &Scenario) -> u64 {
    match (framework.name, scenario.method) {
        ("rocket", "OPTIONS") => 24,
        ("rocket", _) => 20,
        _ => 0,
    }
}

fn policy(origin: &str, credentials: bool, headers: &str) -> CompiledPolicy<HeaderValue> {
    Policy::builder()
        .allow_origins([origin])
        .allow_credentials(credentials)
        .allow_methods(["PUT"])
        .allow_headers([headers])
        .max_age(Duration::from_secs(600))
        .build()
        .expect("the policy is valid")
        .compile()
}

fn request(headers: &[(&'static str, &str)]) -> HeaderMap {
    let value = |value| HeaderValue::from_str(value).expect("a value");
    let headers = headers.iter();
    headers.map(|(name, text)| (HeaderName::from_static(name), value(text))).collect()
}

fn decide(policy: &CompiledPolicy<HeaderValue>, method: &str, headers: &HeaderMap) -> u64 {
    // The first clone of a value that no server read allocates its reference count.
    drop(policy.decide(&RequestParts::new(method, headers)));
    measure(|| drop(policy.decide(&RequestParts::new(method, headers)))).count_total
}

#[test]
fn deciding_allocates_nothing() {
    let long_list = "x-a,".repeat(100_000);
    let origin = ("origin", "https://a.example.com");
    let put = ("access-control-request-method", "PUT");
    for pattern in
        ["https://a.example.com", "https://*.example.com", "https://*.example.com:*", "*"]
    {
        let policy = policy(pattern, false, "x-a");
        for (method, headers) in [
            ("GET", request(&[])),
            ("GET", request(&[origin])),
            ("GET", request(&[("origin", "https://b.example")])),
            ("GET", request(&[("origin", "null")])),
            ("OPTIONS", request(&[origin])),
            ("OPTIONS", request(&[origin, put])),
            ("OPTIONS", request(&[origin, put, ("access-control-request-headers", "x-a")])),
            ("OPTIONS", request(&[origin, put, ("access-control-request-headers", "x-b")])),
            ("OPTIONS", request(&[origin, put, ("access-control-request-headers", &long_list)])),
            ("OPTIONS", request(&[origin, ("access-control-request-method", "PATCH")])),
        ] {
            assert_eq!(decide(&policy, method, &headers), 0, "{pattern} {method} {headers:.60?}");
        }
    }
}

/// Neither a handle nor an observer.
#[test]
fn what_stands_around_a_policy_allocates_nothing() {
    struct Nobody;
    impl Observer for Nobody {}

    let policy = policy("https://a.example.com", true, "x-a").policy().clone();
    let handle = PolicyHandle::new(policy.clone());
    for deployment in [
        Deployment::from(policy.clone()),
        Deployment::from(&handle),
        Deployment::new(&handle).observe(Arc::new(Nobody)),
    ] {
        let deployed = deployment.compile::<HeaderValue>();
        for headers in [
            request(&[]),
            request(&[("origin", "https://a.example.com")]),
            request(&[("origin", "https://b.example")]),
            request(&[("origin", "https://b.example"), ("sec-fetch-site", "same-origin")]),
            request(&[("origin", "https://b.example"), ("host", "b.example")]),
        ] {
            let decide = || drop(deployed.decide(&RequestParts::new("POST", &headers)));
            decide();
            assert_eq!(measure(decide).count_total, 0, "{deployment:?} {headers:?}");
        }
    }
}

#[test]
fn repeating_headers_allocates_a_box_and_what_browsers_would_have_sent_otherwise() {
    let policy = policy("https://a.example.com", true, "*");
    let asks = |list| {
        request(&[
            ("origin", "https://a.example.com"),
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", list),
        ])
    };
    assert_eq!(decide(&policy, "OPTIONS", &asks("x-a,x-b")), 1);
    assert_eq!(decide(&policy, "OPTIONS", &asks("X-A, x-b")), 2);
}

/// A policy, an answer and one value: more moves with every request, and is boxed with it.
#[test]
fn what_a_request_carries_is_small() {
    assert!(size_of::<ResponseHeaders<HeaderValue>>() <= size_of::<HeaderValue>() + 16);
}

#[test]
fn a_policy_takes_at_most_three_times_the_memory_of_its_origins() {
    let origins: Vec<_> =
        (0..100_000).map(|index| format!("https://tenant-{index}.customers.example.com")).collect();
    let strings: usize = origins.iter().map(String::len).sum();
    for pattern in ["https://tenant-", "https://*.tenant-"] {
        let patterns = origins.iter().map(|origin| origin.replacen("https://tenant-", pattern, 1));
        let mut policy = None;
        let allocated = measure(|| {
            policy = Some(Policy::builder().allow_origins(patterns).build().expect("it is valid"));
        });
        let kept = usize::try_from(allocated.bytes_current).expect("the policy is kept");
        assert!(kept <= 3 * strings, "{kept} bytes for {strings} of {pattern}");
    }
}
