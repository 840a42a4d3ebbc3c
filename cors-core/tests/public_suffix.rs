//! Which subdomain patterns may go with credentials. The crate `cors-public-suffix` tests the list.

#![cfg(feature = "public-suffix")]

use cors_core::Policy;

/// Names, and whether names below them belong to different people.
const BASES: [(&str, bool); 15] = [
    ("co.uk", true),
    ("github.io", true),
    ("vercel.app", true),
    ("anything.ck", true),
    ("amazonaws.com", true),
    ("core.windows.net", true),
    ("com", true),
    ("corp", true),
    ("example.co.uk", false),
    ("octocat.github.io", false),
    ("team.vercel.app", false),
    ("www.ck", false),
    ("notamazonaws.com", false),
    ("service.corp", false),
    ("localhost", false),
];

#[test]
fn subdomains_of_suffixes_and_of_their_ancestors_are_refused() {
    for (base, is_refused) in BASES {
        let policy = Policy::builder().allow_origins([format!("https://*.{base}")]);
        let errors = policy.allow_credentials(true).build().err();
        let codes: Vec<_> =
            errors.iter().flat_map(|errors| errors.iter()).map(|error| error.code()).collect();
        let expected: &[_] = if is_refused { &["public-suffix-with-credentials"] } else { &[] };
        assert_eq!(codes, expected, "{base}");
    }
}

/// Without credentials too, unless what follows the wildcard begins with a hyphen.
#[test]
fn labels_below_suffixes_and_their_ancestors_are_refused() {
    for (base, is_refused) in BASES {
        let codes = |pattern: &str, credentials: bool| {
            let policy = Policy::builder().allow_origins([format!("https://{pattern}.{base}")]);
            let errors = policy.allow_credentials(credentials).build().err();
            let codes: Vec<_> =
                errors.iter().flat_map(|errors| errors.iter()).map(|error| error.code()).collect();
            codes
        };
        let below: &[_] = if is_refused { &["origin-wildcard-below-public-suffix"] } else { &[] };
        for open in ["pr-*", "*team", "my-app-*x", "pr-*-", "*--"] {
            assert_eq!(codes(open, false), below, "{open} {base}");
            assert_eq!(codes(open, true), below, "{open} {base}");
        }
        let with_credentials: &[_] =
            if is_refused { &["public-suffix-with-credentials"] } else { &[] };
        for separated in ["*-team", "pr-*--site", "*-a-b"] {
            assert!(codes(separated, false).is_empty(), "{separated} {base}");
            assert_eq!(codes(separated, true), with_credentials, "{separated} {base}");
        }
    }
}

#[test]
fn the_permission_and_the_lack_of_cookies_lift_the_refusal() {
    let patterns = [
        "https://*.github.io",
        "https://*.amazonaws.com",
        "https://*.corp",
        "https://*-a.vercel.app",
    ];
    let policy = Policy::builder().allow_origins(patterns);
    assert!(policy.clone().build().is_ok());
    for with_cookies in [
        policy.clone().allow_credentials(true),
        policy.clone().enforce_origins(true),
        policy.enforce_origins(true).allow_credentials(true),
    ] {
        assert_eq!(with_cookies.clone().build().unwrap_err().iter().count(), 4);
        let permitted =
            with_cookies.dangerously_allow_public_suffix_subdomains_with_credentials(true);
        let lints = permitted.build().unwrap().lints();
        assert!(lints.iter().all(|lint| lint.code() == "own-origins-missing"), "{lints:?}");
    }
}

/// Without cookies, a warning says who can read the responses.
#[test]
fn strangers_are_warned_of() {
    let policy = Policy::builder().allow_origins([
        "https://*.vercel.app",
        "https://*-team.vercel.app",
        "https://deploy-preview-*--site.netlify.app:*",
        "https://*.corp",
        "https://*.team.vercel.app",
        "https://pr-*.team.vercel.app",
        "https://pr-*.preview.example.com",
        "http://*.localhost",
        "http://pr-*.localhost",
        "moz-extension://*",
    ]);
    let lints = policy.clone().build().unwrap().lints();
    let texts: Vec<_> = lints.iter().map(ToString::to_string).collect();
    let covered = "already allows it";
    assert_eq!(
        texts.iter().filter(|text| !text.contains(covered)).collect::<Vec<_>>(),
        [
            r#"allow_origins[0] "https://*.vercel.app": strangers can register subdomains there, and their pages can read the responses; list the origins, or accept this warning if everybody may read them"#,
            r#"allow_origins[1] "https://*-team.vercel.app": the pages of whoever can register a name there with this ending can read the responses; list the origins, or accept this warning if the provider reserves such names for you"#,
            r#"allow_origins[2] "https://deploy-preview-*--site.netlify.app:*": the pages of whoever can register a name there with this ending can read the responses; list the origins, or accept this warning if the provider reserves such names for you"#,
            r#"allow_origins[3] "https://*.corp": strangers can register subdomains there, and their pages can read the responses; list the origins, or accept this warning if everybody may read them"#,
        ]
    );
    let accepted =
        policy.accept_lints(["public-suffix-subdomains", "public-suffix-label", "covered-origin"]);
    assert_eq!(accepted.build().unwrap().lints(), []);
}

#[test]
fn own_origins_that_strangers_can_register_are_a_warning() {
    let own = |pattern: &str| Policy::none().enforce_origins(true).own_origins([pattern]);
    let lints = |pattern| own(pattern).build().unwrap().lints();
    for pattern in ["https://*.github.io", "https://*.amazonaws.com:*"] {
        let lints = lints(pattern);
        let codes: Vec<_> = lints.iter().map(|lint| (lint.code(), lint.path())).collect();
        assert_eq!(codes, [("shared-own-origin", "own_origins[0]")], "{pattern}");
    }
    for pattern in ["https://team.github.io", "https://*.team.github.io", "http://*.localhost:*"] {
        assert_eq!(lints(pattern), [], "{pattern}");
    }
}
