//! What is read from data, and written to it; and what the data of a policy tell.

#![cfg(feature = "serde")]

use std::collections::BTreeMap;

use cors_core::{LoadError, Policies, Policy, PolicyConfig, PolicyFormat, RuleConfig};

/// What is wrong with a policy in JSON.
fn problems(json: &str) -> String {
    match Policies::from_reader(json.as_bytes(), Some(PolicyFormat::Json), "policy.json") {
        Err(LoadError::Invalid { errors, .. }) => errors.to_string(),
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn a_configuration_is_written_as_it_was_read() {
    for toml in [
        "allow_origins = [\"https://a.example/\"]\n",
        "enforce_origins = true\nallow_origins = [\"*\"]\nmax_age = -1\n",
        "enforce_origins = true\nown_origins = [\"https://bank.example\"]\nallow_origins = []\n",
        "max_age = 600\n",
        "enforce_origins = true\n\n[[rules]]\nallow_origins = [\"https://a.example\"]\n\n[[rules]]\nallow_origins = [\"*\"]\n",
    ] {
        let config: PolicyConfig = toml::from_str(toml).unwrap();
        assert_eq!(toml::to_string(&config).unwrap(), toml);
    }
}

/// A list of one rule says the same as the rule alone.
#[test]
fn a_sole_rule_is_written_without_a_list() {
    let config: PolicyConfig = toml::from_str("[[rules]]\nallow_origins = [\"*\"]\n").unwrap();
    assert_eq!(toml::to_string(&config).unwrap(), "allow_origins = [\"*\"]\n");
}

/// In a structure of the user's own, everything that is wrong is one error of the format's.
#[test]
fn a_configuration_is_read_whole_or_not_at_all() {
    type Services = BTreeMap<String, PolicyConfig>;

    let toml = r#"
        [web]
        allow_origin = ["https://a.example"]
        allow_credentials = "maybe"
        allow_methods = 7
        allow_headers = ["X-A:", ["x-b"]]
        maxage = 1

        [web.cors]
        methods = ["PUT"]
    "#;
    let error = toml::from_str::<Services>(toml).unwrap_err();
    let expected = r#"allow_origin: unknown setting; did you mean allow_origins?
cors: a policy has no settings below this key; move them to its top level
maxage: unknown setting; did you mean max_age?
allow_credentials "maybe": this setting is true or false; write true or false
allow_headers[1] […]: the elements of this list are texts; write it between quotes
allow_methods 7: this setting is a list of texts; write texts between quotes, and brackets around them
allow_headers[0] "X-A:": a header name is letters, digits and the characters !#$%&'*+-.^_`|~; write "x-a""#;
    assert_eq!(error.message(), expected);
    let json = r#"{"web": {"enforce_origins": 2, "rules": [{"allow_origins": ["*"]},
        {"allow_origins": ["*"], "max-age": 1, "enforce_origins": true}], "max_age": 7}}"#;
    let error = serde_json::from_str::<Services>(json).unwrap_err().to_string();
    for path in ["enforce_origins 2: ", "max_age: ", "rules[1].max-age: ", "rules[1].enforce_"] {
        assert!(error.lines().any(|line| line.starts_with(path)), "{path}: {error}");
    }
    // What has the right type is checked when the policy is built.
    let json = r#"{"web": {"allow_origins": ["https://a.example/"], "max_age": -1}}"#;
    let services: Services = serde_json::from_str(json).unwrap();
    let errors = Policy::try_from(services["web"].clone()).unwrap_err();
    assert_eq!(errors.count(), 2);
}

#[test]
fn a_rule_is_read_whole_or_not_at_all() {
    let rule = serde_json::from_str::<RuleConfig>(r#"{"allow_origins": ["https://a.example/"]}"#);
    assert_eq!(rule.unwrap().allow_origins, ["https://a.example/"]);
    let rule = r#"{"allow_origins": ["*"], "maxage": 1, "max_age": "1h"}"#;
    assert_eq!(
        serde_json::from_str::<RuleConfig>(rule).unwrap_err().to_string(),
        "maxage: unknown setting; did you mean max_age?\n\
         max_age \"1h\": this setting is a whole number of seconds; write a number such as 600",
    );
}

/// As an environment variable is, which is always a text.
#[test]
fn a_rule_is_read_from_texts() {
    let texts =
        r#"{"allow_origins": "*, https://a.example", "max_age": "60", "allow_credentials": "ON"}"#;
    let typed = r#"{"allow_origins": ["*", "https://a.example"], "max_age": 60, "allow_credentials": true}"#;
    let [texts, typed] =
        [texts, typed].map(|json| serde_json::from_str::<RuleConfig>(json).unwrap());
    assert_eq!(texts, typed);
}

#[test]
fn what_is_no_table_is_told_what_it_should_be() {
    for (json, expected) in [
        ("[]", "a policy is a table of settings, not a list; a list of rules stands below rules"),
        (r#"{"rules": ["*"]}"#, "expected a rule: a table with `allow_origins`"),
    ] {
        let error = serde_json::from_str::<PolicyConfig>(json).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_file_may_name_its_schema() {
    let json = r#"{"$schema": "policy.schema.json", "allow_origins": ["*"]}"#;
    let config: PolicyConfig = serde_json::from_str(json).unwrap();
    assert!(Policy::try_from(config).is_ok());
}

#[test]
fn null_is_no_max_age() {
    let json = r#"{"allow_origins": ["*"], "max_age": null}"#;
    let config: PolicyConfig = serde_json::from_str(json).unwrap();
    assert_eq!(config.rules[0].max_age, None);
    assert!(Policy::try_from(config).is_ok());
}

/// A value of another type, and what is suggested in its place.
#[test]
fn what_a_wrong_type_likely_means_is_suggested() {
    for (setting, expected) in [
        (
            r#""allow_credentials": "On""#,
            r#"allow_credentials "On": this setting is true or false; write true"#,
        ),
        (
            r#""allow_credentials": "no""#,
            r#"allow_credentials "no": this setting is true or false; write false"#,
        ),
        (
            r#""allow_credentials": "maybe""#,
            r#"allow_credentials "maybe": this setting is true or false; write true or false"#,
        ),
        (
            r#""allow_credentials": null"#,
            "allow_credentials null: this setting is true or false; write true or false",
        ),
        (
            r#""max_age": 600.0"#,
            "max_age 600: this setting is a whole number of seconds; write 600",
        ),
        (
            r#""max_age": -600.0"#,
            "max_age -600: this setting is a whole number of seconds; write a number such as 600",
        ),
        (
            r#""max_age": 0.5"#,
            "max_age 0.5: this setting is a whole number of seconds; write a number such as 600",
        ),
        (
            r#""max_age": 1e9"#,
            "max_age 1000000000: this setting is a whole number of seconds; write a number such as 600",
        ),
        (
            r#""max_age": true"#,
            "max_age true: this setting is a whole number of seconds; write a number such as 600",
        ),
        (
            r#""allow_methods": [["PUT"]]"#,
            "allow_methods[0] […]: the elements of this list are texts; write it between quotes",
        ),
        (
            r#""allow_methods": [{}]"#,
            "allow_methods[0] {…}: the elements of this list are texts; write it between quotes",
        ),
        (
            r#""allow_methods": {}"#,
            "allow_methods {…}: this setting is a list of texts; write texts between quotes, and brackets around them",
        ),
    ] {
        let json = format!(r#"{{"allow_origins": ["*"], {setting}}}"#);
        assert_eq!(problems(&json), expected);
    }
}

#[test]
fn origins_of_another_type_are_not_missing_as_well() {
    assert_eq!(
        problems(r#"{"allow_origins": 5}"#),
        "allow_origins 5: this setting is a list of texts; write texts between quotes, and brackets around them"
    );
    let problems = problems(r#"{"max_age": "x"}"#);
    let paths: Vec<_> = problems.lines().filter_map(|line| line.split([' ', ':']).next()).collect();
    assert_eq!(paths, ["max_age", "allow_origins"]);
}

#[test]
fn policies_are_equal_if_their_data_are() {
    let policy = || Policy::builder().allow_origins(["https://a.example"]);
    let [one, same] = [policy(), policy()].map(|builder| builder.build().unwrap());
    assert_eq!(one, same);
    for other in
        [policy().allow_credentials(true), policy().enforce_origins(true), Policy::any_origin()]
    {
        assert_ne!(one, other.build().unwrap());
    }
}

#[test]
fn credentials_are_those_of_the_rule_that_governs() {
    let policy = Policy::builder()
        .allow_origins(["https://a.example"])
        .allow_credentials(true)
        .next_rule()
        .allow_origins(["*"])
        .build()
        .unwrap();
    assert!(policy.allows_credentials(b"https://a.example"));
    assert!(!policy.allows_credentials(b"https://b.example"));
    let listed = Policy::builder().allow_origins(["https://a.example"]).build().unwrap();
    assert!(!listed.allows_credentials(b"https://a.example"));
    assert!(!listed.allows_credentials(b"https://b.example"));
}

#[test]
fn a_diagnostic_is_written_without_empty_fields() {
    let json = r#"{"allow_origins": ["https://a.example/"], "allow_methods": ["patch"]}"#;
    let read = Policies::from_reader(json.as_bytes(), Some(PolicyFormat::Json), "policy.json");
    let Err(LoadError::Invalid { errors, lints, .. }) = read else {
        unreachable!("the policy is not valid");
    };
    let written = |diagnostic| serde_json::to_string(diagnostic).unwrap();
    assert_eq!(
        errors.iter().chain(&lints).map(written).collect::<Vec<_>>(),
        [
            r#"{"severity":"error","code":"origin-has-path","path":"allow_origins[0]","line":1,"column":20,"value":"https://a.example/","reason":"an origin has no path","help":"write \"https://a.example\"","suggestions":["https://a.example"]}"#,
            r#"{"severity":"warning","code":"method-not-upper-case","path":"allow_methods[0]","line":1,"column":61,"value":"patch","reason":"methods are case-sensitive, and pages use this one in upper case","help":"write \"PATCH\"","suggestions":["PATCH"]}"#,
        ]
    );
    let errors = Policy::builder().build().unwrap_err();
    assert_eq!(
        errors.iter().map(written).collect::<Vec<_>>(),
        [
            r#"{"severity":"error","code":"origins-missing","path":"allow_origins","reason":"no origin is allowed, so that no page could use the service","help":"write allow_origins = [\"https://example.com\"] with the origins of your pages"}"#
        ]
    );
}
