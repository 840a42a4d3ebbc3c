//! What holds for every input.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed")]

use cors_core::adapter::{Decision, Request};
use cors_core::explain::OriginPattern;
use cors_core::{Origin, Policy, PolicyConfig, PolicyErrors};
use http::{HeaderMap, HeaderValue, header};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Text near what people write: pieces of origins, in any order.
fn near_origins() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            "https", "http", "://", ":", "/", "*", "*.", ".", "example", ".com", "localhost", "127.0.0.1",
            "[::1]", "443", "8080", "@", "?", "#", ",", " ", "\"", "\\", "^", "$", "xn--", "0x7f", "!", "É", "ß", "日本",
            "null", "file", "-", "_", "%", "[", "]", "0", "A", "\\d+", "\\.", ".*", "(", ")", "|", "{", "}", "s?",
            "data:", "192.168.", "htps", "moz-extension",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Patterns, some of which are risky with credentials, with what people leave out or add.
fn near_patterns() -> impl Strategy<Value = String> {
    (
        prop::sample::select(vec![
            "", "http://", "https://", "HTTP://", "htps://", "app://", "ws://",
        ]),
        prop::sample::select(vec!["", "*.", "*"]),
        prop::sample::select(vec![
            "github.io",
            "co.uk",
            "a.example",
            "b.Example",
            "com",
            "localhost",
            "10.0.0.7",
            "é.example",
            "3d",
            "b.Example.",
            "xn--f",
        ]),
        prop::sample::select(vec!["", ":80", ":443", ":8080", ":*"]),
        prop::sample::select(vec!["", "/", "/path", " ", ",", "."]),
    )
        .prop_map(|(scheme, labels, host, port, rest)| {
            format!("{scheme}{labels}{host}{port}{rest}")
        })
}

/// Hosts that share labels and suffixes, of the kind that a `*.` covers.
fn plain_host() -> impl Strategy<Value = String> {
    let label = prop::sample::select(vec!["a", "b", "aa", "ab", "example", "a_b", "3d"]);
    (
        vec(label, 0..3),
        prop::sample::select(vec!["a.test", "b.test", "ba.test", "test", "a.b.test", "2nd"]),
    )
        .prop_map(|(labels, base)| labels.into_iter().chain([base]).collect::<Vec<_>>().join("."))
}

/// Hosts that differ from those in a trailing dot or a character.
fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => plain_host(),
        1 => plain_host().prop_map(|host| host + "."),
        1 => (prop::sample::select(vec!["a!b", "a~", "+"]), plain_host())
            .prop_map(|(label, host)| format!("{label}.{host}")),
    ]
}

/// Hosts of schemes that have opaque ones.
fn opaque_host() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => host(),
        1 => host().prop_map(|host| host.to_uppercase()),
        1 => host().prop_map(|host| format!(".{host}")),
        1 => host().prop_map(|host| format!("%2A.{host}")),
    ]
}

fn port() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", ":8080", ":8443"]).prop_map(str::to_owned)
}

fn scheme_and_host() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => (prop::sample::select(vec!["http", "https"]), host())
            .prop_map(|(scheme, host)| format!("{scheme}://{host}")),
        1 => opaque_host().prop_map(|host| format!("app://{host}")),
    ]
}

fn valid_origin() -> impl Strategy<Value = String> {
    (scheme_and_host(), port()).prop_map(|(origin, port)| origin + &port)
}

fn valid_pattern() -> impl Strategy<Value = String> {
    let scheme = prop::sample::select(vec!["http", "https", "app"]);
    let subdomains =
        (scheme, plain_host()).prop_map(|(scheme, base)| format!("{scheme}://*.{base}"));
    let port = prop_oneof![3 => port(), 1 => Just(":*".to_owned())];
    (prop_oneof![scheme_and_host(), subdomains], port).prop_map(|(origin, port)| origin + &port)
}

/// Whether a pattern matches an origin, read off their texts.
fn matches(pattern: &str, origin: &str) -> bool {
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
    let is_host = match of_host.strip_prefix('*') {
        Some(base) => host.ends_with(base) && host.split('.').all(is_plain),
        None => host == of_host,
    };
    scheme == of_scheme && is_host && (port == of_port || of_port == "*")
}

fn token() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "PUT",
            "put",
            "patch",
            "x-a",
            "X-B",
            "Content-Type",
            "authorization"
        ])
        .prop_map(str::to_owned),
        "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}",
    ]
}

fn names() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![4 => vec(token(), 0..4), 1 => Just(vec!["*".to_owned()])]
}

prop_compose! {
    fn rule()(
        origins in prop_oneof![4 => vec(valid_pattern(), 1..5), 1 => Just(vec!["*".to_owned()])],
        credentials in any::<bool>(),
        (methods, headers, exposed) in (names(), names(), names()),
        with_authorization in any::<bool>(),
        max_age in option::of(0..=86_400_i64),
        permissions in any::<(bool, bool, bool)>(),
        (at_run_time, vary_by) in (any::<bool>(), vec(token(), 0..3)),
    ) -> cors_core::RuleConfig {
        let mut rule = cors_core::RuleConfig::default();
        rule.allow_origins = origins;
        rule.allow_credentials = credentials;
        rule.allow_methods = methods;
        rule.allow_headers = headers;
        if with_authorization {
            rule.allow_headers.push("authorization".into());
        }
        rule.expose_headers = exposed;
        rule.max_age = max_age;
        rule.dangerously_allow_insecure_origins_with_credentials = permissions.0;
        rule.dangerously_allow_public_suffix_subdomains_with_credentials = permissions.1;
        rule.dangerously_allow_run_time_origins_with_credentials = permissions.2;
        rule.allow_origins_at_run_time = at_run_time;
        if at_run_time {
            rule.vary_by = vary_by;
        }
        rule
    }
}

fn config() -> impl Strategy<Value = PolicyConfig> {
    (vec(rule(), 1..4), any::<bool>()).prop_map(|(rules, enforce)| {
        let mut config = PolicyConfig::default();
        config.rules = rules;
        config.enforce_origins = enforce;
        config
    })
}

/// Every suggestion, put in the place of what is wrong, is right there.
fn suggestions_are_valid(errors: &PolicyErrors) -> Result<(), TestCaseError> {
    for error in errors {
        prop_assert!(error.to_string().contains("; "), "{}", error);
        let suggested = error.suggestion().map(ToOwned::to_owned);
        let suggested: Vec<_> =
            suggested.into_iter().chain(error.suggested_elements().iter().cloned()).collect();
        if suggested.is_empty() {
            continue;
        }
        let builder = Policy::builder();
        let builder = match error.path().split('[').next().unwrap() {
            "allow_origins" => builder.allow_origins(suggested),
            "allow_methods" => builder.allow_origins(["*"]).allow_methods(suggested),
            "allow_headers" => builder.allow_origins(["*"]).allow_headers(suggested),
            "expose_headers" => builder.allow_origins(["*"]).expose_headers(suggested),
            "vary_by" => builder.allow_origins_at_run_time(true).vary_by(suggested),
            "max_age" => continue,
            path => panic!("{path} has a suggestion"),
        };
        prop_assert!(builder.build().is_ok(), "{}", error);
    }
    Ok(())
}

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
        permissions in any::<(bool, bool)>(),
    ) {
        let check = |texts: &[String]| {
            let policy = Policy::builder()
                .allow_origins(texts)
                .allow_credentials(true)
                .dangerously_allow_insecure_origins_with_credentials(permissions.0)
                .dangerously_allow_public_suffix_subdomains_with_credentials(permissions.1)
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
        prop_assert!(check(&texts).iter().all(|error| error.suggestion().is_none()));
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

    #[test]
    fn any_file_is_a_policy_or_explained(
        keys in vec((prop_oneof![
            prop::sample::select(vec![
                "allow_origins", "allow_credentials", "max_age", "rules", "enforce_origins",
                "allow_origins_at_run_time", "vary_by", "enforce_origins", "allow_origin", "x y",
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
            if let Ok(config) = toml::from_str::<PolicyConfig>(&text) {
                match Policy::try_from(config) {
                    Ok(policy) => drop(policy.lints()),
                    Err(errors) => drop(errors.to_string()),
                }
            }
        }
    }

    #[test]
    fn a_policy_is_what_its_configuration_says(config in config()) {
        let Ok(policy) = Policy::try_from(config) else { return Ok(()) };
        let normal = policy.to_config();
        let toml: PolicyConfig = toml::from_str(&toml::to_string(&normal).unwrap()).unwrap();
        let json: PolicyConfig =
            serde_json::from_str(&serde_json::to_string(&normal).unwrap()).unwrap();
        for config in [normal.clone(), toml, json] {
            prop_assert_eq!(&config, &normal);
            let again = Policy::try_from(config).unwrap();
            prop_assert_eq!(&again, &policy);
            prop_assert_eq!(again.to_config(), normal.clone());
            prop_assert_eq!(again.lints(), policy.lints());
        }
    }

    #[test]
    fn the_first_rule_with_a_matching_pattern_governs(
        rules in vec(vec(valid_pattern(), 1..6), 1..5),
        any_at in option::of(0..5_usize),
        origins in vec(prop_oneof![valid_origin(), valid_pattern(), near_origins()], 1..20),
    ) {
        let mut builder = Policy::builder();
        let mut parsed: Vec<Vec<OriginPattern>> = Vec::new();
        for (index, patterns) in rules.iter().enumerate() {
            if index > 0 {
                builder = builder.next_rule();
            }
            builder = builder.expose_headers([format!("x-rule-{index}")]);
            if any_at == Some(index) {
                builder = builder.allow_origins(["*"]);
                parsed.push(Vec::new());
            } else {
                builder = builder.allow_origins(patterns);
                parsed.push(patterns.iter().map(|text| text.parse().unwrap()).collect());
            }
        }
        let policy = builder.build().unwrap();
        let compiled = policy.compile::<HeaderValue>();
        for origin in origins {
            let governing = parsed.iter().position(|patterns| {
                patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(origin.as_bytes()))
            });
            prop_assert_eq!(policy.allows_origin(origin.as_bytes()), governing.is_some());
            let Ok(value) = HeaderValue::from_bytes(origin.as_bytes()) else { continue };
            let request = HeaderMap::from_iter([(header::ORIGIN, value)]);
            let mut response = HeaderMap::new();
            let Decision::Forward(headers) = compiled.decide(Request::new("GET", &request)) else {
                panic!("this is no preflight");
            };
            headers.apply(&mut response);
            prop_assert_eq!(headers.rule(), governing);
            // The only origin of a policy is sent to every page.
            let sent = response.get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
            if sent.is_some_and(|sent| sent != "*" && sent.as_bytes() != origin.as_bytes()) {
                prop_assert!(governing.is_none() && parsed.iter().flatten().count() == 1);
                continue;
            }
            let exposed = response.get(header::ACCESS_CONTROL_EXPOSE_HEADERS);
            let expected = governing.map(|index| format!("x-rule-{index}"));
            prop_assert_eq!(exposed.map(|value| value.to_str().unwrap()), expected.as_deref());
        }
    }

    #[test]
    fn an_origin_called_covered_is(rules in vec(vec(valid_pattern(), 1..6), 1..4)) {
        let patterns: Vec<Vec<OriginPattern>> = rules
            .iter()
            .map(|rule| rule.iter().map(|text| text.parse().unwrap()).collect())
            .collect();
        let mut builder = Policy::builder();
        for (index, rule) in rules.iter().enumerate() {
            builder = if index > 0 { builder.next_rule() } else { builder }.allow_origins(rule);
        }
        let lints = builder.build().unwrap().lints();
        let is_told = |path: &str| lints.iter().any(|lint| lint.path() == path);
        for (index, rule) in patterns.iter().enumerate() {
            let covers = |other: &OriginPattern, pattern: &OriginPattern| {
                examples(pattern).iter().all(|origin| other.matches(origin.as_bytes()))
            };
            let by_earlier_rule = |pattern: &OriginPattern| {
                patterns[..index].iter().flatten().any(|other| covers(other, pattern))
            };
            let is_unreachable = rule.iter().all(by_earlier_rule);
            prop_assert_eq!(is_told(&format!("rules[{index}]")), is_unreachable);
            for (place, pattern) in rule.iter().enumerate() {
                let by_same_rule = rule.iter().enumerate().any(|(at, other)| {
                    at != place && covers(other, pattern) && (other != pattern || at < place)
                });
                let is_covered = by_same_rule || by_earlier_rule(pattern);
                let prefix = if rules.len() > 1 { format!("rules[{index}].") } else { String::new() };
                let path = format!("{prefix}allow_origins[{place}]");
                prop_assert_eq!(is_told(&path), is_covered && !is_unreachable, "{}", path);
            }
        }
    }
}

/// Origins that together tell a pattern from every narrower one.
fn examples(pattern: &OriginPattern) -> Vec<String> {
    let text = pattern.as_str();
    let hosts = match text.split_once("*.") {
        Some((scheme, base)) => vec![format!("{scheme}q.{base}"), format!("{scheme}r.q.{base}")],
        None => vec![text.to_owned()],
    };
    hosts
        .into_iter()
        .flat_map(|origin| match origin.strip_suffix(":*") {
            Some(without_port) => vec![without_port.to_owned(), format!("{without_port}:9")],
            None => vec![origin],
        })
        .collect()
}
