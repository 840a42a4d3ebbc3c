use crate::policy::Policy;

#[test]
fn the_nearest_pattern_is_named() {
    let policy = Policy::builder()
        .allow_origins(["https://shop.example", "https://*.app.example", "http://localhost:3000"])
        .next_rule()
        .allow_origins(["https://admin.example:8443", "https://partner.example"])
        .build()
        .unwrap();
    for (origin, miss) in [
        (
            "https://shop.example/",
            Some(
                r#"not written as browsers send origins: rules[0].allow_origins[0] is "https://shop.example""#,
            ),
        ),
        (
            "HTTPS://A.app.example",
            Some(
                r#"not written as browsers send origins: rules[0].allow_origins[1] is "https://*.app.example""#,
            ),
        ),
        (
            "http://shop.example",
            Some(r#"same host, other scheme: rules[0].allow_origins[0] is "https://shop.example""#),
        ),
        (
            "http://a.app.example",
            Some(
                r#"same host, other scheme: rules[0].allow_origins[1] is "https://*.app.example""#,
            ),
        ),
        (
            "http://localhost:5173",
            Some(r#"same host, other port: rules[0].allow_origins[2] is "http://localhost:3000""#),
        ),
        (
            "http://admin.example",
            Some(
                r#"same host, other scheme and port: rules[1].allow_origins[0] is "https://admin.example:8443""#,
            ),
        ),
        (
            "https://app.example",
            Some(
                r#"the pattern matches subdomains only, not the domain itself: rules[0].allow_origins[1] is "https://*.app.example""#,
            ),
        ),
        (
            "https://www.shop.example",
            Some(
                r#"the pattern matches this host only, not its subdomains: rules[0].allow_origins[0] is "https://shop.example""#,
            ),
        ),
        (
            "https://prtner.example",
            Some(r#"nearly the same host: rules[1].allow_origins[1] is "https://partner.example""#),
        ),
        ("https://shop.example", None),
        ("https://shop.example.evil.example", None),
        ("https://other.example", None),
        ("null", None),
        ("\u{80}", None),
    ] {
        let said = policy.closest_pattern(origin.as_bytes()).map(|miss| miss.to_string());
        assert_eq!(said.as_deref(), miss, "{origin}");
    }
}

#[test]
fn a_wildcard_inside_a_label_is_near_names_beside_it() {
    let policy = Policy::builder().allow_origins([
        "https://pr-*.a.example",
        "https://*-x.a.example:8443",
        "moz-extension://*",
    ]);
    let policy = policy.build().unwrap();
    for (origin, miss) in [
        (
            "https://main.a.example",
            Some(
                r#"the "*" of the pattern does not match this name: allow_origins[0] is "https://pr-*.a.example""#,
            ),
        ),
        (
            "https://pr-a_b.a.example",
            Some(
                r#"the "*" of the pattern does not match this name: allow_origins[0] is "https://pr-*.a.example""#,
            ),
        ),
        (
            "https://x.a.example:8443",
            Some(
                r#"the "*" of the pattern does not match this name: allow_origins[1] is "https://*-x.a.example:8443""#,
            ),
        ),
        (
            "http://pr-1.a.example",
            Some(r#"same host, other scheme: allow_origins[0] is "https://pr-*.a.example""#),
        ),
        (
            "https://pr-1.a.example:8080",
            Some(r#"same host, other port: allow_origins[0] is "https://pr-*.a.example""#),
        ),
        (
            "moz-extension://a:80",
            Some(r#"same host, other port: allow_origins[2] is "moz-extension://*""#),
        ),
        ("https://pr-1.b.a.example", None),
        ("https://a.example", None),
        ("https://a", None),
        ("chrome-extension://a", None),
        ("https://pr-1.a.example", None),
        ("moz-extension://A", None),
    ] {
        let said = policy.closest_pattern(origin.as_bytes()).map(|miss| miss.to_string());
        assert_eq!(said.as_deref(), miss, "{origin}");
    }
}

#[test]
fn names_of_this_machine_are_near_each_other() {
    let policy = Policy::builder().allow_origins([
        "http://0.0.0.0:9141",
        "http://127.0.0.1:3000",
        "http://[::]:3001",
    ]);
    let policy = policy.build().unwrap();
    for (origin, miss) in [
        (
            "http://localhost:9141",
            Some(
                r#"servers listen at this address, and no page is opened at it: allow_origins[0] is "http://0.0.0.0:9141""#,
            ),
        ),
        (
            "http://localhost:3000",
            Some(
                r#"the same machine by another name: allow_origins[1] is "http://127.0.0.1:3000""#,
            ),
        ),
        (
            "http://[::1]:3001",
            Some(
                r#"servers listen at this address, and no page is opened at it: allow_origins[2] is "http://[::]:3001""#,
            ),
        ),
        ("https://localhost:3000", None),
        ("http://localhost:3002", None),
    ] {
        let said = policy.closest_pattern(origin.as_bytes()).map(|miss| miss.to_string());
        assert_eq!(said.as_deref(), miss, "{origin}");
    }
}

#[test]
fn short_hosts_and_many_letters_are_near_nothing() {
    let policy = Policy::builder().allow_origins(["https://abcd", "https://efghi"]);
    let policy = policy.build().unwrap();
    for (origin, is_near) in [
        ("https://abce", false),
        ("https://efghj", true),
        ("https://efgxy", true),
        ("https://efxyz", false),
        // Other schemes and ports are other matters.
        ("http://efghj", false),
        ("https://efghj:8443", false),
    ] {
        assert_eq!(policy.closest_pattern(origin.as_bytes()).is_some(), is_near, "{origin}");
    }
}

#[test]
fn the_least_that_is_missed_counts() {
    let policy = Policy::builder()
        .allow_origins(["https://partner-abc.example", "https://partner-ab.example"])
        .allow_origins(["https://partner-a.example:8443"])
        .build()
        .unwrap();
    for (origin, path) in [
        ("https://partner-aby.example", "allow_origins[0]"),
        ("https://partner-ay.example", "allow_origins[1]"),
        ("https://partner-a.example", "allow_origins[2]"),
    ] {
        let miss = policy.closest_pattern(origin.as_bytes()).unwrap();
        assert_eq!(miss.path(), path, "{origin}");
        assert!(miss.to_string().ends_with(&format!("\"{}\"", miss.pattern())));
    }
}

#[test]
fn the_scheme_of_the_web_is_nearer_and_short_names_are_others() {
    let policy = Policy::builder()
        .allow_origins(["capacitor://localhost", "http://localhost", "https://a.example"])
        .build()
        .unwrap();
    let closest = policy.closest_pattern(b"https://localhost").unwrap();
    assert_eq!(closest.pattern(), "http://localhost");
    assert_eq!(closest.in_policy("web").path(), "policies.web.allow_origins[1]");
    assert_eq!(policy.closest_pattern(b"https://b.example"), None);
}
