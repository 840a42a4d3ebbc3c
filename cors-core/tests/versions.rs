//! The version of a policy: the same for equal policies, wherever they are built.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeSet;
use std::time::Duration;

use cors_core::{Policy, PolicyBuilder, PolicyConfig};

const APP: &str = "https://app.example";

fn version(policy: PolicyBuilder) -> String {
    policy.build().unwrap().version().to_string()
}

/// Every process computes these. A change means that the machines of a fleet which run two releases show
/// two versions of one policy, so the changelog has to say it.
#[test]
fn versions_are_the_same_in_every_process() {
    assert_eq!(version(Policy::any_origin()), "d20bc6a316c78621");
    let policy = Policy::builder()
        .allow_origins([APP, "https://*.partner.example"])
        .allow_credentials(true)
        .dangerously_allow_public_suffix_subdomains_with_credentials(true)
        .allow_methods(["PUT"])
        .max_age(Duration::from_secs(600))
        .next_rule()
        .allow_origins(["*"]);
    assert_eq!(version(policy), "61a46a13847e3343");
}

#[test]
fn every_setting_changes_the_version() {
    let base = || Policy::builder().allow_origins([APP]);
    let policies = [
        base(),
        Policy::builder().allow_origins(["https://other.example"]),
        Policy::builder().allow_origins([APP, "https://other.example"]),
        Policy::any_origin(),
        Policy::none(),
        Policy::none().next_rule().allow_origins([APP]),
        base().allow_credentials(true),
        base().allow_methods(["PUT"]),
        base().allow_methods(["*"]),
        base().allow_headers(["x-a"]),
        base().expose_headers(["x-a"]),
        base().max_age(Duration::ZERO),
        base().max_age(Duration::from_secs(5)),
        base().enforce_origins(true),
        base().enforce_origins(true).own_origins([APP]),
        base().accept_lints(["own-origins-missing"]),
        base().allow_origins_by_predicate(true),
        base().allow_origins_by_predicate(true).predicate_vary(["x-tenant"]),
        base().next_rule().allow_origins(["*"]),
        base().next_rule().allow_origins(["*"]).allow_methods(["PUT"]),
        base().allow_methods(["PUT"]).next_rule().allow_origins(["*"]),
    ];
    let count = policies.len();
    let versions: BTreeSet<_> = policies.into_iter().map(version).collect();
    assert_eq!(versions.len(), count, "{versions:?}");
}

/// What is written in another way, or in another format, is the same policy.
#[test]
fn equal_policies_have_the_same_version() {
    let policy = Policy::builder().allow_origins([APP]).allow_headers(["X-B", "x-a"]);
    let policy = policy.allow_methods(["PUT"]).build().unwrap();
    let texts = [
        "allow_origins = ['https://app.example']\nallow_methods = ['PUT']\nallow_headers = ['x-b', 'X-A']",
        "# A rule of its own.\n[[rules]]\nallow_headers = ['x-b', 'x-a']\nallow_methods = ['PUT']\nallow_origins = ['https://app.example']",
    ];
    for text in texts {
        let config: PolicyConfig = toml::from_str(text).unwrap();
        let again = Policy::try_from(config).unwrap();
        assert_eq!(again, policy, "{text}");
        assert_eq!(again.version(), policy.version(), "{text}");
    }
    assert_eq!(Policy::try_from(policy.to_config()).unwrap().version(), policy.version());
}
