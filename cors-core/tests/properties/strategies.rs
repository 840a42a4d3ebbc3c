//! Inputs.

use cors_core::PolicyConfig;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Text near what people write: pieces of origins, in any order.
pub(crate) fn near_origins() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(vec![
            "https", "http", "://", ":", "/", "*", "*.", ".", "example", ".com", "localhost", "127.0.0.1",
            "[::1]", "443", "8080", "@", "?", "#", ",", " ", "\"", "\\", "^", "$", "xn--", "0x7f", "!", "É", "ß", "日本",
            "null", "file", "-", "_", "%", "[", "]", "0", "A", "\\d+", "\\.", ".*", "(", ")", "|", "{", "}", "s?",
            "data:", "192.168.", "htps", "moz-extension", "pr-*", "-team", "[^.]+",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Patterns, some of which are risky with credentials, with what people leave out or add.
pub(crate) fn near_patterns() -> impl Strategy<Value = String> {
    (
        prop::sample::select(vec![
            "", "http://", "https://", "HTTP://", "htps://", "app://", "ws://",
        ]),
        prop::sample::select(vec!["", "*.", "*", "pr-*.", "*-a."]),
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
            "*",
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
    let label = prop::sample::select(vec![
        "a", "b", "aa", "ab", "example", "a_b", "3d", "a-b", "aa-b", "a-a-b",
    ]);
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

pub(crate) fn valid_origin() -> impl Strategy<Value = String> {
    (scheme_and_host(), port()).prop_map(|(origin, port)| origin + &port)
}

pub(crate) fn valid_pattern() -> impl Strategy<Value = String> {
    let scheme = prop::sample::select(vec!["http", "https", "app"]);
    let subdomains =
        (scheme, plain_host()).prop_map(|(scheme, base)| format!("{scheme}://*.{base}"));
    let port = prop_oneof![3 => port(), 1 => Just(":*".to_owned())];
    let origin = prop_oneof![6 => scheme_and_host(), 6 => subdomains, 6 => label(), 1 => Just("app://*".to_owned())];
    (origin, port).prop_map(|(origin, port)| origin + &port)
}

/// Patterns for a part of the names below a domain. There are no more than eight pairs of lengths.
fn label() -> impl Strategy<Value = String> {
    let scheme = prop::sample::select(vec!["http", "https", "app"]);
    let before = prop::sample::select(vec!["", "a", "a-", "b-", "a_"]);
    let after = prop::sample::select(vec!["", "-b", "-a"]);
    let base = prop::sample::select(vec!["a.test", "b.test", "a.b.test"]);
    let own = (before.clone(), after, base).prop_map(|(before, after, base)| {
        // All of the label is another kind of pattern.
        let after = if before.is_empty() && after.is_empty() { "-b" } else { after };
        format!("{before}*{after}.{base}")
    });
    let below_suffix = before.prop_map(|before| format!("{before}*-b.test"));
    (scheme, prop_oneof![3 => own, 1 => below_suffix])
        .prop_map(|(scheme, host)| format!("{scheme}://{host}"))
}

pub(crate) fn token() -> impl Strategy<Value = String> {
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
        permissions in any::<(bool, bool, bool, bool)>(),
        (by_predicate, predicate_vary) in (any::<bool>(), vec(token(), 0..3)),
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
        rule.dangerously_allow_predicate_origins_with_credentials = permissions.2;
        rule.dangerously_allow_any_host_origins_with_credentials = permissions.3;
        rule.allow_origins_by_predicate = by_predicate;
        if by_predicate {
            rule.predicate_vary = predicate_vary;
        }
        rule
    }
}

pub(crate) fn config() -> impl Strategy<Value = PolicyConfig> {
    (vec(rule(), 1..4), any::<bool>()).prop_map(|(rules, enforce)| {
        let mut config = PolicyConfig::default();
        config.rules = rules;
        config.enforce_origins = enforce;
        config
    })
}
