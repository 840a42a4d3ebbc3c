//! Random policies, valid by construction.

use std::fmt;

use cors_core::{Policy, PolicyConfig, RuleConfig};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const PATTERNS: [&str; 20] = [
    "https://app.example",
    "https://app.example:8443",
    "http://app.example",
    "https://app.example.com",
    "https://a.app.example.com",
    "https://xn--caf-dma.example",
    "http://localhost:3000",
    "http://[::1]:3000",
    "capacitor://localhost",
    "https://*.example.com",
    "https://*.app.example.com",
    "https://*.example.com:*",
    "https://app.example:*",
    "http://localhost:*",
    "https://a*.example.com",
    "https://*pp.example.com:*",
    "https://a-*.app.example.com",
    "https://*-app.example.com",
    "capacitor://*",
    "app://*:*",
];

const METHODS: [&str; 7] = ["PUT", "delete", "PATCH", "patch", "OPTIONS", "GET", "CHICKEN"];

const HEADERS: [&str; 7] =
    ["x-a", "X-B", "Authorization", "content-type", "accept", "range", "x-method-override"];

const EXPOSED: [&str; 4] = ["x-request-id", "ETag", "content-type", "x-unsent"];

/// A policy and what it was built from.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) config: PolicyConfig,
    pub(crate) policy: Policy,
}

pub(crate) fn samples() -> impl Strategy<Value = Sample> {
    prop::collection::vec(rules(), 1..=3).prop_map(|rules| {
        let mut config = PolicyConfig::default();
        config.rules = rules;
        Sample::new(config)
    })
}

impl Sample {
    pub(crate) fn new(config: PolicyConfig) -> Self {
        let policy = Policy::try_from(config.clone()).expect("policies are valid by construction");
        Self { config, policy }
    }
}

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.config.fmt(f)
    }
}

pub(crate) fn rules() -> impl Strategy<Value = RuleConfig> {
    let origins = prop_oneof![2 => Just(vec!["*"]), 8 => some_of(&PATTERNS, 2)];
    let methods = prop_oneof![3 => Just(vec!["*"]), 7 => some_of(&METHODS, 0)];
    let headers = prop_oneof![
        3 => Just(vec!["*"]),
        2 => Just(vec!["*", "authorization"]),
        5 => some_of(&HEADERS, 0),
    ];
    let exposed = prop_oneof![3 => Just(vec!["*"]), 7 => some_of(&EXPOSED, 0)];
    let max_age = select(vec![None, Some(0), Some(10), Some(86_400)]);
    (origins, any::<bool>(), methods, headers, exposed, max_age).prop_map(
        |(origins, credentials, methods, headers, exposed, max_age)| {
            let credentials = credentials && origins != ["*"];
            let exposed = if credentials && exposed == ["*"] { Vec::new() } else { exposed };
            let mut rule = RuleConfig::default();
            rule.allow_origins = strings(&origins);
            rule.allow_credentials = credentials;
            rule.allow_methods = strings(&methods);
            rule.allow_headers = strings(&headers);
            rule.expose_headers = strings(&exposed);
            rule.max_age = max_age;
            rule.dangerously_allow_insecure_origins_with_credentials = credentials;
            rule.dangerously_allow_public_suffix_subdomains_with_credentials = credentials;
            // Policies enforce origins, too.
            rule.dangerously_allow_any_host_origins_with_credentials = true;
            rule
        },
    )
}

fn some_of(
    names: &'static [&'static str],
    least: usize,
) -> impl Strategy<Value = Vec<&'static str>> {
    subsequence(names.to_vec(), least..=least + 4).prop_shuffle()
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}
