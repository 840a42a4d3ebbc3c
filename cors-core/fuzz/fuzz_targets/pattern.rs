//! A pattern prints what it was parsed from, and whatever is suggested instead of one is valid.

#![no_main]

use cors_core::explain::OriginPattern;
use cors_core::Origin;

libfuzzer_sys::fuzz_target!(|text: &str| {
    match text.parse::<OriginPattern>() {
        Ok(pattern) => {
            assert_eq!(pattern.to_string(), text);
            if !text.contains('*') {
                assert!(Origin::parse(text.as_bytes()).is_some());
                assert!(pattern.matches(text.as_bytes()));
            }
        }
        Err(error) => {
            if let Some(suggestion) = error.suggestion() {
                assert!(suggestion.parse::<OriginPattern>().is_ok(), "{suggestion}");
                assert_ne!(suggestion, text);
            }
        }
    }
});
