//! What is suggested for a request lets it through.

use cors_core::Policy;
use cors_core::explain::BrowserRequest;
use proptest::collection::vec;
use proptest::prelude::*;

fn names(among: &'static [&'static str]) -> impl Strategy<Value = Vec<&'static str>> {
    prop_oneof![Just(vec!["*"]), vec(prop::sample::select(among), 0..4)]
}

proptest! {
    #[test]
    fn a_policy_with_the_changes_lets_the_request_through(
        origins in names(&["https://a.example", "https://*.b.example", "http://localhost:*"]),
        credentials: bool,
        methods in names(&["PUT", "PATCH"]),
        headers in names(&["authorization", "x-a"]),
        origin in prop::sample::select(vec!["https://a.example", "https://x.b.example", "null", "http://c.example"]),
        method in prop::sample::select(vec!["GET", "PUT", "patch", "*"]),
        sent in vec(prop::sample::select(vec!["authorization", "x-a", "x-b", "*"]), 0..3),
        asks: bool,
    ) {
        let policy = Policy::builder()
            .allow_origins(origins)
            .allow_credentials(credentials)
            .allow_methods(methods)
            .allow_headers(headers)
            .build();
        let Ok(policy) = policy else { return Ok(()) };
        let request = BrowserRequest::new(origin).method(method).credentials(asks);
        let request = sent.into_iter().fold(request, |request, name| request.header(name, "1"));
        match policy.suggest_changes(&request) {
            Ok(suggested_changes) => {
                let chapter = include_str!("../../docs/codes.md");
                for change in suggested_changes.changes() {
                    prop_assert!(chapter.contains(&format!("| `{}` |", change.code())), "{change:?}");
                }
                let is_allowed = policy.simulate(&request).is_allowed();
                prop_assert_eq!(is_allowed, suggested_changes.changes().is_empty());
                prop_assert!(suggested_changes.policy().simulate(&request).is_allowed());
            }
            Err(_) => prop_assert!(!policy.simulate(&request).is_allowed()),
        }
    }
}
