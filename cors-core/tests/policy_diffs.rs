//! What changes from one policy to another, as it is printed.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use cors_core::explain::{DiffError, PolicyDiff};
use cors_core::{Policy, PolicyConfig};

fn policy(toml: &str) -> Policy {
    let config: PolicyConfig = toml::from_str(toml).unwrap();
    Policy::try_from(config).unwrap()
}

fn diff(old: &str, new: &str) -> PolicyDiff {
    PolicyDiff::between(&policy(old), &policy(new)).unwrap()
}

/// Compares the policies both ways: what one way gains, the other way loses.
fn expect(old: &str, new: &str, expected: &str) {
    let found = diff(old, new);
    assert_eq!(found.to_string(), expected, "{old}\n{new}");
    let swap = |line: &str| match (line.strip_prefix("  gains"), line.strip_prefix("  loses")) {
        (Some(rest), _) => format!("  loses{rest}"),
        (_, Some(rest)) => format!("  gains{rest}"),
        _ => line.to_owned(),
    };
    let sorted = |mut lines: Vec<String>| {
        lines.retain(|line| !line.starts_with("  max_age"));
        lines.sort();
        lines
    };
    let back = diff(new, old).to_string();
    let back = sorted(back.lines().map(swap).collect());
    // The sets are listed in the order of the old policy and then the new one.
    assert_eq!(back, sorted(expected.lines().map(str::to_owned).collect()), "{old}\n{new}");
}

/// A policy of one rule for `https://a.example`.
fn rule(settings: &str) -> String {
    format!("allow_origins = ['https://a.example']\n{settings}")
}

#[test]
fn each_setting_is_compared_by_what_it_permits() {
    for (old, new, expected) in [
        ("", "allow_credentials = true", "  gains: credentials\n"),
        (
            "allow_methods = ['PUT']",
            "allow_methods = ['PATCH', 'patch']",
            "  gains: methods PATCH, patch\n  loses: methods PUT\n",
        ),
        ("allow_methods = ['PUT']", "allow_methods = ['*']", "  gains: methods any but PUT\n"),
        ("", "allow_methods = ['*']", "  gains: methods any\n"),
        (
            "allow_headers = ['x-a']",
            "allow_headers = ['X-B', 'content-type']",
            "  gains: request headers content-type, x-b\n  loses: request headers x-a\n",
        ),
        (
            "allow_headers = ['x-a', 'authorization']",
            "allow_headers = ['*']",
            "  gains: request headers any but authorization, x-a\n  loses: request headers authorization\n",
        ),
        (
            "allow_headers = ['x-a', 'authorization']",
            "allow_headers = ['*', 'authorization']",
            "  gains: request headers any but authorization, x-a\n",
        ),
        (
            "allow_headers = ['*']",
            "allow_headers = ['*']\nallow_credentials = true",
            "  gains: credentials; request headers authorization\n",
        ),
        (
            "allow_headers = ['*', 'authorization']",
            "allow_headers = ['*']\nallow_credentials = true",
            "  gains: credentials\n",
        ),
        (
            "expose_headers = ['*']",
            "expose_headers = ['etag', 'pragma']",
            "  loses: exposed headers any but etag\n",
        ),
        ("", "expose_headers = ['ETag']", "  gains: exposed headers etag\n"),
        ("", "max_age = 600", "  max_age: 600 seconds instead of 5\n"),
        ("max_age = 0", "", "  max_age: 5 seconds instead of 0\n"),
    ] {
        expect(&rule(old), &rule(new), &format!("https://a.example\n{expected}"));
    }
}

#[test]
fn what_permits_the_same_is_no_difference() {
    let rules = |rules: &[&str]| rules.join("\n");
    for (old, new) in [
        (rule("allow_methods = ['GET', 'POST', 'put']"), rule("allow_methods = ['PUT']")),
        (rule("allow_methods = ['*']"), rule("allow_methods = ['*']")),
        (rule("expose_headers = ['Content-Type']"), rule("")),
        (rule("max_age = 5"), rule("")),
        (rule("allow_headers = ['X-A', 'x-b']"), rule("allow_headers = ['x-b', 'x-a']")),
        (rule(""), rule("accept_lints = ['unread-default']").replace("unread-default", "covered-origin")),
        // Patterns that others cover, rules that are never reached, and rules in another order.
        (
            "allow_origins = ['https://*.example.com', 'https://a.example.com', 'https://*.b.example.com']".into(),
            "allow_origins = ['https://*.example.com']".into(),
        ),
        (
            rules(&["[[rules]]\nallow_origins = ['*']", "[[rules]]\nallow_origins = ['https://a.example']\nallow_credentials = true"]),
            "allow_origins = ['*']".into(),
        ),
        (
            rules(&["[[rules]]\nallow_origins = ['https://a.example']", "[[rules]]\nallow_origins = ['https://b.example']\nallow_methods = ['PUT']"]),
            rules(&["[[rules]]\nallow_origins = ['https://b.example']\nallow_methods = ['PUT']", "[[rules]]\nallow_origins = ['https://a.example']"]),
        ),
        // No origin is that long.
        (
            "allow_origins = []".into(),
            format!("allow_origins = ['https://*.{}.example']", ["a"; 123].join(".")),
        ),
    ] {
        expect(&old, &new, "");
        assert!(diff(&old, &new).is_empty());
    }
}

#[test]
fn the_first_rule_that_matches_counts() {
    let admin =
        "[[rules]]\nallow_origins = ['https://admin.example.com']\nallow_credentials = true\n";
    let all = "[[rules]]\nallow_origins = ['https://*.example.com']\nallow_methods = ['PUT']\n";
    expect(
        &[admin, all].concat(),
        &[all, admin].concat(),
        "https://admin.example.com\n  gains: methods PUT\n  loses: credentials\n",
    );
    let delete = all.replace("PUT", "PUT', 'DELETE");
    expect(
        &[admin, all].concat(),
        &[admin, &delete].concat(),
        "https://*.example.com (except https://admin.example.com)\n  gains: methods DELETE\n",
    );
}

#[test]
fn patterns_divide_each_other() {
    let one = |patterns: &str| format!("allow_origins = [{patterns}]");
    for (old, new, expected) in [
        (
            "'https://a.example'",
            "'https://b.example'",
            "https://a.example\n  loses: access\nhttps://b.example\n  gains: access\n",
        ),
        (
            "'https://*.example.com'",
            "'https://a.example.com', 'https://*.b.example.com'",
            "https://*.example.com (except https://a.example.com, https://*.b.example.com)\n  loses: access\n",
        ),
        // A part of the label.
        (
            "'https://pr-*.example.com'",
            "'https://*-team.example.com'",
            "https://pr-*.example.com (except https://pr--team.example.com, https://pr-team.example.com, https://pr-*-team.example.com)\n  loses: access\n\
             https://*-team.example.com (except https://pr--team.example.com, https://pr-team.example.com, https://pr-*-team.example.com)\n  gains: access\n",
        ),
        // A `*` does not stand for an underscore, so these have nothing in common but the label itself.
        (
            "'https://a*.example.com'",
            "'https://a_*.example.com', 'https://*.a.example.com'",
            "https://a*.example.com\n  loses: access\nhttps://a_*.example.com\nhttps://*.a.example.com\n  gains: access\n",
        ),
        // Ports.
        (
            "'http://localhost:*'",
            "'http://localhost:3000'",
            "http://localhost:* (except http://localhost:3000)\n  loses: access\n",
        ),
        (
            "'https://a.example.com:*'",
            "'https://*.example.com:8443'",
            "https://a.example.com:* (except https://a.example.com:8443)\n  loses: access\n\
             https://*.example.com:8443 (except https://a.example.com:8443)\n  gains: access\n",
        ),
        // Any host of a scheme, and of any host no more than the scheme's.
        (
            "'app://*'",
            "'app://main:*', 'app2://*:*'",
            "app://* (except app://main)\n  loses: access\napp://main:* (except app://main)\napp2://*:*\n  gains: access\n",
        ),
        // A trailing dot is another host, which no wildcard matches.
        (
            "'https://*.example.com'",
            "'https://*.example.com', 'https://a.example.com.'",
            "https://a.example.com.\n  gains: access\n",
        ),
    ] {
        expect(&one(old), &one(new), expected);
    }
    expect(
        &one("'https://a.example'"),
        "allow_origins = ['*']",
        "every origin (except https://a.example)\nnull\n  gains: access\n",
    );
}

#[test]
fn three_patterns_overlap_in_one_origin() {
    let rule = |pattern: &str, method: &str| {
        format!("[[rules]]\nallow_origins = ['{pattern}']\nallow_methods = ['{method}']\n")
    };
    let starts = |method: &str| rule("https://a-*.example.com:*", method);
    let ends = rule("https://*-b.example.com:*", "PATCH");
    let port = rule("https://*.example.com:8443", "DELETE");
    let gains = "  gains: methods COPY\n  loses: methods PUT\n";
    let policies = |rules: [&str; 3]| rules.concat();
    expect(
        &policies([&starts("PUT"), &ends, &port]),
        &policies([&starts("COPY"), &ends, &port]),
        &format!("https://a-*.example.com:*\n{gains}"),
    );
    expect(
        &policies([&port, &ends, &starts("PUT")]),
        &policies([&port, &ends, &starts("COPY")]),
        &format!(
            "https://a-*.example.com:* (except https://a--b.example.com:*, https://a-b.example.com:*, \
             https://a-*-b.example.com:*, https://a-*.example.com:8443)\n{gains}"
        ),
    );
}

#[test]
fn a_set_is_left_out_only_if_another_has_all_of_it() {
    let narrow =
        "[[rules]]\nallow_origins = ['https://a-*.example.com']\nallow_methods = ['PUT']\n";
    let ends = "[[rules]]\nallow_origins = ['https://*-b.example.com']\n";
    let wide = "[[rules]]\nallow_origins = ['https://*.example.com']\nallow_methods = ['PUT']\n";
    let ports = "[[rules]]\nallow_origins = ['https://a-*.example.com:*']\n";
    let new = [narrow, ends, wide, ports].concat();
    // The order tells patterns from each other that are just as wide.
    for order in [[narrow, ends, wide, ports], [ports, wide, ends, narrow]] {
        let old = order.concat().replace("allow_methods = ['PUT']\n", "");
        let found = diff(&old, &new);
        let sets: Vec<_> = found.changes()[0].origins().iter().map(ToString::to_string).collect();
        assert_eq!(found.changes().len(), 1);
        assert_eq!(sets.len(), 2, "{found}");
        for set in
            ["https://*.example.com (except https://*-b.example.com)", "https://a-*.example.com"]
        {
            assert!(sets.iter().any(|found| found == set), "{found}");
        }
        assert!(found.change_for("https://a-q-b.example.com").is_some());
        assert!(found.change_for("https://q-b.example.com").is_none());
    }
}

#[test]
fn an_application_that_is_asked_is_a_condition() {
    let asks = "allow_origins = ['https://a.example']\nallow_origins_by_predicate = true";
    expect(
        &rule(""),
        asks,
        "every origin (except https://a.example)\n  gains: access if the application allows it\n",
    );
    expect(
        &asks.replace("['https://a.example']", "[]"),
        asks,
        "https://a.example\n  gains: access without asking the application\n",
    );
}

#[test]
fn enforcement_is_compared_by_the_requests_that_reach_the_service() {
    let enforces = rule("enforce_origins = true");
    expect(
        &enforces,
        &rule(""),
        "every origin (except https://a.example)\nnull\n  gains: cross-origin requests reach the service\n",
    );
    assert!(diff(&enforces, &rule("")).is_widening());
    assert!(!diff(&rule(""), &enforces).is_widening());
    let with_own = |own: &str| format!("{enforces}\nown_origins = [{own}]");
    expect(
        &with_own("'https://bank.example'"),
        &with_own("'https://bank.example', 'http://localhost:*'"),
        "http://localhost:*\n  gains: pages count as the service's own\n",
    );
    expect(
        &with_own("'https://bank.example'"),
        &enforces,
        "every origin (except https://bank.example)\n  gains: pages count as the service's own\n",
    );
    expect(
        &enforces,
        &enforces.replace("a.example'", "a.example', 'https://b.example'"),
        "https://b.example\n  gains: access; cross-origin requests reach the service\n",
    );
}

#[test]
fn a_longer_max_age_is_no_widening() {
    assert!(!diff(&rule(""), &rule("max_age = 600")).is_widening());
    assert!(diff(&rule(""), &rule("allow_methods = ['PUT']")).is_widening());
    assert!(!diff(&rule("allow_methods = ['PUT']"), &rule("")).is_widening());
}

#[test]
fn what_is_added_or_removed_is_compared_with_nothing() {
    let added = policy(&rule("enforce_origins = true\nallow_methods = ['PUT']"));
    let expected = "https://a.example\n  gains: access; methods PUT; cross-origin requests reach the service\n";
    assert_eq!(PolicyDiff::of_added(&added).unwrap().to_string(), expected);
    let removed = PolicyDiff::of_removed(&added).unwrap();
    assert_eq!(removed.to_string(), expected.replace("gains", "loses"));
    assert!(!removed.is_widening());
}

#[test]
fn a_difference_is_written_as_json() {
    let old = rule("allow_methods = ['PUT']\nmax_age = 600");
    let new = "allow_origins = ['https://*.example', 'https://a.example']\nallow_methods = ['*']\nallow_credentials = true\ndangerously_allow_public_suffix_subdomains_with_credentials = true";
    let json = serde_json::to_value(diff(&old, new)).unwrap();
    let expected = serde_json::json!({
        "is_widening": true,
        "changes": [
            {
                "origins": [{"pattern": "https://a.example", "except": []}],
                "gained": {"credentials": true, "methods": {"all_but": ["PUT"]}},
                "lost": {},
                "max_age": {"old": 600, "new": 5},
            },
            {
                "origins": [{"pattern": "https://*.example", "except": ["https://a.example"]}],
                "gained": {"access": true, "credentials": true, "methods": {"all_but": []}},
                "lost": {},
            },
        ],
    });
    assert_eq!(json, expected);
}

#[test]
fn large_policies_are_compared() {
    let tenants = |count: usize, more: &str| {
        let patterns = (0..count).map(|at| format!("https://t{at}.example.com"));
        let rule = Policy::builder().allow_origins(patterns).allow_methods([more]);
        rule.next_rule().allow_origins(["https://*.example.com"]).build().unwrap()
    };
    let (old, new) = (tenants(5_000, "PUT"), tenants(5_001, "PUT"));
    let diff = PolicyDiff::between(&old, &new).unwrap();
    assert_eq!(diff.to_string(), "https://t5000.example.com\n  gains: methods PUT\n");
}

#[test]
fn the_work_is_bounded() {
    let half = |pattern: fn(usize) -> String, method: &str| {
        let builder = Policy::builder().allow_origins((100..450).map(pattern));
        builder.allow_methods([method]).build().unwrap()
    };
    let old = half(|at| format!("https://{at}-*.example.com"), "PUT");
    let new = half(|at| format!("https://*-{at}.example.com"), "PATCH");
    assert_eq!(PolicyDiff::between(&old, &new), Err(DiffError::TooManyOverlaps));
}

/// Each pattern is below many others here, and those below others again: paths are many, patterns are not.
#[test]
fn patterns_with_many_ways_between_them_are_compared() {
    let rules = |remainder: usize, settings: &str| {
        let of = |port: &str, remainder: usize| -> String {
            let numbers = (0..32).filter(move |number| number % 4 == remainder);
            let rules = numbers.map(|number| {
                let (before, after) = ("a".repeat(number), "a".repeat(31 - number));
                let origin = format!("https://{before}*{after}.example.com{port}");
                format!("[[rules]]\nallow_origins = ['{origin}']\n{settings}\n")
            });
            rules.collect()
        };
        let all = format!("[[rules]]\nallow_origins = ['https://*.example.com:*']\n{settings}\n");
        [of("", remainder).as_str(), &of(":*", remainder + 1), &all].concat()
    };
    let found = diff(&rules(0, ""), &rules(2, "allow_methods = ['PUT']"));
    assert_eq!(found.to_string(), "https://*.example.com:*\n  gains: methods PUT\n");
}
