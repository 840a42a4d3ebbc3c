use std::process::Command;

use crate::files::{BANK, Files, POLICY, stdout};

#[test]
fn check_passes_valid_files() {
    let files = Files::new();
    files.write("a.toml", POLICY);
    files.write("b.json", r#"{ "policies": { "public": { "allow_origins": ["*"] } } }"#);
    let output = files.run(&["check", "a.toml", "b.json"]);
    assert_eq!(stdout(&output), "2 files: valid\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn check_prints_every_problem_of_every_file() {
    let files = Files::new();
    files.write("a.toml", "allow_origins = ['https://a.example/']\nallow_methods = ['TRACE']");
    files.write("b.yaml", "max_age: 600");
    let output = files.run(&["check", "--format", "short", "a.toml", "b.yaml", "c.toml"]);
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert!(lines[0].starts_with("a.toml:1:18: allow_origins[0] "), "{lines:?}");
    assert!(lines[1].starts_with("a.toml:2:18: allow_methods[0] "), "{lines:?}");
    assert!(lines[2].starts_with("b.yaml: allow_origins: "), "{lines:?}");
    assert!(lines[3].starts_with("c.toml: "), "{lines:?}");
    assert_eq!(lines[4], "3 files: not valid, 4 errors");
    assert_eq!(lines.len(), 5);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(files.run(&["check", "a.toml", "b.yaml"]).status.code(), Some(1));
}

#[test]
fn check_speaks_json() {
    let files = Files::new();
    files.write("a.toml", "allow_origins = ['https://a.example/']");
    let output = files.run(&["check", "--format", "json", "a.toml"]);
    let problems: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(problems[0]["file"], "a.toml");
    assert_eq!(problems[0]["severity"], "error");
    assert_eq!(problems[0]["path"], "allow_origins[0]");
    assert_eq!(problems[0]["value"], "https://a.example/");
    assert_eq!(problems[0]["code"], "origin-has-path");
    assert_eq!((&problems[0]["line"], &problems[0]["column"]), (&1.into(), &18.into()));
    assert_eq!(problems[0]["suggestions"], serde_json::json!(["https://a.example"]));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn check_warns_of_what_is_surely_not_meant() {
    let files = Files::new();
    files.write("a.yaml", "policies: {web: {allow_origins: ['*'], allow_methods: [patch]}}");
    let output = files.run(&["check", "--format", "short", "a.yaml"]);
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert_eq!(lines[1], "1 file: valid, 1 warning");
    assert!(
        lines[0].starts_with("a.yaml:1:56: warning: policies.web.allow_methods[0] \"patch\": ")
    );
    assert_eq!(output.status.code(), Some(0));
    let denied = files.run(&["check", "--deny-warnings", "a.yaml"]);
    assert_eq!(denied.status.code(), Some(1));
}

#[test]
fn check_prints_warnings_beside_errors() {
    let files = Files::new();
    files.write("a.toml", "allow_origins = ['https://a.example/']\nallow_methods = ['patch']");
    files.write(
        "b.json",
        r#"{"policies": {
            "valid": {"allow_origins": ["*"], "allow_methods": ["patch"]},
            "wrong": {"allow_origins": ["null"], "allow_methods": ["patch", "patch"]}
        }}"#,
    );
    let output = files.run(&["check", "--format", "short", "a.toml", "b.json"]);
    let expected = [
        "a.toml:1:18: allow_origins[0] \"https://a.example/\": ",
        "a.toml:2:18: warning: allow_methods[0] \"patch\": ",
        "b.json:3:41: policies.wrong.allow_origins[0] \"null\": ",
        "b.json:2:65: warning: policies.valid.allow_methods[0] \"patch\": ",
        "b.json:3:68: warning: policies.wrong.allow_methods[0] \"patch\": ",
        "b.json:3:77: warning: policies.wrong.allow_methods[1] \"patch\": ",
        "b.json:3:77: warning: policies.wrong.allow_methods[1] \"patch\": policies.wrong.allow_methods[0] \"patch\" is the same",
        "2 files: not valid, 2 errors, 5 warnings",
    ];
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{line}");
    }
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn check_counts_what_it_does_not_print() {
    let files = Files::new();
    let list = |origin: &str| format!("allow_origins = [{}]", format!("'{origin}',").repeat(60));
    files.write("errors.toml", &list("null"));
    files.write("warnings.toml", &list("https://a.example"));
    let output = files.run(&["check", "--format", "short", "errors.toml", "warnings.toml"]);
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert_eq!(lines[50], "errors.toml: 10 more errors");
    assert_eq!(lines[101], "warnings.toml: warning: 9 more warnings");
    let output = files.run(&["check", "--format", "json", "errors.toml"]);
    let problems: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(problems[50]["message"], "errors.toml: 10 more errors");
}

#[test]
fn standard_input_is_read() {
    let files = Files::new();
    for (arguments, text, expected) in [
        (&["check", "--format", "short", "-"][..], "allow_origins = ['*']", "1 file: valid\n"),
        (&["check", "--format", "short", "-"], "allow_origins: ['*']", "1 file: valid\n"),
        (&["check", "--format", "short", "-"], r#"{"allow_origins": ["*"]}"#, "1 file: valid\n"),
        (
            &["check", "--format", "short", "-", "--input-format", "yaml"],
            "{allow_origins: ['*']}",
            "1 file: valid\n",
        ),
        (
            &["check", "--format", "short", "-"],
            "max_age = 600",
            "<stdin>: allow_origins: no origin is allowed",
        ),
        (
            &["check", "--format", "short", "-"],
            "allow_origins = []",
            "<stdin>:1:1: warning: allow_origins: no origin is allowed",
        ),
        (&["check", "--format", "short", "-"], "allow_origins: [", "<stdin>: line 1, column 16: "),
        (&["explain", "-", "--origin", "https://a.example"], "allow_origins = ['*']", "request:\n"),
    ] {
        let output = files.run_with_input(arguments, text.as_bytes());
        assert!(stdout(&output).starts_with(expected), "{output:?}");
    }
    let endless = vec![b' '; (16 << 20) + 1];
    let output = files.run_with_input(&["check", "--format", "short", "-"], &endless);
    assert!(stdout(&output).starts_with("<stdin>: this file is larger than 16 MiB"), "{output:?}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_format_of_files_can_be_named() {
    let files = Files::new();
    files.write("policy.conf", "allow_origins = ['*']");
    let output = files.run(&["check", "--format", "short", "policy.conf"]);
    assert!(stdout(&output).starts_with("policy.conf: the format is told by the extension"));
    let output = files.run(&["check", "policy.conf", "--input-format", "toml"]);
    assert_eq!(stdout(&output), "1 file: valid\n");
}

#[cfg(unix)]
#[test]
fn pipes_are_read_and_devices_are_not() {
    let files = Files::new();
    let pipe = files.0.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let writer = std::thread::spawn(move || std::fs::write(pipe, "allow_origins: ['*']"));
    assert_eq!(stdout(&files.run(&["check", "pipe"])), "1 file: valid\n");
    writer.join().unwrap().unwrap();
    let output = files.run_with_input(&["check", "/dev/stdin"], b"allow_origins = ['*']");
    assert_eq!(stdout(&output), "1 file: valid\n");
    // The same with a format and without.
    for more in [&[][..], &["--input-format", "toml"]] {
        for (file, problem) in [
            ("/dev/zero", "this is a device; "),
            (".", "this directory has no policy file; "),
            ("none", "No such file"),
        ] {
            let output = files.run(&[&["check", "--format", "short", file], more].concat());
            assert!(stdout(&output).starts_with(&format!("{file}: {problem}")), "{output:?}");
            assert_eq!(output.status.code(), Some(2));
        }
    }
}

#[test]
fn check_says_what_enforcement_alone_does_not_stop() {
    let files = Files::new();
    files.write("a.toml", BANK);
    files.write("b.toml", "enforce_origins = true\nallow_origins = []");
    let output = files.run(&["check", "--format", "short", "a.toml", "b.toml"]);
    assert_eq!(
        stdout(&output),
        "b.toml:1:1: warning: enforce_origins: without own_origins, a page at a foreign name that leads to this service counts as its own (DNS rebinding); list the origins at which the service is reached in own_origins, or set them on the Deployment\n\
         2 files: valid, 1 warning\n"
    );
}

#[test]
fn check_shows_the_lines_of_problems() {
    let files = Files::new();
    files.write(
        "a.toml",
        "allow_origins = ['https://a.example/']\nallow_methods = ['patch']\nmax_age = \"x\"",
    );
    files.write("b.json", "{\n  \"allow_origins\": [\n}");
    files.write("c.yaml", "max_age: 600");
    let output = files.run(&["check", "a.toml", "b.json", "c.yaml"]);
    assert_eq!(
        stdout(&output),
        r#"error[max-age-not-a-number]: this setting is a whole number of seconds
 --> a.toml:3:1
  |
3 | max_age = "x"
  | ^^^^^^^ max_age
  |
  = help: write a number such as 600

error[origin-has-path]: an origin has no path
 --> a.toml:1:18
  |
1 | allow_origins = ['https://a.example/']
  |                  ^^^^^^^^^^^^^^^^^^^^ allow_origins[0]
  |
  = help: write "https://a.example"

warning[method-not-upper-case]: methods are case-sensitive, and pages use this one in upper case
 --> a.toml:2:18
  |
2 | allow_methods = ['patch']
  |                  ^^^^^^^ allow_methods[0]
  |
  = help: write "PATCH"

error: expected value
 --> b.json:3:1
  |
3 | }
  | ^

error[origins-missing]: no origin is allowed, so that no page could use the service
--> c.yaml
 = note: the setting is allow_origins
 = help: write allow_origins: ["https://example.com"] with the origins of your pages

3 files: not valid, 4 errors, 1 warning
"#
    );
}

#[test]
fn check_shows_where_long_lines_and_files_that_end_are_wrong() {
    let files = Files::new();
    let list = |count| {
        let origins: String = (0..count).map(|n| format!("\"https://a{n}.example\",")).collect();
        format!("{{\"allow_origins\":[{origins}\"https://é.example/\"]}}")
    };
    files.write("a.json", &list(100));
    let output = files.run(&["check", "a.json"]);
    assert_eq!(
        stdout(&output),
        r#"error[origin-has-path]: an origin has no path
 --> a.json:1:2209
  |
1 | ...,"https://a98.example","https://a99.example","https://é.example/"]}
  |                                                 ^^^^^^^^^^^^^^^^^^^^ allow_origins[100]
  |
  = help: write "https://xn--9ca.example"

1 file: not valid, 1 error
"#
    );
    files.write("b.json", &list(1000));
    files.write("c.json", "{\"allow_origins\": [\n");
    let output = files.run(&["check", "b.json", "c.json"]);
    assert_eq!(
        stdout(&output),
        r#"error[origin-has-path]: an origin has no path
--> b.json:1:22909
 = note: allow_origins[1000] is "https://é.example/"
 = help: write "https://xn--9ca.example"

error: EOF while parsing a list
 --> c.json:2:1
  |
2 |
  | ^

2 files: not valid, 2 errors
"#
    );
}

#[test]
fn check_prints_nothing_that_a_terminal_acts_on() {
    let files = Files::new();
    files.write("a.toml", "\u{feff}allow_origins = ['https://a.example/'] # \u{9b}31m\u{202e}");
    let output = files.run(&["check", "a.toml"]);
    let control = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
    assert!(!stdout(&output).contains(control), "{output:?}");
    assert!(
        stdout(&output).contains("\n  |                  ^^^^^^^^^^^^^^^^^^^^ allow"),
        "{output:?}"
    );
}

#[test]
fn check_uses_colours_on_terminals_only() {
    let files = Files::new();
    files.write("a.toml", "");
    let has_colours = |variables: &[&str]| {
        let mut command = files.command(&["check", "a.toml"]);
        command.envs(variables.iter().map(|variable| (variable, "1")));
        stdout(&command.output().unwrap()).contains('\u{1b}')
    };
    assert!(!has_colours(&[]));
    assert!(has_colours(&["CLICOLOR_FORCE"]));
    assert!(!has_colours(&["NO_COLOR"]));
}

#[test]
fn check_annotates_lines_for_github() {
    let files = Files::new();
    files.write("a,b:%.toml", "allow_origins = ['https://a.example/']\nallow_methods = ['patch']");
    files.write("c.yaml", "max_age: 600");
    files.write("d.toml", "max_age =");
    let output = files.run(&["check", "--format", "github", "a,b:%.toml", "c.yaml", "d.toml", "e"]);
    let file = "file=a%2Cb%3A%25.toml";
    let lines: Vec<_> = stdout(&output).lines().collect();
    let expected = [
        format!("::error {file},line=1,col=18,title=origin-has-path::allow_origins[0] "),
        format!("::warning {file},line=2,col=18,title=method-not-upper-case::allow_methods[0] "),
        "::error file=c.yaml,title=origins-missing::allow_origins: no origin ".into(),
        "::error file=d.toml,line=1,col=10,title=syntax-error::string values must be quoted, "
            .into(),
        "::error file=e,title=unreadable-file::No such file ".into(),
    ];
    assert_eq!(lines.len(), expected.len(), "{lines:#?}");
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(&expected), "{line}");
    }
}

#[test]
fn check_writes_sarif() {
    let files = Files::new();
    files.write("a é.toml", "allow_origins = ['https://a.example/']\nallow_methods = ['patch']");
    let absolute = files.write("b.json", "{").display().to_string();
    let output = files.run(&["check", "--format", "sarif", "a é.toml", &absolute]);
    let log: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules = serde_json::json!([
        { "id": "method-not-upper-case" }, { "id": "origin-has-path" }, { "id": "syntax-error" }
    ]);
    assert_eq!(run["tool"]["driver"]["rules"], rules);
    let results: Vec<_> = run["results"].as_array().unwrap().iter().collect();
    assert_eq!(results.len(), 3);
    for (result, rule, level, uri, line, column) in [
        (results[0], "origin-has-path", "error", "a%20%C3%A9.toml", 1, 18),
        (results[1], "method-not-upper-case", "warning", "a%20%C3%A9.toml", 2, 18),
        (results[2], "syntax-error", "error", &*format!("file://{absolute}"), 1, 1),
    ] {
        assert_eq!((&result["ruleId"], &result["level"]), (&rule.into(), &level.into()));
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], uri);
        let region = serde_json::json!({ "startLine": line, "startColumn": column });
        assert_eq!(place["region"], region);
    }
    assert!(
        results[0]["message"]["text"].as_str().unwrap().ends_with("write \"https://a.example\"")
    );
}

#[test]
fn check_reads_directories() {
    let files = Files::new();
    for directory in ["policies/.git", "policies/team", "empty"] {
        std::fs::create_dir_all(files.0.path().join(directory)).unwrap();
    }
    for name in ["policies/b.yml", "policies/team/a.json", "policies/.git/c.toml", "policies/d.md"]
    {
        files.write(name, "{\"allow_origins\": [\"null\"]}");
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("nowhere", files.0.path().join("policies/c.toml")).unwrap();
    let output = files.run(&["check", "--format", "short", "policies", "empty"]);
    let names: Vec<_> =
        stdout(&output).lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(
        names,
        ["policies/b.yml", "policies/c.toml", "policies/team/a.json", "empty", "4 files"]
    );
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(files.run(&["check", "policies/team"]).status.code(), Some(1));
}
