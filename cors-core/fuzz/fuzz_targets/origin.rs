//! An origin that parses prints the same bytes, and is a valid pattern.

#![no_main]

use cors_core::{Origin, OriginPattern};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some(origin) = Origin::parse(bytes) {
        let text = origin.to_string();
        assert_eq!(text.as_bytes(), bytes);
        assert!(text.parse::<OriginPattern>().is_ok());
    }
});
