//! An origin that parses prints the same bytes, and is a pattern for itself, unless its scheme looks
//! misspelt, or its host like a regular expression or what surrounds texts in configurations.

#![no_main]

use cors_core::explain::OriginPattern;
use cors_core::Origin;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(origin) = Origin::parse(bytes) {
        let text = origin.to_string();
        assert_eq!(text.as_bytes(), bytes);
        match text.parse::<OriginPattern>() {
            Ok(pattern) => assert!(pattern.matches(bytes)),
            Err(error)
                if matches!(error.code(), "origin-scheme-misspelt" | "origin-is-regex") => {}
            Err(_) => assert!(origin.host().contains(|c| "\"'`,;(){}$".contains(c)), "{text}"),
        }
    }
});
