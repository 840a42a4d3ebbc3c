//! What is said of policies that are valid but probably not meant, word for word.

use cors_core::{LoadError, Policies, Policy, PolicyConfig, PolicyFormat};

/// Reads a file in TOML.
fn load(text: &str) -> Result<Policies, LoadError> {
    Policies::from_reader(text.as_bytes(), Some(PolicyFormat::Toml), "policy.toml")
}

/// A policy in TOML, and its lints.
const POLICIES: &[(&str, &[&str])] = &[
    (
        r#"
        allow_origins = ["https://*.a.example", "https://b.example", "http://localhost:*"]
        allow_methods = ["GET", "POST", "PUT", "PATCH", "patch", "Chicken"]
        allow_headers = ["authorization", "content-type", "accept"]
        expose_headers = ["x-request-id"]
        "#,
        &[],
    ),
    (
        r#"
        allow_origins = ["*"]
        allow_methods = ["patch", "PropFind", "put", "chicken"]
        "#,
        &[
            r#"allow_methods[0] "patch": methods are case-sensitive, and pages use this one in upper case; write "PATCH""#,
            r#"allow_methods[1] "PropFind": methods are case-sensitive, and pages use this one in upper case; write "PROPFIND""#,
        ],
    ),
    (
        r#"
        allow_origins = ["*"]
        expose_headers = ["x-a", "Content-Type", "content-length"]
        "#,
        &[
            r#"expose_headers[1] "content-type": pages can read this header without permission; remove it"#,
            r#"expose_headers[2] "content-length": pages can read this header without permission; remove it"#,
        ],
    ),
    (
        r#"
        allow_origins = ["*"]
        allow_methods = ["PUT", "DELETE", "put"]
        allow_headers = ["x-a", "X-A"]
        expose_headers = ["x-b", "x-c", "x-b", "x-b"]
        "#,
        &[
            r#"allow_methods[2] "PUT": allow_methods[0] "PUT" is the same; remove it"#,
            r#"allow_headers[1] "x-a": allow_headers[0] "x-a" is the same; remove it"#,
            r#"expose_headers[2] "x-b": expose_headers[0] "x-b" is the same; remove it"#,
            r#"expose_headers[3] "x-b": expose_headers[0] "x-b" is the same; remove it"#,
        ],
    ),
    (
        r#"
        allow_origins = [
            "https://a.example", "https://*.b.example", "https://a.example", "https://x.b.example",
            "https://b.example", "https://*.y.b.example", "https://*.b.example", "http://x.b.example",
            "https://x.b.example:8443", "http://localhost:3000", "http://localhost:*",
        ]
        "#,
        &[
            r#"allow_origins[2] "https://a.example": allow_origins[0] "https://a.example" is the same; remove it"#,
            r#"allow_origins[3] "https://x.b.example": allow_origins[1] "https://*.b.example" already allows it; remove it"#,
            r#"allow_origins[5] "https://*.y.b.example": allow_origins[1] "https://*.b.example" already allows it; remove it"#,
            r#"allow_origins[6] "https://*.b.example": allow_origins[1] "https://*.b.example" is the same; remove it"#,
            r#"allow_origins[9] "http://localhost:3000": allow_origins[10] "http://localhost:*" already allows it; remove it"#,
        ],
    ),
    // A rule of its own for an origin that a pattern covers is meant, in this order.
    (
        r#"
        [[rules]]
        allow_origins = ["https://admin.a.example"]
        allow_credentials = true

        [[rules]]
        allow_origins = ["https://*.a.example"]

        [[rules]]
        allow_origins = ["*"]
        "#,
        &[],
    ),
    (
        r#"
        [[rules]]
        allow_origins = ["https://*.a.example", "https://*.c.example:*"]

        [[rules]]
        allow_origins = ["https://admin.a.example", "https://b.example"]

        [[rules]]
        allow_origins = ["https://b.example", "https://x.c.example:8443", "https://*.a.example"]
        "#,
        &[
            r#"rules[1].allow_origins[0] "https://admin.a.example": rules[0].allow_origins[0] "https://*.a.example" already allows it, and the first rule that does governs; remove it, or move this rule before that one"#,
            "rules[2]: the rules before this one govern all of its origins, so that it has no effect; move it before them, or remove it",
        ],
    ),
    (
        r#"
        [[rules]]
        allow_origins = ["*"]

        [[rules]]
        allow_origins = ["https://a.example", "https://a.example"]
        allow_methods = ["patch"]

        [[rules]]
        allow_origins = ["*"]
        "#,
        &[
            "rules[1]: the rules before this one govern all of its origins, so that it has no effect; move it before them, or remove it",
            r#"rules[1].allow_methods[0] "patch": methods are case-sensitive, and pages use this one in upper case; write "PATCH""#,
            "rules[2]: the rules before this one govern all of its origins, so that it has no effect; move it before them, or remove it",
        ],
    ),
    (
        r#"
        [[rules]]
        allow_origins = ["https://*.localhost"]
        allow_credentials = true
        dangerously_allow_insecure_origins_with_credentials = true
        dangerously_allow_public_suffix_subdomains_with_credentials = true
        "#,
        &[
            "rules[0].dangerously_allow_insecure_origins_with_credentials: nothing in this rule needs this permission; remove it",
            "rules[0].dangerously_allow_public_suffix_subdomains_with_credentials: nothing in this rule needs this permission; remove it",
        ],
    ),
    (
        r#"
        allow_origins = ["http://*.github.io"]
        allow_credentials = true
        dangerously_allow_insecure_origins_with_credentials = true
        dangerously_allow_public_suffix_subdomains_with_credentials = true
        "#,
        &[],
    ),
    (
        r#"
        [[rules]]
        allow_origins = ["https://a.example"]
        allow_credentials = true
        dangerously_allow_predicate_origins_with_credentials = true

        [[rules]]
        allow_origins = ["https://a.example"]
        allow_origins_by_predicate = true
        dangerously_allow_predicate_origins_with_credentials = true
        "#,
        &[
            "rules[0].dangerously_allow_predicate_origins_with_credentials: nothing in this rule needs this permission; remove it",
            r#"rules[1].allow_origins[0] "https://a.example": rules[0].allow_origins[0] "https://a.example" already allows it, and the first rule that does governs; remove it, or move this rule before that one"#,
            "rules[1].dangerously_allow_predicate_origins_with_credentials: nothing in this rule needs this permission; remove it",
        ],
    ),
    (
        r#"
        allow_origins_by_predicate = true
        allow_credentials = true
        dangerously_allow_predicate_origins_with_credentials = true
        "#,
        &[],
    ),
    (
        r#"
        allow_origins = [
            "ws://a.example", "wss://*.a.example:*", "ftp://a.example:443", "capacitor://localhost", "app://a.example",
            "chrome-extension://abcdefgh", "http://0.0.0.0:9141", "https://[::]:*",
        ]
        "#,
        &[
            r#"allow_origins[0] "ws://a.example": no page is loaded from such an origin; write "http://a.example""#,
            r#"allow_origins[1] "wss://*.a.example:*": no page is loaded from such an origin; write "https://*.a.example:*""#,
            r#"allow_origins[2] "ftp://a.example:443": no page is loaded from such an origin; write "https://a.example""#,
            r#"allow_origins[6] "http://0.0.0.0:9141": servers listen at this address, and no page is opened at it; write "http://localhost:9141", or the name or address that the browser shows"#,
            r#"allow_origins[7] "https://[::]:*": servers listen at this address, and no page is opened at it; write "https://localhost:*", or the name or address that the browser shows"#,
        ],
    ),
    (
        r#"
        allow_origins = ["https://a.example", "chrome-extension://abcdefgh", "moz-extension://a1cd9ab7"]
        allow_credentials = true
        dangerously_allow_insecure_origins_with_credentials = true
        "#,
        &[
            "dangerously_allow_insecure_origins_with_credentials: nothing in this rule needs this permission; remove it",
        ],
    ),
    (
        r#"
        allow_origins = ["https://a.example"]
        allow_methods = ["any"]
        allow_headers = ["ALL", "x-all"]
        "#,
        &[
            r#"allow_methods[0] "any": in a list of names, this is a name like any other; write "*" if all are meant"#,
            r#"allow_headers[0] "all": in a list of names, this is a name like any other; list the names; "*" means all if it is alone in its list, but exposes none with credentials"#,
        ],
    ),
    (
        r#"
        allow_origins = ["https://a.example"]
        allow_credentials = true
        allow_headers = ["All"]
        expose_headers = ["all"]
        "#,
        &[
            r#"allow_headers[0] "all": in a list of names, this is a name like any other; write "*" if all are meant"#,
            r#"expose_headers[0] "all": in a list of names, this is a name like any other; list the names; "*" means all if it is alone in its list, but exposes none with credentials"#,
        ],
    ),
    (
        r#"
        allow_origins = ["https://a.example", "https://a.example"]
        allow_methods = ["patch"]
        accept_lints = ["duplicate-origin", "covered-origin"]
        "#,
        &[
            r#"allow_methods[0] "patch": methods are case-sensitive, and pages use this one in upper case; write "PATCH""#,
            r#"accept_lints[1] "covered-origin": the policy has no warning with this code; remove it"#,
        ],
    ),
    (
        r#"
        allow_origins = [
            "https://xn--f", "https://app.xn--.example:8443", "https://*.xn--a.example", "https://xn--a-.example.",
            "https://xn--bcher-kva.example", "http://*.xn--wgv71a119e.example:*", "app://xn--f", "https://xn-f",
        ]
        "#,
        &[
            r#"allow_origins[0] "https://xn--f": "xn--" begins a name in Punycode, and what follows is not valid Punycode; write the name as location.origin has it in the browser's console"#,
            r#"allow_origins[1] "https://app.xn--.example:8443": "xn--" begins a name in Punycode, and what follows is not valid Punycode; write the name as location.origin has it in the browser's console"#,
            r#"allow_origins[2] "https://*.xn--a.example": "xn--" begins a name in Punycode, and what follows is not valid Punycode; write the name as location.origin has it in the browser's console"#,
            r#"allow_origins[3] "https://xn--a-.example.": "xn--" begins a name in Punycode, and what follows is not valid Punycode; write the name as location.origin has it in the browser's console"#,
        ],
    ),
    // Wildcards inside labels, and for any host.
    (
        r#"
        allow_origins = [
            "https://pr-*.a.example", "https://pr-1-*.a.example", "https://*-x.a.example", "https://pr-*-x.a.example",
            "https://pr-7.a.example", "https://pr-7.a.example:8443", "https://pr-a_b.a.example", "https://pr_*.a.example",
            "https://pr-*.a.example", "https://p*.a.example:*", "https://q.pr-7.a.example",
        ]
        "#,
        &[
            r#"allow_origins[0] "https://pr-*.a.example": allow_origins[9] "https://p*.a.example:*" already allows it; remove it"#,
            r#"allow_origins[1] "https://pr-1-*.a.example": allow_origins[0] "https://pr-*.a.example" already allows it; remove it"#,
            r#"allow_origins[3] "https://pr-*-x.a.example": allow_origins[0] "https://pr-*.a.example" already allows it; remove it"#,
            r#"allow_origins[4] "https://pr-7.a.example": allow_origins[0] "https://pr-*.a.example" already allows it; remove it"#,
            r#"allow_origins[5] "https://pr-7.a.example:8443": allow_origins[9] "https://p*.a.example:*" already allows it; remove it"#,
            r#"allow_origins[8] "https://pr-*.a.example": allow_origins[0] "https://pr-*.a.example" is the same; remove it"#,
        ],
    ),
    (
        r#"
        allow_origins = ["https://pr-*.a.example", "https://*.b.a.example", "https://*.a.example", "http://pr-*.a.example"]
        "#,
        &[
            r#"allow_origins[0] "https://pr-*.a.example": allow_origins[2] "https://*.a.example" already allows it; remove it"#,
            r#"allow_origins[1] "https://*.b.a.example": allow_origins[2] "https://*.a.example" already allows it; remove it"#,
        ],
    ),
    (
        r#"
        [[rules]]
        allow_origins = ["app://*"]

        [[rules]]
        allow_origins = ["app://a", "app://*.a.main", "app://pr-*.a.main", "app://A:80", "app://*:*", "app://*", "apps://a"]

        [[rules]]
        allow_origins = ["app://b:80", "app://*:8080"]
        "#,
        &[
            r#"rules[1].allow_origins[0] "app://a": rules[0].allow_origins[0] "app://*" already allows it, and the first rule that does governs; remove it, or move this rule before that one"#,
            r#"rules[1].allow_origins[1] "app://*.a.main": rules[0].allow_origins[0] "app://*" already allows it, and the first rule that does governs; remove it, or move this rule before that one"#,
            r#"rules[1].allow_origins[2] "app://pr-*.a.main": rules[0].allow_origins[0] "app://*" already allows it, and the first rule that does governs; remove it, or move this rule before that one"#,
            r#"rules[1].allow_origins[3] "app://A:80": rules[1].allow_origins[4] "app://*:*" already allows it; remove it"#,
            r#"rules[1].allow_origins[5] "app://*": rules[0].allow_origins[0] "app://*" already allows it, and the first rule that does governs; remove it, or move this rule before that one"#,
            "rules[2]: the rules before this one govern all of its origins, so that it has no effect; move it before them, or remove it",
        ],
    ),
    // Schemes without pages, with a wildcard inside a label.
    (
        r#"allow_origins = ["wss://pr-*.a.example", "https://pr-*.xn--f.example"]"#,
        &[
            r#"allow_origins[0] "wss://pr-*.a.example": no page is loaded from such an origin; write "https://pr-*.a.example""#,
            r#"allow_origins[1] "https://pr-*.xn--f.example": "xn--" begins a name in Punycode, and what follows is not valid Punycode; write the name as location.origin has it in the browser's console"#,
        ],
    ),
    // Permissions that enforcement needs, and does not.
    (
        r#"
        enforce_origins = true
        accept_lints = ["own-origins-missing"]
        allow_origins = ["moz-extension://*", "http://a.example"]
        allow_origins_by_predicate = true
        dangerously_allow_insecure_origins_with_credentials = true
        dangerously_allow_public_suffix_subdomains_with_credentials = true
        dangerously_allow_any_host_origins_with_credentials = true
        dangerously_allow_predicate_origins_with_credentials = true
        "#,
        &[
            "dangerously_allow_insecure_origins_with_credentials: nothing in this rule needs this permission; remove it",
            "dangerously_allow_public_suffix_subdomains_with_credentials: nothing in this rule needs this permission; remove it",
        ],
    ),
    (
        r#"
        allow_origins = ["moz-extension://*", "vscode-webview://*"]
        dangerously_allow_any_host_origins_with_credentials = true
        "#,
        &[
            "dangerously_allow_any_host_origins_with_credentials: nothing in this rule needs this permission; remove it",
        ],
    ),
    (
        r#"
        allow_origins = ["moz-extension://*"]
        allow_credentials = true
        dangerously_allow_any_host_origins_with_credentials = true
        "#,
        &[],
    ),
    (
        r#"
        enforce_origins = true
        allow_origins = ["https://a.example"]
        "#,
        &[
            "enforce_origins: without own_origins, a page at a foreign name that leads to this service counts as its own (DNS rebinding); list the origins at which the service is reached in own_origins, or set them on the Deployment",
        ],
    ),
    (
        r#"
        enforce_origins = true
        allow_origins = ["https://a.example"]
        accept_lints = ["own-origins-missing"]
        "#,
        &[],
    ),
    (
        r#"
        enforce_origins = true
        own_origins = [
            "https://bank.example", "https://bank.example", "https://*.bank.example:*", "https://pay.bank.example",
            "http://0.0.0.0:8080", "https://xn--f.example",
        ]
        allow_origins = []
        accept_lints = ["own-origins-missing"]
        "#,
        &[
            r#"own_origins[1] "https://bank.example": own_origins[0] "https://bank.example" is the same; remove it"#,
            r#"own_origins[3] "https://pay.bank.example": own_origins[2] "https://*.bank.example:*" already allows it; remove it"#,
            r#"own_origins[4] "http://0.0.0.0:8080": servers listen at this address, and no page is opened at it; write "http://localhost:8080", or the name or address that the browser shows"#,
            r#"own_origins[5] "https://xn--f.example": "xn--" begins a name in Punycode, and what follows is not valid Punycode; write the name as location.origin has it in the browser's console"#,
            r#"accept_lints[0] "own-origins-missing": the policy has no warning with this code; remove it"#,
        ],
    ),
    (
        "allow_origins = []",
        &[
            "allow_origins: no origin is allowed, so preflights are answered with 403, and Access-Control-* headers of handlers are removed; list origins, set enforce_origins to true, or leave the middleware out if requests are to pass unchanged",
        ],
    ),
    (
        r#"
        allow_origins = []
        accept_lints = ["no-origin-allowed"]
        "#,
        &[],
    ),
    (
        r#"
        [[rules]]
        allow_origins = []

        [[rules]]
        allow_origins = ["https://a.example"]

        [[rules]]
        allow_origins = []
        allow_origins_by_predicate = true
        "#,
        &[
            "rules[0].allow_origins: the rule allows no origin, so it has no effect; list its origins, or remove it",
        ],
    ),
    (
        r#"
        allow_origins = ["http://a.example"]
        dangerously_allow_insecure_origins_with_credentials = true
        "#,
        &[
            "dangerously_allow_insecure_origins_with_credentials: nothing in this rule needs this permission; remove it",
        ],
    ),
];

#[test]
fn lints_say_what_is_surely_not_meant() {
    for (policy, texts) in POLICIES {
        let lints = load(policy).unwrap().lints();
        let seen: Vec<_> = lints.iter().map(ToString::to_string).collect();
        assert_eq!(seen, *texts, "{policy}");
    }
}

#[test]
fn a_lint_can_be_read_by_a_program() {
    let policy = Policy::builder()
        .allow_origins(["https://a.example", "https://a.example"])
        .allow_methods(["patch"])
        .next_rule()
        .allow_origins(["https://a.example"])
        .build()
        .unwrap();
    let lints = policy.lints();
    let seen: Vec<_> = lints
        .iter()
        .map(|lint| (lint.code(), lint.path(), lint.value(), lint.suggestion(), lint.reason()))
        .collect();
    assert_eq!(
        seen,
        [
            (
                "duplicate-origin",
                "rules[0].allow_origins[1]",
                Some("https://a.example"),
                None,
                r#"rules[0].allow_origins[0] "https://a.example" is the same"#,
            ),
            (
                "method-not-upper-case",
                "rules[0].allow_methods[0]",
                Some("patch"),
                Some("PATCH"),
                "methods are case-sensitive, and pages use this one in upper case",
            ),
            (
                "unreachable-rule",
                "rules[1]",
                None,
                None,
                "the rules before this one govern all of its origins, so that it has no effect",
            ),
        ],
    );
}

#[test]
fn a_configuration_with_errors_has_lints_too() {
    for (config, texts) in [
        // What is wrong keeps its place.
        (
            r#"
            allow_origins = ["https://a.example/", "https://b.example", 7, "ws://a.example", "https://b.example"]
            allow_methods = ["TRACE", "patch"]
            expose_headers = ["x a", "content-type"]
            "#,
            &[
                r#"allow_origins[4] "https://b.example": allow_origins[1] "https://b.example" is the same; remove it"#,
                r#"allow_origins[3] "ws://a.example": no page is loaded from such an origin; write "http://a.example""#,
                r#"allow_methods[1] "patch": methods are case-sensitive, and pages use this one in upper case; write "PATCH""#,
                r#"expose_headers[1] "content-type": pages can read this header without permission; remove it"#,
            ][..],
        ),
        // Nothing that depends on what is wrong: the permission may be needed, and the second rule
        // may have origins of its own.
        (
            r#"
            [[rules]]
            allow_origins = ["http://a.example/"]
            allow_credentials = true
            dangerously_allow_insecure_origins_with_credentials = true

            [[rules]]
            allow_origins = ["*"]
            allow_credentials = true

            [[rules]]
            allow_origins = ["https://b.example", "https://c.example/"]

            [[rules]]
            allow_origins = ["https://b.example", "https://d.example/"]
            "#,
            &[
                r#"rules[3].allow_origins[0] "https://b.example": rules[2].allow_origins[0] "https://b.example" already allows it, and the first rule that does governs; remove it, or move this rule before that one"#,
            ],
        ),
        (
            r#"allow_methods = ["PUT", "PUT"]"#,
            &[r#"allow_methods[1] "PUT": allow_methods[0] "PUT" is the same; remove it"#],
        ),
        // The accepted warning comes once the permission is known to be needless.
        (
            r#"
            allow_origins = ["https://a.example/"]
            dangerously_allow_insecure_origins_with_credentials = true
            accept_lints = ["unused-permission", "duplicate_origin"]
            "#,
            &[],
        ),
        ("", &[]),
        // What is left of own origins keeps its place, and none are missing.
        (
            r#"
            enforce_origins = true
            own_origins = ["https://a.example/", 7, "https://b.example", "https://b.example"]
            allow_origins = ["https://app.example"]
            "#,
            &[
                r#"own_origins[3] "https://b.example": own_origins[2] "https://b.example" is the same; remove it"#,
            ],
        ),
        (
            r#"
            enforce_origins = true
            own_origins = ["bank.example"]
            allow_origins = []
            "#,
            &[],
        ),
    ] {
        let Err(LoadError::Invalid { lints, .. }) = load(config) else {
            unreachable!("the policy is not valid: {config}");
        };
        let seen: Vec<_> = lints.iter().map(ToString::to_string).collect();
        assert_eq!(seen, texts);
    }
}

#[test]
fn a_valid_configuration_has_the_lints_of_its_policy() {
    for (policy, _) in POLICIES {
        let config: PolicyConfig = toml::from_str(policy).unwrap();
        assert_eq!(config.lints(), Policy::try_from(config).unwrap().lints(), "{policy}");
    }
}

#[test]
fn presets_have_none() {
    for preset in [
        Policy::any_origin(),
        Policy::loopback(),
        Policy::loopback().allow_credentials(true),
        Policy::loopback().enforce_origins(true),
        Policy::none().enforce_origins(true).own_origins(["https://bank.example"]),
    ] {
        assert_eq!(preset.build().unwrap().lints(), []);
    }
}
