//! What to write into a policy so that a request gets through, word for word.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use cors_core::explain::{BrowserRequest, SuggestionError};
use cors_core::{Policy, PolicyConfig, PolicyFormat};

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
        // A host that is allowed over https.
        (
            ONE,
            get("http://a.example"),
            vec![
                r#"allow_origins: the page is loaded over http, and a.example is allowed over https; serve the page over https, or write allow_origins = ["https://a.example", "http://a.example"]"#,
            ],
        ),
        (
            r#"allow_origins = ["https://localhost"]"#,
            get("http://localhost"),
            vec![
                r#"allow_origins: http://localhost is not in the list; write allow_origins = ["https://localhost", "http://localhost"]"#,
            ],
        ),
        (
            "allow_origins_by_predicate = true",
            get(a).method("PUT").allowed_by_predicate(true),
            vec![r#"allow_methods: PUT is not in the list; write allow_methods = ["PUT"]"#],
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
        let suggested_changes = policy(toml).suggest_changes(&request).unwrap();
        let texts: Vec<_> = suggested_changes.changes().iter().map(ToString::to_string).collect();
        assert_eq!(texts, changes, "{request:?}");
        for change in suggested_changes.changes() {
            let key = change.path().rsplit('.').next().unwrap_or_default();
            assert!(
                change.suggestion().unwrap().parse::<toml::Table>().unwrap().contains_key(key),
                "{change}"
            );
        }
    }
}

/// The origins of the other pages stay allowed.
#[test]
fn a_page_with_credentials_gets_a_rule_before_the_public_one() {
    let public = r#"
        allow_origins = ["*"]
        allow_headers = ["*", "authorization"]
        expose_headers = ["*"]
        max_age = 600
    "#;
    let request = get("https://a.example").credentials(true).method("PUT").header("x-a", "1");
    let suggested_changes = policy(public).suggest_changes(&request).unwrap();
    assert_eq!(
        suggested_changes.to_string(),
        r#"rules: with credentials, * counts neither as an origin nor as a header to expose; https://a.example gets a rule of its own before it, to which you add the expose_headers that its pages read; write
[[rules]]
allow_origins = ["https://a.example"]
allow_credentials = true
allow_methods = ["PUT"]
allow_headers = ["*"]
max_age = 600

[[rules]]
allow_origins = ["*"]
allow_headers = ["*", "authorization"]
expose_headers = ["*"]
max_age = 600"#
    );
    let change = &suggested_changes.changes()[0];
    assert_eq!(policy(change.suggestion().unwrap()), *suggested_changes.policy());
    assert!(suggested_changes.policy().simulate(&get("https://b.example")).is_allowed());

    let several = r#"
        [[rules]]
        allow_origins = ["https://admin.example"]
        allow_credentials = true

        [[rules]]
        allow_origins = ["*"]
    "#;
    let policy = policy(several);
    let request = get("https://a.example").credentials(true);
    let rules = |text: &str| text.split_once("write\n").unwrap().1.to_owned();
    for (format, name, expected) in [
        (
            PolicyFormat::Toml,
            Some("w b"),
            r#"[[policies."w b".rules]]
allow_origins = ["https://admin.example"]
allow_credentials = true

[[policies."w b".rules]]
allow_origins = ["https://a.example"]
allow_credentials = true

[[policies."w b".rules]]
allow_origins = ["*"]"#,
        ),
        (
            PolicyFormat::Json,
            None,
            r#""rules": [
  { "allow_origins": ["https://admin.example"], "allow_credentials": true },
  { "allow_origins": ["https://a.example"], "allow_credentials": true },
  { "allow_origins": ["*"] }
]"#,
        ),
        (
            PolicyFormat::Yaml,
            None,
            r#"rules:
  - allow_origins: ["https://admin.example"]
    allow_credentials: true
  - allow_origins: ["https://a.example"]
    allow_credentials: true
  - allow_origins: ["*"]"#,
        ),
    ] {
        let written = policy.suggest_changes_in_file(&request, format, name).unwrap().to_string();
        assert_eq!(rules(&written), expected);
    }
}

#[test]
fn lines_are_in_the_format_of_the_file() {
    let request = get("https://a.example").method("PATCH").credentials(true);
    for (format, name, expected) in [
        (
            PolicyFormat::Toml,
            Some("web"),
            [
                "policies.web.allow_credentials: the script asks for credentials; write allow_credentials = true",
                r#"policies.web.allow_methods: PATCH is not in the list; write allow_methods = ["PUT", "PATCH"]"#,
            ],
        ),
        (
            PolicyFormat::Json,
            None,
            [
                r#"allow_credentials: the script asks for credentials; write "allow_credentials": true"#,
                r#"allow_methods: PATCH is not in the list; write "allow_methods": ["PUT", "PATCH"]"#,
            ],
        ),
        (
            PolicyFormat::Yaml,
            None,
            [
                "allow_credentials: the script asks for credentials; write allow_credentials: true",
                r#"allow_methods: PATCH is not in the list; write allow_methods: ["PUT", "PATCH"]"#,
            ],
        ),
    ] {
        let suggested = policy(ONE).suggest_changes_in_file(&request, format, name).unwrap();
        assert_eq!(suggested.to_string(), expected.join("\n"));
    }
    let exposed = r#"
        allow_origins = ["https://a.example"]
        expose_headers = ["*"]
    "#;
    let error =
        policy(exposed).suggest_changes(&get("https://a.example").credentials(true)).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"allowing this alone makes the policy invalid:
expose_headers[0] "*": with credentials, browsers take "*" for a header of that name; list the headers, or remove allow_credentials"#
    );
}

#[test]
fn a_script_is_told_to_send_methods_in_upper_case() {
    let patch = |origin| get(origin).method("patch");
    for (toml, request, error) in [
        (
            r#"
            allow_origins = ["https://a.example"]
            allow_methods = ["PATCH"]
            "#,
            patch("https://a.example"),
            "methods are case-sensitive, and the script sends patch; let it send PATCH",
        ),
        (
            ONE,
            patch("https://a.example"),
            r#"methods are case-sensitive, and the script sends patch; let it send PATCH, for which the policy has to change too
allow_methods: PATCH is not in the list; write allow_methods = ["PUT", "PATCH"]"#,
        ),
        (
            ONE,
            patch("b.example"),
            r#"no page has the origin "b.example"; write one such as https://app.example.com"#,
        ),
    ] {
        assert_eq!(policy(toml).suggest_changes(&request).unwrap_err().to_string(), error);
    }
    // A policy that has the method as it is sent.
    let both = r#"
        allow_origins = ["https://a.example"]
        allow_methods = ["patch"]
    "#;
    let changes = policy(both).suggest_changes(&patch("https://b.example")).unwrap();
    assert_eq!(changes.changes().len(), 1, "{changes}");
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
        (ONE, a().method("TRACE"), SuggestionError::Unsendable),
        (ONE, get("null"), SuggestionError::OpaqueOrigin),
        (
            r#"allow_origins = ["*"]"#,
            get("null").credentials(true),
            SuggestionError::OpaqueOriginWithCredentials,
        ),
        (ONE, get("b.example"), SuggestionError::InvalidOrigin("b.example".into())),
        (
            "allow_origins_by_predicate = true",
            a(),
            SuggestionError::ByPredicate { changes: Vec::new() },
        ),
        ("allow_origins_by_predicate = true", get("null"), SuggestionError::OpaqueOrigin),
        (ONE, a().method("*"), SuggestionError::Wildcard),
        (ONE, a().header("*", "1"), SuggestionError::Wildcard),
        (any_header, many, SuggestionError::TooMuch),
    ] {
        assert_eq!(policy(toml).suggest_changes(&request), Err(error), "{request:?}");
    }
}

#[test]
fn the_address_of_a_listener_is_replaced() {
    let suggested = policy(r#"allow_origins = ["http://0.0.0.0:3000", "https://a.example"]"#)
        .suggest_changes(&get("http://localhost:3000"))
        .unwrap();
    assert_eq!(
        suggested.to_string(),
        r#"allow_origins: http://localhost:3000 is not in the list; write allow_origins = ["https://a.example", "http://localhost:3000"]"#
    );
}

#[test]
fn for_origins_that_change_there_is_a_pattern() {
    let such_names = if cfg!(feature = "public-suffix") {
        "if such origins change, write a pattern such as https://*-team.vercel.app, or set allow_origins_by_predicate and let the application decide, or write "
    } else {
        "write "
    };
    for (origin, instead) in [
        (
            "moz-extension://8513c13e-1111-4111-8111-8513c13e1111",
            "if such origins change, allow moz-extension://*, or write ",
        ),
        (
            "safari-web-extension://E40BB581-1C2A-4E63-9A0D-0A1B2C3D4E5F",
            "if such origins change, allow safari-web-extension://*, or write ",
        ),
        (
            "vscode-webview://10kbrrqvl8foiqadlf2vq1l9snpjtar16g1350ud9j16se4j4bj9",
            "if such origins change, allow vscode-webview://*, or write ",
        ),
        // The host is the same wherever the extension is installed.
        ("chrome-extension://abcdefghijklmnopabcdefghijklmnop", "write "),
        ("https://app-git-main-team.vercel.app", such_names),
        ("https://team.github.io", such_names),
        ("https://shop.example.com", "write "),
        ("https://shop.co.uk", "write "),
        ("https://shop.com", "write "),
    ] {
        let suggested = policy(ONE).suggest_changes(&get(origin)).unwrap();
        let help = suggested.changes()[0].help();
        assert_eq!(help.split_once("allow_origins =").unwrap().0, instead, "{origin}");
    }
}

#[test]
fn what_the_application_decides_on_has_its_changes_too() {
    let error = policy("allow_origins_by_predicate = true")
        .suggest_changes(&get("https://a.example").method("DELETE"))
        .unwrap_err();
    assert!(
        error.to_string().ends_with(
            "; the policy has to change too\nallow_methods: DELETE is not in the list; write allow_methods = [\"DELETE\"]"
        ),
        "{error}"
    );
}

#[test]
fn a_change_that_makes_no_valid_policy_is_not_proposed() {
    let request = get("http://b.example").credentials(true);
    let error = policy(ONE).suggest_changes(&request).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"allowing this alone makes the policy invalid:
allow_origins[1] "http://b.example": without https, whoever controls the network can change the page and act with its user's credentials; write "https://b.example", or set dangerously_allow_insecure_origins_with_credentials to true in a rule of its own"#
    );
}
