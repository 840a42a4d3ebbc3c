//! Which subdomain patterns may go with credentials. The crate `cors-public-suffix` tests the list.

#![cfg(feature = "public-suffix")]

use cors_core::Policy;

#[test]
fn subdomains_of_suffixes_and_of_their_ancestors_are_refused() {
    for (base, is_refused) in [
        ("co.uk", true),
        ("github.io", true),
        ("anything.ck", true),
        ("amazonaws.com", true),
        ("core.windows.net", true),
        ("corp", true),
        ("example.co.uk", false),
        ("octocat.github.io", false),
        ("www.ck", false),
        ("notamazonaws.com", false),
        ("service.corp", false),
    ] {
        let policy = Policy::builder().allow_origins([format!("https://*.{base}")]);
        let errors = policy.allow_credentials(true).build().err();
        let codes: Vec<_> =
            errors.iter().flat_map(|errors| errors.iter()).map(|error| error.code()).collect();
        let expected: &[_] = if is_refused { &["public-suffix-with-credentials"] } else { &[] };
        assert_eq!(codes, expected, "{base}");
    }
}

#[test]
fn the_permission_and_the_lack_of_credentials_lift_the_refusal() {
    let patterns = ["https://*.github.io", "https://*.amazonaws.com", "https://*.corp"];
    let policy = Policy::builder().allow_origins(patterns);
    assert!(policy.clone().build().is_ok());
    assert_eq!(policy.clone().allow_credentials(true).build().unwrap_err().iter().count(), 3);
    let permitted = policy
        .allow_credentials(true)
        .dangerously_allow_public_suffix_subdomains_with_credentials(true);
    assert!(permitted.build().is_ok());
}
