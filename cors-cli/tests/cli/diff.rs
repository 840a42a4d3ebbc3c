use std::process::Output;

use crate::files::Files;

/// Runs `cors diff` in a folder with these files and this standard input.
fn diff(files: &[(&str, &str)], arguments: &[&str], input: &str) -> Output {
    let folder = Files::new();
    for (name, text) in files {
        folder.write(name, text);
    }
    folder.run_with_input(&[&["diff"], arguments].concat(), input.as_bytes())
}

/// What `cors diff old.toml new.toml` prints, and its exit status.
fn compare(old: &str, new: &str, arguments: &[&str]) -> (String, i32) {
    let arguments = [&["old.toml", "new.toml"], arguments].concat();
    let output = diff(&[("old.toml", old), ("new.toml", new)], &arguments, "");
    assert_eq!(output.stderr, b"", "{output:?}");
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

const OLD: &str = "
    allow_origins = ['https://*.example.com', 'https://a.example']
    allow_methods = ['PUT']
    max_age = 600
";

const NEW: &str = "
    [[rules]]
    allow_origins = ['https://a.example.com']
    allow_methods = ['PUT']
    allow_credentials = true
    max_age = 600

    [[rules]]
    allow_origins = ['https://*.example.com']
    allow_methods = ['*']
";

#[test]
fn each_class_of_origins_is_told_once() {
    let expected = "\
https://*.example.com (except https://a.example.com)
  gains: methods any but PUT
  max_age: 5 seconds instead of 600
https://a.example
  loses: access; methods PUT
https://a.example.com
  gains: credentials
3 changes, 2 of them widening
";
    assert_eq!(compare(OLD, NEW, &[]), (expected.into(), 1));
}

#[test]
fn the_status_is_that_of_diff_unless_widening_alone_counts() {
    let narrower = OLD.replace("'PUT'", "");
    for (old, new, arguments, status) in [
        (OLD, NEW, &[][..], 1),
        (OLD, NEW, &["--deny-widening"], 1),
        (OLD, &narrower, &[], 1),
        (OLD, &narrower, &["--deny-widening"], 0),
        (&narrower, OLD, &["--deny-widening"], 1),
        (OLD, &OLD.replace("600", "86400"), &["--deny-widening"], 0),
        (OLD, OLD, &[], 0),
        (OLD, OLD, &["--deny-widening"], 0),
    ] {
        for format in ["text", "markdown", "json"] {
            let arguments = [arguments, &["--format", format]].concat();
            assert_eq!(compare(old, new, &arguments).1, status, "{new} {arguments:?}");
        }
    }
    let (text, _) = compare(OLD, &format!("# The same.\n{OLD}"), &[]);
    assert_eq!(text, "old.toml and new.toml permit the same\n");
    let (text, _) = compare(OLD, OLD, &["--format", "markdown"]);
    assert_eq!(text, "`old.toml` and `new.toml` permit the same.\n");
}

const NAMED: &str = "
    [policies.app]
    allow_origins = ['https://a.example']
    [policies.old]
    allow_origins = ['https://a.example']
";

const RENAMED: &str = "
    [policies.app]
    allow_origins = ['https://a.example']
    allow_headers = ['x-a|b`c']
    [policies.none]
    allow_origins = []
    [policies.\"x y\\n\"]
    allow_origins = ['*']
";

#[test]
fn policies_are_compared_by_name() {
    let expected = "\
policy app: changed
  https://a.example
    gains: request headers x-a|b`c
policy none: added
policy old: removed
  https://a.example
    loses: access
policy x y\\n: added
  every origin
  null
    gains: access
3 changes, 2 of them widening
";
    assert_eq!(compare(NAMED, RENAMED, &[]), (expected.into(), 1));
    let (text, status) = compare(NAMED, RENAMED, &["--policy", "app"]);
    assert!(text.starts_with("policy app: changed\n") && !text.contains("old"), "{text}");
    assert_eq!(status, 1);
    // An added policy widens what it allows, and a removed one nothing.
    let app = NAMED.split("[policies.old]").next().unwrap();
    assert_eq!(compare(app, NAMED, &["--deny-widening"]).1, 1);
    assert_eq!(compare(NAMED, app, &["--deny-widening"]).1, 0);
    assert_eq!(compare(NAMED, app, &[]).1, 1);
    // A file with one policy, and a file with several.
    let (text, _) = compare("allow_origins = ['https://a.example']", app, &[]);
    assert!(text.starts_with("policy without a name: removed\n"), "{text}");
    assert!(text.contains("\npolicy app: added\n"), "{text}");
}

#[test]
fn markdown_is_a_table() {
    let expected = "\
From `old.toml` to `new.toml`: 3 changes, 2 of them widening.

| origins | gains | loses | `max_age` |
|---|---|---|---|
| `https://*.example.com` except `https://a.example.com` | methods any but `PUT` |  | 5 seconds instead of 600 |
| `https://a.example` |  | access<br>methods `PUT` |  |
| `https://a.example.com` | credentials |  |  |
";
    assert_eq!(compare(OLD, NEW, &["--format", "markdown"]), (expected.into(), 1));
    let expected = "\
From `old.toml` to `new.toml`: 3 changes, 2 of them widening.

| policy | origins | gains | loses | `max_age` |
|---|---|---|---|---|
| `app` | `https://a.example` | request headers `` x-a\\|b`c `` |  |  |
| `none` (added) | no origin | | | |
| `old` (removed) | `https://a.example` |  | access |  |
| `x y\\n` (added) | every origin<br>`null` | access |  |  |
";
    assert_eq!(compare(NAMED, RENAMED, &["--format", "markdown"]), (expected.into(), 1));
}

#[test]
fn long_lists_are_cut_for_people_and_whole_for_programs() {
    let origins: Vec<_> = (0..60).map(|at| format!("'https://a{at}.example.com'")).collect();
    let old = format!("allow_origins = [{}]", origins.join(", "));
    let new = format!("{old}\nallow_methods = ['PUT']");
    let (text, _) = compare(&old, &new, &[]);
    assert!(
        text.contains("\nhttps://a49.example.com\nand 10 more\n  gains: methods PUT\n"),
        "{text}"
    );
    let (text, _) = compare(&old, "allow_origins = ['https://*.example.com']", &[]);
    assert!(text.contains(", https://a49.example.com and 10 more)\n  gains: access\n"), "{text}");
    let (text, _) = compare(&old, &new, &["--format", "markdown"]);
    assert!(text.contains("`https://a49.example.com`<br>10 more | methods `PUT` |"), "{text}");
    let (json, _) = compare(&old, &new, &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["policies"][0]["changes"][0]["origins"].as_array().unwrap().len(), 60);
}

#[test]
fn programs_get_json() {
    let (json, status) = compare(NAMED, RENAMED, &["--format", "json", "--policy", "app"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let expected = serde_json::json!({
        "is_widening": true,
        "policies": [{
            "name": "app",
            "status": "changed",
            "is_widening": true,
            "changes": [{
                "origins": [{"pattern": "https://a.example", "except": []}],
                "gained": {"request_headers": {"names": ["x-a|b`c"]}},
                "lost": {},
            }],
        }],
    });
    assert_eq!((json, status), (expected, 1));
    let (json, _) = compare(OLD, OLD, &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json, serde_json::json!({"is_widening": false, "policies": []}));
}

#[test]
fn a_file_can_come_from_standard_input() {
    let file = [("new.yaml", "allow_origins: ['https://a.example']")];
    let output = diff(&file, &["-", "new.yaml"], "allow_origins = ['https://a.example']");
    assert_eq!(output.stdout, b"<stdin> and new.yaml permit the same\n", "{output:?}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn files_that_cannot_be_compared_are_told() {
    let files = [
        ("valid.toml", OLD),
        ("named.toml", NAMED),
        ("path.toml", "allow_origins = ['https://a.example/']"),
        ("method.toml", "allow_origins = ['*']\nallow_methods = ['TRACE']"),
    ];
    for (arguments, expected) in [
        (
            &["path.toml", "method.toml"][..],
            &["path.toml:1:18: allow_origins[0] ", "method.toml:2:18: allow_methods[0] "][..],
        ),
        (&["valid.toml", "none.toml"], &["none.toml: "]),
        (&["named.toml", "valid.toml", "--policy", "app"], &["valid.toml: "]),
        (&["named.toml", "named.toml", "--policy", "none"], &["named.toml: ", "named.toml: "]),
        (&["-", "-"], &["standard input can be one of the two files only; "]),
    ] {
        let output = diff(&files, arguments, "");
        let error = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<_> = error.lines().collect();
        assert_eq!(lines.len(), expected.len(), "{output:?}");
        assert!(
            lines.iter().zip(expected).all(|(line, start)| line.starts_with(start)),
            "{output:?}"
        );
        assert_eq!((output.stdout.as_slice(), output.status.code()), (&b""[..], Some(2)));
    }
}
