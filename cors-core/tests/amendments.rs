//! What to write into a policy so that a request gets through, word for word.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use cors_core::{AmendmentError, BrowserRequest, Policy, PolicyConfig};
use proptest::collection::vec;
use proptest::prelude::*;

const ONE: &str = r#"
    allow_origins = ["https://a.example"]
    allow_methods = ["PUT"]
    allow_headers = ["content-type"]
"#;

const SEVERAL: &str = r#"
    [[rules]]
    allow_origins = ["https://admin.example"]
    allow_credentials = true
    allow_methods = ["PUT"]

    [[rules]]
    allow_origins = ["https://shop.example"]
"#;

fn policy(toml: &str) -> Policy {
    toml::from_str::<PolicyConfig>(toml).unwrap().try_into().unwrap()
}

fn get(origin: &str) -> BrowserRequest {
    BrowserRequest::new(origin)
}

#[test]
fn what_a_request_lacks_is_listed_by_name() {
    let a = "https://a.example";
    for (toml, request, changes) in [
        (ONE, get(a).method("put").header("content-type", "application/json"), vec![]),
        (
            ONE,
            get(a).method("DELETE"),
            vec![
                r#"allow_methods: DELETE is not in the list; write allow_methods = ["PUT", "DELETE"]"#,
            ],
        ),
        (
            ONE,
            get("https://b.example").method("PATCH").header("X-B", "1").header("x-a", "1"),
            vec![
                r#"allow_origins: https://b.example is not in the list; write allow_origins = ["https://a.example", "https://b.example"]"#,
                r#"allow_methods: PATCH is not in the list; write allow_methods = ["PUT", "PATCH"]"#,
                r#"allow_headers: x-a, x-b are not in the list; write allow_headers = ["content-type", "x-a", "x-b"]"#,
            ],
        ),
        (
            r#"
            allow_origins = ["https://a.example"]
            allow_methods = ["PATCH"]
            "#,
            get(a).method("patch"),
            vec![
                r#"allow_methods: methods are case-sensitive, and the script sends patch; let it send PATCH, or allow both; write allow_methods = ["PATCH", "patch"]"#,
            ],
        ),
        (
            ONE,
            get(a).credentials(true),
            vec![
                "allow_credentials: the script asks for credentials; write allow_credentials = true",
            ],
        ),
        (
            r#"
            allow_origins = ["*"]
            allow_headers = ["*"]
            "#,
            get(a).header("authorization", "Bearer x"),
            vec![
                r#"allow_headers: * does not cover authorization; write allow_headers = ["*", "authorization"]"#,
            ],
        ),
        (
            r#"allow_origins = ["*"]"#,
            get(a).credentials(true),
            vec![
                r#"allow_origins: with credentials, origins are listed; give others a rule of their own after this one; write allow_origins = ["https://a.example"]"#,
                "allow_credentials: the script asks for credentials; write allow_credentials = true",
            ],
        ),
        (
            "allow_origins_at_run_time = true",
            get(a).method("PUT").allowed_at_run_time(true),
            vec![r#"allow_methods: PUT is not in the list; write allow_methods = ["PUT"]"#],
        ),
        (
            "allow_origins_at_run_time = true",
            get(a),
            vec![
                r#"allow_origins: https://a.example is not in the list; write allow_origins = ["https://a.example"]"#,
            ],
        ),
        // The last rule that suits, then simply the last.
        (
            SEVERAL,
            get("https://b.example"),
            vec![
                r#"rules[1].allow_origins: https://b.example is not in the list; write allow_origins = ["https://shop.example", "https://b.example"]"#,
            ],
        ),
        (
            SEVERAL,
            get("https://b.example").method("PUT"),
            vec![
                r#"rules[0].allow_origins: https://b.example is not in the list; write allow_origins = ["https://admin.example", "https://b.example"]"#,
            ],
        ),
        (
            SEVERAL,
            get("https://b.example").method("PURGE"),
            vec![
                r#"rules[1].allow_origins: https://b.example is not in the list; write allow_origins = ["https://shop.example", "https://b.example"]"#,
                r#"rules[1].allow_methods: PURGE is not in the list; write allow_methods = ["PURGE"]"#,
            ],
        ),
    ] {
        let amendment = policy(toml).amendment(&request).unwrap();
        let texts: Vec<_> = amendment.changes().iter().map(ToString::to_string).collect();
        assert_eq!(texts, changes, "{request:?}");
        for change in amendment.changes() {
            let key = change.path().rsplit('.').next().unwrap_or_default();
            assert!(change.line().parse::<toml::Table>().unwrap().contains_key(key), "{change}");
        }
    }
}

#[test]
fn what_no_setting_lets_through_is_explained() {
    let any_header = r#"
        allow_origins = ["https://a.example"]
        allow_credentials = true
        allow_headers = ["*"]
    "#;
    let a = || get("https://a.example");
    let many =
        (0..65).fold(a().credentials(true), |request, i| request.header(format!("x-{i}"), "1"));
    for (toml, request, error) in [
        (ONE, a().method("TRACE"), AmendmentError::Unsendable),
        (ONE, get("null"), AmendmentError::OpaqueOrigin),
        (r#"allow_origins = ["*"]"#, get("null").credentials(true), AmendmentError::OpaqueOrigin),
        (ONE, get("b.example"), AmendmentError::InvalidOrigin("b.example".into())),
        (ONE, a().method("*"), AmendmentError::Wildcard),
        (ONE, a().header("*", "1"), AmendmentError::Wildcard),
        (any_header, many, AmendmentError::TooMuch),
    ] {
        assert_eq!(policy(toml).amendment(&request), Err(error), "{request:?}");
    }
}

#[test]
fn a_change_that_makes_no_valid_policy_is_not_proposed() {
    let request = get("http://b.example").credentials(true);
    let error = policy(ONE).amendment(&request).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"allow_origins: http://b.example is not in the list; write allow_origins = ["https://a.example", "http://b.example"]
allow_credentials: the script asks for credentials; write allow_credentials = true
but then allow_origins[1] "http://b.example": without https, whoever controls the network can change the page and act with its user's credentials; write "https://b.example", or set dangerously_allow_insecure_origins_with_credentials to true"#
    );
}

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
        let request = get(origin).method(method).credentials(asks);
        let request = sent.into_iter().fold(request, |request, name| request.header(name, "1"));
        match policy.amendment(&request) {
            Ok(amendment) => {
                let is_allowed = policy.simulate(&request).is_allowed();
                prop_assert_eq!(is_allowed, amendment.changes().is_empty());
                prop_assert!(amendment.policy().simulate(&request).is_allowed());
            }
            Err(_) => prop_assert!(!policy.simulate(&request).is_allowed()),
        }
    }
}
