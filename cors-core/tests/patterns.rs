//! What is wrong with a pattern, where two kinds of mistakes are near each other.

use cors_core::{OriginPattern, PatternErrorKind};

fn problem(text: &str) -> Option<PatternErrorKind> {
    text.parse::<OriginPattern>().err().map(|error| error.kind())
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
        assert_eq!(problem(text), Some(PatternErrorKind::RegularExpression), "{text}");
    }
    assert_eq!(problem("https://[::1]"), None);
}

#[test]
fn the_longest_parts_are_taken() {
    let labels = |last: usize| format!("{}{}", "a.".repeat(100), "b".repeat(last));
    for (text, expected) in [
        (format!("{}://a.example", "a".repeat(64)), None),
        (format!("{}://a.example", "a".repeat(65)), Some(PatternErrorKind::SchemeTooLong)),
        (format!("{}://a.example", "A".repeat(64)), Some(PatternErrorKind::UpperCase)),
        (format!("https://{}.example", "a".repeat(63)), None),
        (format!("https://{}.example", "a".repeat(64)), Some(PatternErrorKind::LabelTooLong)),
        (format!("https://{}", labels(53)), None),
        (format!("https://{}", labels(54)), Some(PatternErrorKind::HostTooLong)),
        ("https://a.example:65535".into(), None),
        ("https://a.example:65536".into(), Some(PatternErrorKind::InvalidPort)),
    ] {
        assert_eq!(problem(&text), expected, "{text}");
    }
}

#[test]
fn a_log_shows_a_pattern_as_text() {
    let pattern: OriginPattern = "https://*.a.example:*".parse().unwrap();
    assert_eq!(format!("{pattern:?}"), r#""https://*.a.example:*""#);
}
