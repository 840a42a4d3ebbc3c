//! Every rule, what stands around it, and names that people know.

use std::collections::BTreeSet;

use cors_public_suffix::public_suffix_at_or_below;

use crate::encode;
use crate::model::{self, RULES, with_ancestors};

#[test]
fn the_text_is_sorted_and_whole() {
    assert!(RULES.len() > 10_000, "{} rules", RULES.len());
    for pair in RULES.windows(2) {
        assert!(pair[0].rsplit('.').lt(pair[1].rsplit('.')), "{pair:?}");
    }
    for rule in &*RULES {
        let allowed = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
        let name = rule.trim_start_matches("*.").trim_start_matches('!');
        assert!(name.bytes().all(allowed), "{rule}");
    }
}

#[test]
fn the_data_is_the_text_packed() {
    let packed = encode::encode(RULES.iter().copied()).unwrap();
    let committed = include_bytes!("../../src/public_suffixes.bin");
    assert!(packed == committed, "run: cargo run -p cors-public-suffix --example renew");
    assert!(packed.len() < 40_000, "{} bytes", packed.len());
}

/// Changes each byte of a name, leaves it out, doubles it, and puts another one before it.
fn near_misses(name: &str) -> impl Iterator<Item = String> {
    (0..=name.len()).flat_map(move |at| {
        let (before, after) = name.split_at(at);
        let rest = after.get(1..).unwrap_or_default();
        ["", "a", "z", "0", "-", ".", "*", "!", "\n", "é", "\u{7f}"]
            .into_iter()
            .flat_map(move |new| [format!("{before}{new}{rest}"), format!("{before}{new}{after}")])
    })
}

#[test]
fn every_rule_and_what_is_near_it_is_found_as_in_the_text() {
    let mut names = BTreeSet::new();
    for rule in &*RULES {
        let name = rule.trim_start_matches('!');
        for name in [*rule, name, &name.replace('*', "any"), &name.replace("*.", "")] {
            names.extend(with_ancestors(name).map(str::to_owned));
            names.extend(
                ["a", "any", "z", "*", "!", "", "xn--"].map(|label| format!("{label}.{name}")),
            );
            names.extend([
                format!("a.b.{name}"),
                format!("!{name}"),
                format!("*.{name}"),
                format!("{name}."),
            ]);
            names.extend(["a", "-", "0", "z"].map(|end| format!("{end}{name}")));
            names.extend(["a", "-", "0", "z", ".a", ".zz"].map(|end| format!("{name}{end}")));
        }
    }
    assert!(names.len() > 200_000, "{} names", names.len());
    // Every change of every byte would be millions of names.
    let changed: BTreeSet<_> =
        RULES.iter().step_by(16).flat_map(|rule| near_misses(rule)).collect();
    assert!(changed.len() > 100_000, "{} changed names", changed.len());

    let is_wrong =
        |name: &&String| public_suffix_at_or_below(name) != model::public_suffix_at_or_below(name);
    let wrong: Vec<_> = names.union(&changed).filter(is_wrong).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn suffixes_and_their_ancestors_are_found() {
    for base in [
        "com",
        "co.uk",
        "github.io",
        "s3.amazonaws.com",
        // A rule with a wildcard makes every name right below a suffix.
        "anything.ck",
        "eu-west-1.compute.amazonaws.com",
        // Names in Punycode.
        "xn--fiqs8s",
        "xn--55qx5d.cn",
        // No suffixes themselves.
        "amazonaws.com",
        "compute.amazonaws.com",
        "windows.net",
        "core.windows.net",
        "digitaloceanspaces.com",
        "fastly.net",
        "oraclecloudapps.com",
        "r.appspot.com",
        "kawasaki.jp",
        // Unlisted top-level domains.
        "corp",
        "internal",
    ] {
        assert!(public_suffix_at_or_below(base), "{base}");
    }
}

#[test]
fn names_that_belong_to_someone_are_not() {
    for base in [
        "example.com",
        "example.co.uk",
        "octocat.github.io",
        // Exceptions to a rule with a wildcard.
        "www.ck",
        "city.kawasaki.jp",
        "example.anything.ck",
        "service.corp",
        "aws.amazon.com",
        // Listed names are no ancestors of those that only end in the same letters.
        "indows.net",
        "notamazonaws.com",
    ] {
        assert!(!public_suffix_at_or_below(base), "{base}");
    }
}
