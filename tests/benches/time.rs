//! The time and allocations of one request, the bare framework included, side by side:
//! `cargo bench -p tests --bench time [FILTER]`. Times are those of this machine, now; to compare
//! with others there are `instructions`.

#![expect(clippy::expect_used, reason = "a benchmark with wrong data has to end")]

#[expect(dead_code, reason = "each of those who share it uses a part")]
mod stacks;

use std::fmt;
use std::hint::black_box;

use cors_core::Policy;
use cors_core::adapter::RequestParts;
use divan::{AllocProfiler, Bencher};
use http::header::{
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN,
};
use stacks::scenario::{ONLY_OURS, Scenario, scenarios};
use stacks::{FRAMEWORKS, Framework, Middleware};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// A scenario in a framework under a middleware.
struct Case {
    framework: Framework,
    scenario: Scenario,
    middleware: Middleware,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.framework.name, self.scenario.name, self.middleware.name())
    }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for framework in FRAMEWORKS {
        for scenario in scenarios() {
            for middleware in Middleware::ALL {
                if !ONLY_OURS.contains(&scenario.name) || middleware != Middleware::Peer {
                    cases.push(Case { framework, scenario: scenario.clone(), middleware });
                }
            }
        }
    }
    cases
}

#[divan::bench(args = cases(), max_time = 0.1)]
fn request(bencher: Bencher<'_, '_>, case: &Case) {
    let mut bencher = Some(bencher);
    (case.framework.run)(case.middleware, &case.scenario, &mut |send| {
        if let Some(bencher) = bencher.take() {
            bencher.bench_local(send);
        }
    });
}

#[divan::bench(args = [1, 10, 100, 1000, 10_000, 100_000])]
fn decide_by_number_of_origins(bencher: Bencher<'_, '_>, count: usize) {
    let origins = (0..count).map(|index| format!("https://tenant-{index}.example.com"));
    let policy = Policy::builder().allow_origins(origins).build().expect("the policy is valid");
    let policy = policy.compile::<HeaderValue>();
    let origin = HeaderValue::from_static("https://tenant-0.example.com");
    let headers = HeaderMap::from_iter([(ORIGIN, origin)]);
    bencher.bench_local(|| policy.decide(&RequestParts::new("GET", black_box(&headers))));
}

/// So many names, of which the first is not allowed.
#[divan::bench(args = [1, 10, 100, 1000, 10_000, 100_000])]
fn decide_by_length_of_list(bencher: Bencher<'_, '_>, count: usize) {
    let policy = Policy::builder()
        .allow_origins(["https://app.example.com"])
        .allow_methods(["PUT"])
        .allow_headers(["authorization"])
        .build()
        .expect("the policy is valid")
        .compile::<HeaderValue>();
    let list = HeaderValue::try_from("x-a,".repeat(count)).expect("a value");
    let headers = HeaderMap::from_iter([
        (ORIGIN, HeaderValue::from_static("https://app.example.com")),
        (ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("PUT")),
        (ACCESS_CONTROL_REQUEST_HEADERS, list),
    ]);
    bencher.bench_local(|| policy.decide(&RequestParts::new("OPTIONS", black_box(&headers))));
}
