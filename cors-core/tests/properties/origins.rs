//! Origins and patterns.

use cors_core::explain::OriginPattern;
use cors_core::{Origin, Policy};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::explained::suggestions_are_valid;
use crate::strategies::{near_origins, valid_origin, valid_pattern};

proptest! {
    #[test]
    fn any_origin_pattern_is_parsed_or_explained(text in near_origins()) {
        match text.parse::<OriginPattern>() {
            Ok(pattern) => {
                prop_assert_eq!(pattern.to_string(), text.as_str());
                prop_assert_eq!(pattern.to_string().parse::<OriginPattern>().unwrap(), pattern.clone());
                if !text.contains('*') {
                    let origin = Origin::parse(text.as_bytes());
                    prop_assert_eq!(origin.map(|origin| origin.to_string()), Some(text.clone()));
                    prop_assert!(pattern.matches(text.as_bytes()));
                }
            }
            Err(error) => {
                prop_assert!(error.to_string().contains("; "));
                if let Some(suggestion) = error.suggestion() {
                    prop_assert!(suggestion.parse::<OriginPattern>().is_ok(), "{}", suggestion);
                    prop_assert_ne!(suggestion, text.as_str());
                }
            }
        }
        if let Err(errors) = Policy::builder().allow_origins([text]).build() {
            suggestions_are_valid(&errors)?;
        }
    }

    #[test]
    fn a_pattern_for_one_origin_is_that_origin(text in valid_origin()) {
        let pattern: OriginPattern = text.parse().unwrap();
        let origin = Origin::parse(text.as_bytes()).unwrap();
        prop_assert_eq!(origin.to_string(), text.as_str());
        prop_assert!(pattern.matches(text.as_bytes()));
    }

    #[test]
    fn a_pattern_matches_as_it_is_read(pattern in valid_pattern(), origins in vec(valid_origin(), 1..20)) {
        let parsed: OriginPattern = pattern.parse().unwrap();
        for origin in origins {
            prop_assert!(Origin::parse(origin.as_bytes()).is_some(), "{}", origin);
            prop_assert_eq!(parsed.matches(origin.as_bytes()), matches(&pattern, &origin), "{}", origin);
        }
    }

    #[test]
    fn any_bytes_are_an_origin_or_none(bytes in vec(any::<u8>(), 0..400), pattern in valid_pattern()) {
        let policy = Policy::builder().allow_origins([pattern.as_str()]).build().unwrap();
        let matches = pattern.parse::<OriginPattern>().unwrap().matches(&bytes);
        prop_assert_eq!(policy.allows_origin(&bytes), matches);
        if let Some(origin) = Origin::parse(&bytes) {
            prop_assert_eq!(origin.to_string().into_bytes(), bytes);
        }
    }
}

/// Whether a pattern matches an origin, read off their texts.
pub(crate) fn matches(pattern: &str, origin: &str) -> bool {
    let split = |text: &str| {
        let (scheme, rest) = text.split_once("://").unwrap();
        let (host, port) = rest.split_once(':').unwrap_or((rest, ""));
        (scheme.to_owned(), host.to_owned(), port.to_owned())
    };
    if !pattern.contains('*') {
        return pattern == origin;
    }
    let (scheme, host, port) = split(origin);
    let (of_scheme, of_host, of_port) = split(pattern);
    let is_plain = |label: &str| {
        !label.is_empty() && label.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_'))
    };
    let is_plain_host = host.split('.').all(is_plain);
    let is_free = |part: &str| {
        !part.is_empty() && part.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-'))
    };
    let is_host = match of_host.split_once('*') {
        None => host == of_host,
        Some(("", "")) => true,
        Some(("", base)) if base.starts_with('.') => host.ends_with(base) && is_plain_host,
        Some((before, after)) => {
            let free = host.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            is_plain_host && free.is_some_and(is_free)
        }
    };
    scheme == of_scheme && is_host && (port == of_port || of_port == "*")
}
