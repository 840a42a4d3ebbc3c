//! Policies from files and from the environment.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::path::PathBuf;
use std::process::Command;

use cors_core::{LoadError, Policies, Policy};
use tempfile::TempDir;

const TOML: &str = r#"
    allow_origins = ["https://app.example.com"]
    allow_credentials = true
    max_age = 600
"#;
const JSON: &str = r#"{
    "allow_origins": ["https://app.example.com"], "allow_credentials": true, "max_age": 600
}"#;
const YAML: &str = "
allow_origins: [https://app.example.com]
allow_credentials: true
max_age: 600
";
const NAMED: &str = r#"
    [policies.public]
    allow_origins = ["*"]

    [policies.admin]
    allow_origins = ["https://admin.example.com"]
    allow_credentials = true
"#;

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// An error's text without the folder.
    fn error(&self, error: impl ToString) -> String {
        error.to_string().replace(&format!("{}/", self.0.path().display()), "")
    }
}

#[test]
fn the_formats_say_the_same() {
    let files = Files::new();
    let expected = Policy::from_path(files.write("policy.toml", TOML)).unwrap();
    assert!(expected.allows_origin(b"https://app.example.com"));
    for (name, text) in [("policy.json", JSON), ("policy.yaml", YAML), ("policy.yml", YAML)] {
        assert_eq!(Policy::from_path(files.write(name, text)).unwrap(), expected, "{name}");
    }
}

#[test]
fn a_file_can_hold_several_policies() {
    let files = Files::new();
    let policies = Policies::from_path(files.write("policies.toml", NAMED)).unwrap();
    assert_eq!(policies.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["admin", "public"]);
    assert!(policies.get("admin").unwrap().allows_origin(b"https://admin.example.com"));
    assert!(policies.get("other").is_none());
    assert!(policies.select(None).is_err());
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_name() {
    let files = Files::new();
    for (name, text, expected) in [
        (
            "policy.txt",
            TOML,
            "policy.txt: the format is told by the extension; name the file .toml, .json, .yaml or .yml",
        ),
        (
            "wrong.toml",
            "allow_origins = ['https://a.example/']\nmax_age = -1",
            "wrong.toml:1:18: allow_origins[0] \"https://a.example/\": an origin has no path; write \"https://a.example\"\n\
             wrong.toml:2:1: max_age ",
        ),
        ("named.toml", NAMED, "named.toml: the policies have names; choose one of admin, public"),
        (
            "none.json",
            r#"{"policies": {}}"#,
            r#"none.json:1:2: policies: the file has no policy; write one as "policies": {"NAME": {…}}"#,
        ),
        (
            "beside.json",
            r#"{"$schema": "x", "policies": {"a\nb": {"allow_headers": []}}, "allow_methods": []}"#,
            "beside.json:1:63: allow_methods: in a file with named policies, settings stand inside them; \
             move it into one of the policies\n\
             beside.json:1:31: policies.\"a\\nb\".allow_origins: ",
        ),
        (
            "wrong_named.toml",
            "enforce_origins = true\n[policies.a]\nallow_origins = ['https://a.example:443']",
            "wrong_named.toml:1:1: enforce_origins: in a file with named policies, settings stand inside them; \
             move it into one of the policies\n\
             wrong_named.toml:3:18: policies.a.allow_origins[0] \"https://a.example:443\": ",
        ),
    ] {
        let error = Policy::from_path(files.write(name, text)).unwrap_err();
        let error = files.error(error);
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn wrong_types_are_reported_with_everything_else() {
    let files = Files::new();
    for (name, text) in [
        (
            "wrong.toml",
            "allow_origins = 'https://a.example'\nallow_credentials = 'yes'\nmax_age = '600'\n\
             allow_methods = ['TRACE', 7]\nmethods = []",
        ),
        (
            "wrong.json",
            r#"{"allow_origins": "https://a.example", "allow_credentials": "yes", "max_age": "600",
                "allow_methods": ["TRACE", 7], "methods": []}"#,
        ),
        (
            "wrong.yaml",
            "allow_origins: https://a.example\nallow_credentials: yes\nmax_age: '600'\n\
             allow_methods: [TRACE, 7]\nmethods: []",
        ),
    ] {
        let error = Policy::from_path(files.write(name, text)).unwrap_err();
        let error = files.error(error);
        let lines: Vec<_> = error.lines().filter(|line| line.starts_with(name)).collect();
        assert_eq!(lines.len(), 6, "{error}");
        for expected in [
            ": allow_origins \"https://a.example\": this setting is a list of texts; write [\"https://a.example\"]",
            ": allow_credentials \"yes\": this setting is true or false; write true",
            ": max_age \"600\": this setting is a whole number of seconds; write 600",
            ": allow_methods[1] 7: the elements of this list are texts; write \"7\"",
        ] {
            assert!(lines.iter().any(|line| line.ends_with(expected)), "{expected}: {error}");
        }
    }
}

#[test]
fn a_text_that_should_be_a_list_is_checked_as_its_element() {
    let files = Files::new();
    let path = files.write("text.toml", "allow_origins = 'https://a.example/'");
    assert_eq!(
        files.error(Policy::from_path(path).unwrap_err()),
        "text.toml:1:1: allow_origins \"https://a.example/\": this setting is a list of texts; write [\"https://a.example\"]\n\
         text.toml:1:1: allow_origins[0] \"https://a.example/\": an origin has no path; write \"https://a.example\""
    );
}

#[test]
fn what_is_no_table_is_told_what_it_should_be() {
    let files = Files::new();
    for (name, text, expected) in [
        ("list.json", "[]", "a policy is a table of settings, not a list"),
        (
            "text.json",
            r#"{"policies": "web"}"#,
            "policies: policies is a table, with a name for each policy; write \"policies\": {\"NAME\": {…}}",
        ),
        (
            "rules.json",
            r#"{"rules": "web"}"#,
            "rules \"web\": rules is a list, with a table of settings for each rule; write \"rules\": [{…}]",
        ),
    ] {
        let error = Policy::from_path(files.write(name, text)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn lines_to_write_are_in_the_format_of_the_file() {
    let files = Files::new();
    for (name, text, helps) in [
        (
            "none.toml",
            "max_age = 600",
            &["write allow_origins = [\"https://example.com\"] with the origins of your pages"][..],
        ),
        (
            "none.yml",
            "max_age: 600",
            &["write allow_origins: [\"https://example.com\"] with the origins of your pages"],
        ),
        ("none.json", "{}", &[r#"write "allow_origins": ["https://example.com"] with"#]),
        ("empty.json", r#"{"policies": {}}"#, &[r#"write one as "policies": {"NAME": {…}}, or"#]),
        (
            "empty.yaml",
            "policies: {}",
            &["write one below its name, which stands below policies:,"],
        ),
        (
            "list.toml",
            "[[policies]]\nname = 'web'",
            &["policies: policies is a table, with a name for each policy; write [policies.NAME]"],
        ),
        (
            "list.json",
            r#"{"policies": [{"name": "web"}], "max_age": 7}"#,
            &["list.json:1:33: max_age: in a file", r#"write "policies": {"NAME": {…}}"#],
        ),
        ("list.yaml", "policies:\n- name: web", &["write NAME: instead of the dash"]),
        (
            "rules.json",
            r#"{"rules": {"allow_origins": ["https://a.example/"]}}"#,
            &[r#"write "rules": [{…}] with"#, "rules[0].allow_origins[0] "],
        ),
        (
            "rules.yaml",
            "rules:\n  allow_origins: ['*']",
            &["write a dash before the first setting"],
        ),
    ] {
        let error = Policies::from_path(files.write(name, text)).unwrap_err();
        let error = files.error(error);
        assert_eq!(error.lines().count(), helps.len(), "{error}");
        for (line, help) in error.lines().zip(helps) {
            assert!(line.starts_with(name) && line.contains(help), "{error}");
        }
    }
}

#[test]
fn no_key_replaces_another() {
    let files = Files::new();
    let policy = r#""allow_origins": ["https://a.example"]"#;
    for (name, text, key) in [
        ("sole.json", format!("{{{policy}, {policy}}}"), "allow_origins"),
        ("rules.json", format!("{{\"rules\": [{{{policy}, {policy}}}]}}"), "allow_origins"),
        (
            "named.json",
            format!("{{\"policies\": {{\"web\": {{{policy}}}, \"web\": {{{policy}}}}}}}"),
            "web",
        ),
    ] {
        let error = Policies::from_path(files.write(name, &text)).unwrap_err();
        let error = files.error(error);
        assert!(error.contains(&format!(": duplicate key \"{key}\"; remove one\n")), "{error}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let files = Files::new();
    let error = Policy::from_path(files.0.path().join("none.toml")).unwrap_err();
    let error = files.error(error);
    assert!(error.starts_with("none.toml: "), "{error}");
}

#[test]
fn the_environment_tells_origins_or_a_file() {
    let files = Files::new();
    let path = files.write("policies.toml", NAMED);
    let named = |name: &str| format!("{}#{name}", path.display());
    let folder = files.0.path().display().to_string();
    for (value, expected) in [
        ("https://a.example, http://localhost:*", r#"["https://a.example", "http://localhost:*"]"#),
        ("https://a.example\nhttps://b.example; ", r#"["https://a.example", "https://b.example"]"#),
        ("*", r#"["*"]"#),
        (r"/^https:\/\/a\.example$/", "a pattern is not a regular expression"),
        (" ", "CORS_POLICY: the environment variable is not set, or is empty; set it to"),
        (&named("admin"), r#"["https://admin.example.com"]"#),
        ("https://a.example/", "CORS_POLICY: allow_origins[0]"),
        (
            "https://a.example,https://a.example,https://b.example/",
            "\nwarning: allow_origins[1] \"https://a.example\": ",
        ),
        ("a.example", "an origin starts with a scheme and \"://\"; write \"https://a.example\""),
        ("none.toml", "none.toml: "),
        (&folder, "this is a directory; name a file in it"),
        (&named("other"), "there is no policy \"other\"; choose one of admin, public"),
    ] {
        let printed = policy_of_a_process_with(Some(value));
        assert!(printed.contains(expected), "{value}: {printed}");
    }
    let printed = policy_of_a_process_with(None);
    assert!(
        printed
            .contains("CORS_POLICY: the environment variable is not set, or is empty; set it to"),
        "{printed}"
    );
}

/// What [`print_the_policy_of_the_process`] prints in a process with this `CORS_POLICY`: the
/// environment of a process cannot be changed safely while it runs.
fn policy_of_a_process_with(value: Option<&str>) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "print_the_policy_of_the_process", "--nocapture"]);
    match value {
        Some(value) => command.env("CORS_POLICY", value),
        None => command.env_remove("CORS_POLICY"),
    };
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

#[test]
fn print_the_policy_of_the_process() {
    match Policy::process_wide() {
        Ok(policy) => {
            println!("{:?}", policy.to_config());
            assert!(std::ptr::eq(policy, Policy::process_wide().unwrap()));
        }
        Err(error) => {
            println!("{error}");
            if let LoadError::Invalid { lints, .. } = error {
                lints.iter().for_each(|lint| println!("warning: {lint}"));
            }
        }
    }
}
