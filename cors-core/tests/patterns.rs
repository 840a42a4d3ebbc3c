//! What is wrong with a pattern, where two kinds of mistakes are near each other.

use cors_core::Policy;
use cors_core::explain::OriginPattern;

fn problem(text: &str) -> Option<&'static str> {
    text.parse::<OriginPattern>().err().map(|error| error.code())
}

#[test]
fn each_sign_of_a_regular_expression_is_enough() {
    for text in [
        "^https://a.example",
        "https://a.example$",
        r"https://a\.example",
        "https://.*.a.example",
        "https://.+.a.example",
        "https://(a).example",
        "https://a.example|",
        "https://[ab].example",
        "https://[ab",
    ] {
        assert_eq!(problem(text), Some("origin-is-regex"), "{text}");
    }
    assert_eq!(problem("https://[::1]"), None);
}

#[test]
fn the_longest_parts_are_taken() {
    let labels = |last: usize| format!("{}{}", "a.".repeat(100), "b".repeat(last));
    for (text, expected) in [
        (format!("{}://a.example", "a".repeat(64)), None),
        (format!("{}://a.example", "a".repeat(65)), Some("origin-scheme-too-long")),
        (format!("{}://a.example", "A".repeat(64)), Some("origin-has-upper-case")),
        (format!("https://{}.example", "a".repeat(63)), None),
        (format!("https://{}.example", "a".repeat(64)), Some("origin-label-too-long")),
        (format!("https://{}", labels(53)), None),
        (format!("https://{}", labels(54)), Some("origin-host-too-long")),
        (format!("https://{}.", labels(53)), None),
        (format!("https://{}.:65535", labels(53)), None),
        (format!("https://{}.", labels(54)), Some("origin-host-too-long")),
        (format!("app://{}", "A".repeat(253)), None),
        (format!("app://{}", "A".repeat(254)), Some("origin-host-too-long")),
        (format!("app://*.{}", "a".repeat(64)), Some("origin-host-invalid")),
        ("https://a.example:65535".into(), None),
        ("https://a.example:65536".into(), Some("origin-port-invalid")),
    ] {
        assert_eq!(problem(&text), expected, "{text}");
    }
}

/// A wildcard and the hosts that it covers, or does not although another one would.
#[test]
fn a_wildcard_covers_plain_labels_only() {
    let long = format!("https://{}.example", "a".repeat(63));
    let long_opaque = format!("app://{}.example", "a".repeat(64));
    for (pattern, origin, matches) in [
        ("https://*.example", "https://3d.example", true),
        ("https://*.example", "https://a_b.-c-.example", true),
        ("https://*.example", "https://xn--f.example", true),
        ("https://*.example", long.as_str(), true),
        ("https://*.example", "https://a!b.example", false),
        ("https://*.example", "https://a!b.c.example", false),
        ("https://*.example", "https://c.a!b.example", false),
        ("https://*.example", "https://a.example.", false),
        ("https://*.example", "https://a..example", false),
        ("https://*.example", "https://.example", false),
        ("https://*.2nd", "https://app.2nd", true),
        ("https://*.2nd", "https://app.2nd.", false),
        ("http://a!b.example:*", "http://a!b.example:8080", true),
        ("http://a!b.example:*", "http://c.a!b.example:8080", false),
        ("http://app.example.:*", "http://app.example.:8080", true),
        ("http://app.example.:*", "http://app.example:8080", false),
        ("http://app.example:*", "http://app.example.:8080", false),
        ("app://*.example", "app://a.example", true),
        ("app://*.example", "app://A.example", false),
        ("app://*.example", "app://a%2e.example", false),
        ("app://*.example", "app://..example", false),
        ("app://*.example", long_opaque.as_str(), false),
        ("app://Main:*", "app://Main:1", true),
        ("app://Main:*", "app://main:1", false),
        ("app://.:*", "app://.:80", true),
        // Inside a label.
        ("https://pr-*.a.example", "https://pr-17.a.example", true),
        ("https://pr-*.a.example", "https://pr--.a.example", true),
        ("https://pr-*.a.example", "https://pr-.a.example", false),
        ("https://pr-*.a.example", "https://pr-a_b.a.example", false),
        ("https://pr-*.a.example", "https://pr-a!b.a.example", false),
        ("https://pr-*.a.example", "https://pr-a.b.a.example", false),
        ("https://pr-*.a.example", "https://b.pr-a.a.example", false),
        ("https://pr-*.a.example", "https://pr-a.a.example.", false),
        ("https://pr-*.a.example", "https://pr-a.b.example", false),
        ("https://pr-*.a.example", "https://pr-a.a.example:8443", false),
        ("https://pr-*.a.example:*", "https://pr-a.a.example:8443", true),
        ("https://pr-*.a.example:*", "https://pr-a.a.example", true),
        ("https://pr-*.a.example:8443", "https://pr-a.a.example:8443", true),
        ("https://pr-*.a.example:8443", "https://pr-a.a.example", false),
        ("https://pr_*_x.a.example", "https://pr_a_x.a.example", true),
        ("https://pr_*_x.a.example", "https://pr__x.a.example", false),
        ("https://*x.a.example", "https://x.a.example", false),
        ("https://*x.a.example", "https://xx.a.example", true),
        ("https://x*.a.example", "https://xn--f.a.example", true),
        ("https://a*a.a.example", "https://a.a.example", false),
        ("https://a*a.a.example", "https://aa.a.example", false),
        ("https://a*a.a.example", "https://aaa.a.example", true),
        ("https://*-team.example", "https://x-team.example", true),
        ("https://*-team.example", "https://team.example", false),
        ("http://pr-*.localhost", "http://pr-1.localhost", true),
        ("https://pr-*.2nd.example", "https://pr-3d.2nd.example", true),
        ("app://pr-*.a.main", "app://pr-1.a.main", true),
        ("app://pr-*.a.main", "app://pr-A.a.main", false),
        // Any host.
        ("app://*", "app://a", true),
        ("app://*", "app://A.b", true),
        ("app://*", "app://.", true),
        ("app://*", "app://[::1]", true),
        ("app://*", "app://a%2Fb", true),
        ("app://*", "app://a:80", false),
        ("app://*", "app://", false),
        ("app://*", "app://*", false),
        ("app://*", "app://a|b", false),
        ("app://*", "appx://a", false),
        ("app://*", "https://a.example", false),
        ("app://*:*", "app://a:80", true),
        ("app://*:*", "app://a", true),
        ("app://*:8080", "app://a:8080", true),
        ("app://*:8080", "app://a", false),
        ("app://*:*", "app://:80", false),
    ] {
        let policy = Policy::builder().allow_origins([pattern]).build().unwrap();
        let pattern: OriginPattern = pattern.parse().unwrap();
        assert_eq!(pattern.matches(origin.as_bytes()), matches, "{pattern} {origin}");
        assert_eq!(policy.allows_origin(origin.as_bytes()), matches, "{pattern} {origin}");
    }
}

/// Where a label begins and ends, whatever it is made of.
#[test]
fn the_longest_labels_around_a_wildcard_are_taken() {
    let pattern = |before: usize, after: usize, base: &str| {
        format!("https://{}*{}.{base}", "a".repeat(before), "b".repeat(after))
    };
    // With the dot and the label that is not `a.`, 253 bytes.
    let base = format!("{}example", "a.".repeat(100));
    for (text, expected) in [
        (pattern(62, 0, "a.example"), None),
        (pattern(31, 31, "a.example"), None),
        (pattern(63, 0, "a.example"), Some("origin-label-too-long")),
        (pattern(31, 32, "a.example"), Some("origin-label-too-long")),
        (pattern(44, 0, &base), None),
        (pattern(45, 0, &base), Some("origin-host-too-long")),
        ("moz-extension://*:0".into(), Some("origin-port-invalid")),
    ] {
        assert_eq!(problem(&text), expected, "{text}");
    }
    let pattern: OriginPattern = pattern(31, 31, "a.example").parse().unwrap();
    let origin =
        |free: &str| format!("https://{}{free}{}.a.example", "a".repeat(31), "b".repeat(31));
    assert!(pattern.matches(origin("x")));
    assert!(!pattern.matches(origin("xy")));
}

#[test]
fn a_log_shows_a_pattern_as_text() {
    let pattern: OriginPattern = "https://*.a.example:*".parse().unwrap();
    assert_eq!(format!("{pattern:?}"), r#""https://*.a.example:*""#);
}
