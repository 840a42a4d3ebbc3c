//! What is said of wrong policies, word for word, whether they come from a file or the builder.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics has failed")]

use std::time::Duration;

use cors_core::{
    LoadError, Policies, Policy, PolicyBuilder, PolicyConfig, PolicyErrors, PolicyFormat,
};

const POLICIES: &str = include_str!("messages/policies.txt");

#[cfg(feature = "public-suffix")]
const SUFFIXES: &str = include_str!("messages/public_suffix.txt");
#[cfg(not(feature = "public-suffix"))]
const SUFFIXES: &str = include_str!("messages/no_public_suffix.txt");

const SUFFIXES_FILE: &str =
    if cfg!(feature = "public-suffix") { "public_suffix.txt" } else { "no_public_suffix.txt" };

/// A policy in TOML, and the lines of its error.
struct Row {
    policy: String,
    error: String,
}

/// The rows of a table, which are separated by the comments that head them.
fn rows(table: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    for text in table.split("\n\n# ").skip(1) {
        let mut lines = text.lines().map(|line| line.strip_prefix("=> ").ok_or(line));
        let title = lines.next().unwrap().unwrap_err();
        let mut row = Row { policy: format!("# {title}\n"), error: String::new() };
        for line in lines {
            match line {
                Ok(line) => row.error.push_str(&format!("{line}\n")),
                Err(line) => row.policy.push_str(&format!("{line}\n")),
            }
        }
        assert!(row.error.pop().is_some(), "no error is given for {}", row.policy);
        rows.push(row);
    }
    rows
}

/// What is wrong with a file in TOML.
fn errors_of(text: &str) -> PolicyErrors {
    match Policies::from_reader(text.as_bytes(), Some(PolicyFormat::Toml), "policy.toml") {
        Err(LoadError::Invalid { errors, .. }) => errors,
        other => panic!("{text}{other:?}"),
    }
}

impl Row {
    fn config(&self) -> PolicyConfig {
        toml::from_str(&self.policy).unwrap_or_else(|error| panic!("{}{error}", self.policy))
    }

    fn is_for_files_only(&self) -> bool {
        self.policy.starts_with("# In files only")
    }
}

/// Says to the builder what a file says.
fn builder(config: PolicyConfig) -> PolicyBuilder {
    let mut builder = Policy::builder()
        .enforce_origins(config.enforce_origins)
        .own_origins(config.own_origins)
        .accept_lints(config.accept_lints);
    for (index, rule) in config.rules.into_iter().enumerate() {
        if index > 0 {
            builder = builder.next_rule();
        }
        // To call this with an empty list is to allow none.
        if rule.allow_no_origins || !rule.allow_origins.is_empty() {
            builder = builder.allow_origins(rule.allow_origins);
        }
        builder = builder
            .allow_origins_by_predicate(rule.allow_origins_by_predicate)
            .predicate_vary(rule.predicate_vary)
            .allow_credentials(rule.allow_credentials)
            .allow_methods(rule.allow_methods)
            .allow_headers(rule.allow_headers)
            .expose_headers(rule.expose_headers)
            .dangerously_allow_insecure_origins_with_credentials(
                rule.dangerously_allow_insecure_origins_with_credentials,
            )
            .dangerously_allow_public_suffix_subdomains_with_credentials(
                rule.dangerously_allow_public_suffix_subdomains_with_credentials,
            )
            .dangerously_allow_any_host_origins_with_credentials(
                rule.dangerously_allow_any_host_origins_with_credentials,
            )
            .dangerously_allow_predicate_origins_with_credentials(
                rule.dangerously_allow_predicate_origins_with_credentials,
            );
        if let Some(seconds) = rule.max_age {
            builder = builder.max_age(Duration::from_secs(seconds.try_into().unwrap()));
        }
    }
    builder
}

#[test]
fn files_are_told_what_to_write_instead() {
    let rows: Vec<_> = [POLICIES, SUFFIXES].into_iter().flat_map(rows).collect();
    assert!(rows.len() > 110, "{} rows", rows.len());
    if std::env::var_os("UPDATE_MESSAGES").is_some() {
        renew("policies.txt", POLICIES);
        return renew(SUFFIXES_FILE, SUFFIXES);
    }
    for row in rows {
        assert_eq!(errors_of(&row.policy).to_string(), row.error, "{}", row.policy);
    }
}

/// Writes a file with the messages as they are now.
fn renew(file: &str, text: &str) {
    let blocks = text.trim_end().split("\n\n# ").map(|block| match block.split_once("\n=> ") {
        None => block.to_owned(),
        Some((policy, _)) => {
            let errors = errors_of(&format!("# {policy}")).to_string();
            let errors = errors.lines().map(|line| format!("\n=> {line}"));
            format!("{policy}{}", errors.collect::<String>())
        }
    });
    let path = format!("{}/tests/messages/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::write(path, format!("{}\n", blocks.collect::<Vec<_>>().join("\n\n# "))).unwrap();
}

#[test]
fn builders_are_told_the_same() {
    let rows = [POLICIES, SUFFIXES].into_iter().flat_map(rows);
    let rows: Vec<_> = rows.filter(|row| !row.is_for_files_only()).collect();
    assert!(rows.len() > 95, "{} rows", rows.len());
    for row in rows {
        let error = builder(row.config()).build().unwrap_err();
        assert_eq!(error.to_string(), row.error, "{}", row.policy);
    }
}

#[test]
fn texts_are_of_one_form() {
    for row in [POLICIES, SUFFIXES].into_iter().flat_map(rows) {
        for error in &errors_of(&row.policy) {
            let text = error.to_string();
            assert!(!text.contains('\n'), "{text}");
            let rest = text.strip_prefix(error.path()).unwrap();
            let (_, reason_and_help) = rest.split_once(": ").unwrap();
            assert!(!reason_and_help.starts_with(char::is_uppercase), "{text}");
            assert!(reason_and_help.contains("; "), "{text}");
            if let Some(suggestion) = error.suggestion() {
                assert!(text.contains(suggestion), "{text}");
            }
        }
    }
}

#[test]
fn what_is_wrong_can_be_read_by_a_program() {
    let config = r#"
        preflight = 1
        allow_methods = ["PUT"]

        [[rules]]
        allow_origins = ["https://a.example", "https://b.example:443", "http://c.example"]
        allow_credentials = true
        allowed_methods = ["PUT"]
        enforce_origins = true

        [[rules]]
        allow_headers = ["X-A:", "cookie"]
        max_age = 100000
    "#;
    let errors = errors_of(config);
    assert!(errors.clone().into_iter().eq(errors.iter().cloned()));
    let seen: Vec<_> = (&errors)
        .into_iter()
        .map(|error| (error.code(), error.path(), error.value(), error.suggestion()))
        .collect();
    assert_eq!(
        seen,
        [
            ("unknown-setting", "preflight", None, None),
            ("setting-beside-rules", "allow_methods", None, None),
            ("unknown-setting", "rules[0].allowed_methods", None, Some("allow_methods")),
            ("policy-setting-in-rule", "rules[0].enforce_origins", None, None),
            (
                "origin-has-default-port",
                "rules[0].allow_origins[1]",
                Some("https://b.example:443"),
                Some("https://b.example"),
            ),
            (
                "insecure-origin-with-credentials",
                "rules[0].allow_origins[2]",
                Some("http://c.example"),
                Some("https://c.example"),
            ),
            ("origins-missing", "rules[1].allow_origins", None, None),
            ("header-invalid", "rules[1].allow_headers[0]", Some("X-A:"), Some("x-a")),
            ("request-header-forbidden", "rules[1].allow_headers[1]", Some("cookie"), None),
            ("max-age-out-of-range", "rules[1].max_age", Some("100000"), Some("86400")),
        ],
    );
}

#[test]
fn durations_below_one_second_are_no_zero() {
    let policy =
        |max_age| Policy::builder().allow_origins(["https://app.example"]).max_age(max_age);
    assert_eq!(
        policy(Duration::from_millis(500)).build().unwrap_err().to_string(),
        "max_age 500ms: browsers are told whole seconds, and 0 means not to keep the answer at all; write 1s",
    );
    assert_eq!(
        policy(Duration::MAX).build().unwrap_err().iter().next().unwrap().code(),
        "max-age-out-of-range",
    );
    for (max_age, seconds) in [
        (Duration::ZERO, 0),
        (Duration::from_millis(1900), 1),
        (Duration::from_secs(86_400), 86_400),
    ] {
        let config = policy(max_age).build().unwrap().to_config();
        assert_eq!(config.rules[0].max_age, Some(seconds));
    }
    let corrected = policy(Duration::from_millis(1)).max_age(Duration::from_secs(5));
    assert!(corrected.build().is_ok());
    let of_another_rule = policy(Duration::from_millis(1)).next_rule().allow_origins(["*"]);
    assert_eq!(
        of_another_rule.build().unwrap_err().iter().next().unwrap().path(),
        "rules[0].max_age",
    );
}

/// Valid policies, and what they are in their normal form.
#[test]
fn nothing_is_said_of_valid_policies() {
    for (settings, normal_form) in [
        // Ports that are the default of another scheme.
        (r#"allow_origins = ["http://app.example:443"]"#, None),
        (r#"allow_origins = ["https://xn--caf-dma.example"]"#, None),
        (r#"allow_origins = ["http://[::1]", "http://[::ffff:7f00:1]", "http://127.0.0.1"]"#, None),
        (r#"allow_origins = ["capacitor://localhost", "chrome-extension://abcdefgh"]"#, None),
        (r#"allow_origins = ["https://my_app.example", "https://*.app.example:*"]"#, None),
        // The browser assigns the origins of extensions.
        (
            "allow_origins = [\"chrome-extension://abcdefgh\", \"moz-extension://a1cd9ab7\", \
             \"safari-web-extension://a1cd9ab7\"]\nallow_credentials = true",
            None,
        ),
        // What begins with a digit, or ends in a dot, is a name all the same.
        (
            r#"allow_origins = ["http://3d-printer:8080", "http://3f2a9c1b7d4e:3000", "https://7zip", "https://app.2nd", "https://a.1e3"]"#,
            None,
        ),
        (r#"allow_origins = ["https://app.example.", "http://nas.:*", "https://3d."]"#, None),
        (r#"allow_origins = ["http://a!b.example:8080", "http://a&b=c+d~e.example:*"]"#, None),
        (r#"allow_origins = ["https://*.2nd", "https://*.3d.example:*"]"#, None),
        // Opaque hosts keep their case, and no number is an address.
        (
            "allow_origins = [\"moz-extension://8513c13e-1050-4fe6-a548-34448bfa51af\", \
             \"safari-web-extension://E40BB581-1C2A-4E63-9A0D-0A1B2C3D4E5F\", \"app://.\", \
             \"vscode-webview://10kbrrqvl8foiqadlf2vq1l9snpjtar16g1350ud9j16se4j4bj9\", \"app://1.2.3\", \
             \"app://caf%C3%A9\", \"app://Main:*\", \"app://[::1]\", \"app://*.main\"]",
            None,
        ),
        // Without credentials nothing is worse than `*`.
        (r#"allow_origins = ["https://*.com", "http://*.github.io"]"#, None),
        // This machine, with credentials.
        (
            "allow_origins = [\"http://localhost\", \"http://app.localhost:*\", \"http://*.localhost\", \
             \"http://localhost.:3000\", \"http://127.8.9.1:3000\", \"http://[::1]:*\"]\nallow_credentials = true",
            None,
        ),
        (
            "allow_origins = [\"http://*.github.io\"]\nallow_credentials = true\n\
             dangerously_allow_insecure_origins_with_credentials = true\n\
             dangerously_allow_public_suffix_subdomains_with_credentials = true",
            None,
        ),
        (
            "allow_origins = [\"*\"]\nallow_methods = [\"get\", \"put\", \"patch\", \"PROPFIND\"]",
            Some(
                "allow_origins = [\"*\"]\nallow_methods = [\"GET\", \"PUT\", \"patch\", \"PROPFIND\"]",
            ),
        ),
        (
            "allow_origins = [\"*\"]\nallow_headers = [\"Content-Type\", \"X-HTTP-Method-Override\", \
             \"User-Agent\", \"Cache-Control\", \"Range\", \"Last-Event-ID\"]",
            Some(
                "allow_origins = [\"*\"]\nallow_headers = [\"content-type\", \"x-http-method-override\", \
                 \"user-agent\", \"cache-control\", \"range\", \"last-event-id\"]",
            ),
        ),
        (
            "allow_origins = [\"https://app.example\"]\nallow_credentials = true\n\
             allow_methods = [\"*\"]\nallow_headers = [\"*\"]",
            None,
        ),
        (
            "allow_origins = [\"*\"]\nallow_headers = [\"Authorization\", \"*\"]",
            Some("allow_origins = [\"*\"]\nallow_headers = [\"*\", \"authorization\"]"),
        ),
        (
            "allow_origins = [\"*\"]\nallow_headers = [\"*\", \"authorization\", \"Authorization\"]",
            Some("allow_origins = [\"*\"]\nallow_headers = [\"*\", \"authorization\"]"),
        ),
        ("allow_origins = [\"*\"]\nexpose_headers = [\"*\"]\nmax_age = 0", None),
        ("allow_origins = [\"*\"]\nexpose_headers = [\"x-a\"]\nmax_age = 86400", None),
        ("enforce_origins = true\nallow_origins = [\"https://a.example\"]", None),
    ] {
        let config: PolicyConfig = toml::from_str(settings).unwrap();
        let policy = Policy::try_from(config.clone()).unwrap();
        assert_eq!(builder(config).build().unwrap(), policy, "{settings}");
        let printed = toml::to_string(&policy.to_config()).unwrap();
        assert_eq!(printed.trim_end(), normal_form.unwrap_or(settings));
    }
}

/// `Debug` is what a `main` prints that returns an error.
#[test]
fn errors_are_a_single_line_for_debug() {
    let errors = |origins: &[&str]| {
        let policy = Policy::builder().allow_origins(origins.iter().copied());
        policy.build().unwrap_err()
    };
    let one = errors(&["https://a.example/"]);
    assert_eq!(format!("{one:?}"), one.to_string());
    assert_eq!(
        format!("{:?}", errors(&["https://a.example/", "https://b.example/"])),
        "2 errors: \
         (1) allow_origins[0] \"https://a.example/\": an origin has no path; write \"https://a.example\" \
         (2) allow_origins[1] \"https://b.example/\": an origin has no path; write \"https://b.example\"",
    );
    let many = format!("{:?}", errors(&["https://a.example/"; 60]));
    assert!(many.starts_with("60 errors: (1) ") && many.ends_with(" and 10 more errors"), "{many}");
    assert!(!many.contains('\n') && many.contains(" (50) ") && !many.contains(" (51) "), "{many}");
}

#[test]
fn of_many_errors_the_first_are_kept() {
    let errors = |count: usize| {
        let policy = Policy::builder().allow_origins((0..count).map(|n| n.to_string()));
        policy.build().unwrap_err()
    };
    assert_eq!((errors(50).count(), errors(50).iter().count()), (50, 50));
    assert_eq!(errors(50).to_string().lines().count(), 50);
    assert_eq!(errors(51).to_string().lines().last(), Some("1 more error"));
    let many = errors(20_000);
    assert_eq!(
        (many.count(), many.iter().count(), many.clone().into_iter().count()),
        (20_000, 50, 50)
    );
    assert_eq!(many.to_string().lines().count(), 51);
    assert_eq!(many.to_string().lines().last(), Some("19950 more errors"));
}

/// Keys and types are wrong in each of many rules.
#[test]
fn of_the_errors_of_many_rules_the_first_are_kept() {
    let rule = "[[rules]]\nallow_origins = ['*']\nmaxage = 1\nallow_methods = [7, 'a b']\n";
    let text = format!("{}allow_headers = 'x-a'\n", rule.repeat(40));
    let errors = errors_of(&text);
    assert_eq!((errors.count(), errors.iter().count()), (121, 50));
    let paths: Vec<_> = errors.iter().map(|error| error.path().to_owned()).collect();
    let expected = (0..17).flat_map(|rule| {
        ["maxage", "allow_methods[0]", "allow_methods[1]"].map(|key| format!("rules[{rule}].{key}"))
    });
    assert_eq!(paths, expected.take(50).collect::<Vec<_>>());
}

/// A long text, wherever it stands.
#[test]
fn values_are_cut() {
    let long = "a".repeat(200_000);
    let list = "https://a.example,".repeat(12_000);
    let tokens = "x-a,".repeat(50_000);
    for config in [
        format!("allow_origins = [\"{long}\"]"),
        format!("allow_origins = [\"https://{long}/\"]"),
        format!("allow_origins = [\"{list}\"]"),
        format!("allow_origins = \"{long}\""),
        format!("{long} = 1"),
        format!("allow_origins = [\"*\"]\nallow_headers = [\"{tokens}\"]"),
        format!("allow_origins = [\"*\"]\nallow_credentials = \"{long}\""),
        format!("allow_origins = [\"*\"]\nmax_age = \"{long}\""),
    ] {
        for error in &errors_of(&config) {
            assert!(error.to_string().len() < 2000, "{} bytes", error.to_string().len());
        }
    }
}
