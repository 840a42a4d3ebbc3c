//! Policies and their rules.

use cors_core::adapter::{Decision, RequestParts};
use cors_core::explain::OriginPattern;
use cors_core::{Policy, PolicyConfig};
use http::{HeaderMap, HeaderValue, header};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::strategies::{config, near_origins, valid_origin, valid_pattern};

proptest! {
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
            prop_assert_eq!(again.version(), policy.version());
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
            let Decision::Forward(headers) = compiled.decide(&RequestParts::new("GET", &request)) else {
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
        let is_of_others = |code: &str| {
            ["covered-origin", "duplicate-origin", "origin-of-earlier-rule", "unreachable-rule"]
                .contains(&code)
        };
        let is_told =
            |path: &str| lints.iter().any(|lint| lint.path() == path && is_of_others(lint.code()));
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
    let (scheme, rest) = text.split_once("://").unwrap();
    let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    let hosts = match host.split_once('*') {
        None => vec![host.to_owned()],
        Some(("", "")) => vec!["q".into(), "Q.q".into()],
        Some(("", base)) if base.starts_with('.') => {
            vec![format!("q{base}"), format!("r.q{base}"), format!("_{base}")]
        }
        Some((before, after)) => {
            ["q", "r", "qr"].map(|free| format!("{before}{free}{after}")).into()
        }
    };
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let hosts = hosts.into_iter().map(|host| format!("{scheme}://{host}{port}"));
    hosts
        .flat_map(|origin| match origin.strip_suffix(":*") {
            Some(without_port) => vec![without_port.to_owned(), format!("{without_port}:9")],
            None => vec![origin],
        })
        .collect()
}
