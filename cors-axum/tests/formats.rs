//! What is read with the features of some formats. Other packages of the workspace turn on the rest,
//! so this runs alone:
//!
//! ```sh
//! cargo test -p cors-axum --no-default-features --features json --test formats
//! ```

#![cfg(feature = "_files")]

use std::path::Path;

use cors_axum::{LoadError, Policies};

/// Each format, whether it is on, a policy with two wrong origins, and their places.
const FORMATS: [(&str, bool, &str, [&str; 2]); 3] = [
    (
        "toml",
        cfg!(feature = "toml"),
        "# é\nallow_origins = ['x', 'https://é.example/']",
        ["2:18", "2:23"],
    ),
    (
        "json",
        cfg!(feature = "json"),
        "{\n\"allow_origins\": [\"x\", \"https://é.example/\"]}",
        ["2:19", "2:24"],
    ),
    (
        "yaml",
        cfg!(feature = "yaml"),
        "# é\nallow_origins: [x, 'https://é.example/']",
        ["2:17", "2:20"],
    ),
];

fn error(source_name: &str, text: &str) -> LoadError {
    Policies::from_reader(text.as_bytes(), None, Path::new(source_name)).unwrap_err()
}

/// Whichever other formats are on.
#[test]
fn mistakes_have_the_same_text_and_their_place() {
    for (name, _, text, [first, second]) in FORMATS.iter().filter(|(_, is_on, ..)| *is_on) {
        let source_name = format!("policy.{name}");
        let expected = format!(
            r#"{source_name}:{first}: allow_origins[0] "x": an origin starts with a scheme and "://"; write it as in "https://example.com"
{source_name}:{second}: allow_origins[1] "https://é.example/": an origin has no path; write "https://xn--9ca.example""#
        );
        assert_eq!(error(&source_name, text).to_string(), expected);
    }
}

#[test]
fn a_disabled_format_is_an_error_that_names_the_feature() {
    for (name, _, text, _) in FORMATS.iter().filter(|(_, is_on, ..)| !is_on) {
        let upper = name.to_uppercase();
        let expected = format!(
            "{upper} support is not compiled in; enable the feature \"{name}\" of your cors-* crate in Cargo.toml"
        );
        let source_name = format!("policy.{name}");
        assert_eq!(error(&source_name, text).to_string(), format!("{source_name}: {expected}"));
        let guessed = format!(
            "<stdin>: {expected}; the first line looks like {upper}; if the text is not {upper}, name its format"
        );
        assert_eq!(error("<stdin>", text).to_string(), guessed);
    }
}
