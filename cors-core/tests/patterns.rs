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
    ] {
        let policy = Policy::builder().allow_origins([pattern]).build().unwrap();
        let pattern: OriginPattern = pattern.parse().unwrap();
        assert_eq!(pattern.matches(origin.as_bytes()), matches, "{pattern} {origin}");
        assert_eq!(policy.allows_origin(origin.as_bytes()), matches, "{pattern} {origin}");
    }
}

#[test]
fn a_log_shows_a_pattern_as_text() {
    let pattern: OriginPattern = "https://*.a.example:*".parse().unwrap();
    assert_eq!(format!("{pattern:?}"), r#""https://*.a.example:*""#);
}
