//! What is wrong is explained, and what is suggested is right.

use cors_core::{Diagnostic, Policies, Policy, PolicyConfig, PolicyErrors, PolicyFormat};
use http::HeaderValue;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::strategies::{near_origins, near_patterns, token};

proptest! {
    #[test]
    fn any_name_is_taken_or_explained(
        (origin, method) in (near_origins(), prop_oneof![any::<String>(), token()]),
        (header, exposed) in (prop_oneof![any::<String>(), token()], any::<String>()),
        credentials in any::<bool>(),
    ) {
        let policy = Policy::builder()
            .allow_origins([origin])
            .allow_credentials(credentials)
            .allow_methods([method])
            .allow_headers([header])
            .expose_headers([exposed])
            .build();
        match policy {
            Ok(policy) => drop(policy.compile::<HeaderValue>()),
            Err(errors) => suggestions_are_valid(&errors)?,
        }
    }

    #[test]
    fn what_is_suggested_is_refused_for_nothing_new(
        texts in vec(prop_oneof![near_patterns(), near_origins()], 1..4),
        permissions in any::<(bool, bool, bool)>(),
        enforces in any::<bool>(),
    ) {
        let check = |texts: &[String]| {
            let policy = Policy::builder()
                .allow_origins(texts)
                .allow_credentials(true)
                .dangerously_allow_insecure_origins_with_credentials(permissions.0)
                .dangerously_allow_public_suffix_subdomains_with_credentials(permissions.1)
                .dangerously_allow_any_host_origins_with_credentials(permissions.2)
                .enforce_origins(enforces)
                .build();
            policy.err().into_iter().flatten().collect::<Vec<_>>()
        };
        let told = check(&texts);
        let mut texts = texts;
        // At most a pattern is mended, and then its scheme.
        for _ in 0..2 {
            let errors = check(&texts);
            for error in &errors {
                prop_assert!(told.contains(error), "{}", error);
            }
            for (index, text) in texts.iter_mut().enumerate() {
                let path = format!("allow_origins[{index}]");
                let suggestion = errors
                    .iter()
                    .filter(|error| error.path() == path && error.value() == Some(text))
                    .find_map(|error| error.suggestion());
                if let Some(suggestion) = suggestion {
                    *text = suggestion.to_owned();
                }
            }
        }
        // One of several that are meant by one text is not mended.
        let is_of_text = |error: &&Diagnostic| texts.iter().any(|text| error.value() == Some(text));
        let mut left = check(&texts);
        left.retain(|error| is_of_text(&error));
        prop_assert!(left.iter().all(|error| error.suggestion().is_none()), "{:?}", left);
    }

    #[test]
    fn any_file_is_a_policy_or_explained(
        keys in vec((prop_oneof![
            prop::sample::select(vec![
                "allow_origins", "allow_credentials", "max_age", "rules", "enforce_origins",
                "allow_origins_by_predicate", "predicate_vary", "enforce_origins", "allow_origin", "x y",
            ]).prop_map(str::to_owned),
            any::<String>(),
        ], prop::sample::select(vec![
            "[\"*\"]", "[\"https://a.test/\", \"\"]", "true", "-1", "1e9", "[]", "[{}]", "\"*\"",
            "[{allow_origins = [\"*\"], enforce_origins = 1}]", "{}", "1979-05-27",
        ])), 0..4),
        noise in any::<String>(),
    ) {
        let mut text = String::new();
        for (key, value) in keys {
            text.push_str(&format!("{key:?} = {value}\n"));
        }
        for text in [text.clone(), text + &noise, noise] {
            let toml = Some(PolicyFormat::Toml);
            let read = Policies::from_reader(text.as_bytes(), toml, "policy.toml");
            match &read {
                Ok(policies) => drop(policies.lints()),
                Err(error) => drop(error.to_string()),
            }
            // A settings struct takes whatever a file may have, and texts in place of lists besides.
            if let Ok(policy) = read.as_ref().map_or(Err(()), |read| read.select(None).map_err(drop)) {
                let config = toml::from_str::<PolicyConfig>(&text);
                prop_assert_eq!(config.map(Policy::try_from), Ok(Ok(policy.clone())));
            }
        }
    }
}

/// Every suggestion, put in the place of what is wrong, is right there.
pub(crate) fn suggestions_are_valid(errors: &PolicyErrors) -> Result<(), TestCaseError> {
    for error in errors {
        prop_assert!(error.to_string().contains("; "), "{}", error);
        let suggested = error.suggestions().to_vec();
        if suggested.is_empty() {
            continue;
        }
        let builder = Policy::builder();
        let builder = match error.path().split('[').next().unwrap() {
            "allow_origins" => builder.allow_origins(suggested),
            "allow_methods" => builder.allow_origins(["*"]).allow_methods(suggested),
            "allow_headers" => builder.allow_origins(["*"]).allow_headers(suggested),
            "expose_headers" => builder.allow_origins(["*"]).expose_headers(suggested),
            "predicate_vary" => builder.allow_origins_by_predicate(true).predicate_vary(suggested),
            "max_age" => continue,
            path => panic!("{path} has a suggestion"),
        };
        prop_assert!(builder.build().is_ok(), "{}", error);
    }
    Ok(())
}
