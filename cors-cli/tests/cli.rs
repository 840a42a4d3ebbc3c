//! The command `cors`, run as a program.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const POLICY: &str = r#"
    allow_origins = ["https://app.example.com"]
    allow_methods = ["PUT"]
    allow_headers = ["content-type"]
    expose_headers = ["x-request-id"]
    max_age = 600
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

    /// Runs the program in the folder of the files with this standard input.
    fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
        command.current_dir(self.0.path()).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // The program does not read more than it can use.
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap()
    }

    /// Runs the program in the folder of the files.
    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
        command.current_dir(self.0.path()).args(arguments).output().unwrap()
    }
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

#[test]
fn check_passes_valid_files() {
    let files = Files::new();
    files.write("a.toml", POLICY);
    files.write("b.json", r#"{ "policies": { "public": { "allow_origins": ["*"] } } }"#);
    let output = files.run(&["check", "a.toml", "b.json"]);
    assert_eq!(stdout(&output), "a.toml: valid\nb.json: valid\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn check_prints_every_problem_of_every_file() {
    let files = Files::new();
    files.write("a.toml", "allow_origins = ['https://a.example/']\nallow_methods = ['TRACE']");
    files.write("b.yaml", "max_age: 600");
    let output = files.run(&["check", "a.toml", "b.yaml", "c.toml"]);
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert!(lines[0].starts_with("a.toml:1:18: allow_origins[0] "), "{lines:?}");
    assert!(lines[1].starts_with("a.toml:2:18: allow_methods[0] "), "{lines:?}");
    assert!(lines[2].starts_with("b.yaml: allow_origins: "), "{lines:?}");
    assert!(lines[3].starts_with("c.toml: "), "{lines:?}");
    assert_eq!(lines.len(), 4);
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
    let output = files.run(&["check", "a.yaml"]);
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert_eq!(lines[0], "a.yaml: valid");
    assert!(
        lines[1].starts_with("a.yaml:1:56: warning: policies.web.allow_methods[0] \"patch\": ")
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
    let output = files.run(&["check", "a.toml", "b.json"]);
    let expected = [
        "a.toml:1:18: allow_origins[0] \"https://a.example/\": ",
        "a.toml:2:18: warning: allow_methods[0] \"patch\": ",
        "b.json:3:41: policies.wrong.allow_origins[0] \"null\": ",
        "b.json:2:65: warning: policies.valid.allow_methods[0] \"patch\": ",
        "b.json:3:68: warning: policies.wrong.allow_methods[0] \"patch\": ",
        "b.json:3:77: warning: policies.wrong.allow_methods[1] \"patch\": ",
        "b.json:3:77: warning: policies.wrong.allow_methods[1] \"patch\": policies.wrong.allow_methods[0] \"patch\" is the same",
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
    let output = files.run(&["check", "errors.toml", "warnings.toml"]);
    let lines: Vec<_> = stdout(&output).lines().collect();
    assert_eq!(lines[51], "errors.toml: 10 more errors");
    assert_eq!(lines[102], "warnings.toml: warning: 9 more warnings");
    let output = files.run(&["check", "--format", "json", "errors.toml"]);
    let problems: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(problems[50]["message"], "errors.toml: 10 more errors");
}

#[test]
fn standard_input_is_read() {
    let files = Files::new();
    for (arguments, text, expected) in [
        (&["check", "-"][..], "allow_origins = ['*']", "<stdin>: valid\n"),
        (&["check", "-"], "allow_origins: ['*']", "<stdin>: valid\n"),
        (&["check", "-"], r#"{"allow_origins": ["*"]}"#, "<stdin>: valid\n"),
        (&["check", "-", "--input-format", "yaml"], "{allow_origins: ['*']}", "<stdin>: valid\n"),
        (&["check", "-"], "max_age = 600", "<stdin>: allow_origins: no origin is allowed"),
        (
            &["check", "-"],
            "allow_origins = []",
            "<stdin>: valid\n<stdin>:1:1: warning: allow_origins: no origin is allowed",
        ),
        (&["check", "-"], "allow_origins: [", "<stdin>: line 1, column 16: "),
        (&["explain", "-", "--origin", "https://a.example"], "allow_origins = ['*']", "request:\n"),
    ] {
        let output = files.run_with_input(arguments, text.as_bytes());
        assert!(stdout(&output).starts_with(expected), "{output:?}");
    }
    let endless = vec![b' '; (16 << 20) + 1];
    let output = files.run_with_input(&["check", "-"], &endless);
    assert!(stdout(&output).starts_with("<stdin>: this file is larger than 16 MiB"), "{output:?}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn the_format_of_files_can_be_named() {
    let files = Files::new();
    files.write("policy.conf", "allow_origins = ['*']");
    let output = files.run(&["check", "policy.conf"]);
    assert!(stdout(&output).starts_with("policy.conf: the format is told by the extension"));
    let output = files.run(&["check", "policy.conf", "--input-format", "toml"]);
    assert_eq!(stdout(&output), "policy.conf: valid\n");
}

#[cfg(unix)]
#[test]
fn pipes_are_read_and_devices_are_not() {
    let files = Files::new();
    let pipe = files.0.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let writer = std::thread::spawn(move || std::fs::write(pipe, "allow_origins: ['*']"));
    assert_eq!(stdout(&files.run(&["check", "pipe"])), "pipe: valid\n");
    writer.join().unwrap().unwrap();
    let output = files.run_with_input(&["check", "/dev/stdin"], b"allow_origins = ['*']");
    assert_eq!(stdout(&output), "/dev/stdin: valid\n");
    // The same with a format and without.
    for more in [&[][..], &["--input-format", "toml"]] {
        for (file, problem) in [
            ("/dev/zero", "this is a device; "),
            (".", "this is a directory; "),
            ("none", "No such file"),
        ] {
            let output = files.run(&[&["check", file], more].concat());
            assert!(stdout(&output).starts_with(&format!("{file}: {problem}")), "{output:?}");
            assert_eq!(output.status.code(), Some(2));
        }
    }
}

#[test]
fn explain_shows_what_is_sent_and_answered() {
    let files = Files::new();
    files.write("a.toml", POLICY);
    let output = files.run(&[
        "explain",
        "a.toml",
        "--origin",
        "https://app.example.com",
        "--method",
        "PUT",
        "--header",
        "content-type: application/json",
    ]);
    let text = stdout(&output);
    for line in [
        "  > OPTIONS",
        "  > access-control-request-method: PUT",
        "  > access-control-request-headers: content-type",
        "  < 204",
        "  < access-control-allow-origin: https://app.example.com",
        "  < access-control-max-age: 600",
        "  > PUT",
        "  > content-type: application/json",
        "  < access-control-expose-headers: x-request-id",
        "verdict: allowed: the script gets the response",
    ] {
        assert!(text.lines().any(|printed| printed == line), "{line} is not in\n{text}");
    }
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn explain_names_the_step_that_fails() {
    let files = Files::new();
    files.write("a.toml", POLICY);
    let output = files.run(&[
        "explain",
        "a.toml",
        "--origin",
        "https://app.example.com",
        "--method",
        "patch",
    ]);
    let text = stdout(&output);
    assert!(text.contains("  policy: the rule does not allow this method\n"), "{text}");
    let step = "  FAIL  the method patch must be safelisted, or listed in access-control-allow-methods, by name or by *\n";
    assert!(text.contains(step), "{text}");
    assert!(text.contains("verdict: blocked: the preflight is refused"), "{text}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn explain_says_what_to_write() {
    let files = Files::new();
    files.write("a.toml", POLICY);
    let explain =
        |origin| files.run(&["explain", "a.toml", "--origin", origin, "--method", "DELETE"]);
    let output = explain("https://app.example.com");
    let change = "change: allow_methods: DELETE is not in the list; write allow_methods = [\"PUT\", \"DELETE\"]\n";
    assert!(stdout(&output).ends_with(change), "{output:?}");
    let output = explain("null");
    assert!(stdout(&output).contains("\nadvice: null is what "), "{output:?}");
}

/// What `explain` prints after the verdict.
fn advice(files: &Files, arguments: &[&str]) -> String {
    let output = files.run(&[&["explain"], arguments].concat());
    let (_, rest) = stdout(&output).split_once("\nverdict: ").unwrap();
    let (_, advice) = rest.split_once('\n').unwrap();
    advice.to_owned()
}

#[test]
fn explain_writes_lines_in_the_format_of_the_file() {
    let files = Files::new();
    files.write("a.yaml", "policies: {web: {allow_origins: ['https://a.example']}}");
    files.write("a.json", r#"{"allow_origins": ["https://a.example"]}"#);
    let request = ["--origin", "https://a.example", "--method", "PUT"];
    assert_eq!(
        advice(&files, &[&["a.yaml", "--policy", "web"], &request[..]].concat()),
        "change: policies.web.allow_methods: PUT is not in the list; write allow_methods: [\"PUT\"]\n"
    );
    assert_eq!(
        advice(&files, &[&["a.json"], &request[..]].concat()),
        "change: allow_methods: PUT is not in the list; write \"allow_methods\": [\"PUT\"]\n"
    );
}

/// A policy of a service at two names.
const BANK: &str = "enforce_origins = true
own_origins = ['https://bank.example', 'http://localhost:*']
allow_origins = ['https://app.example']
";

#[test]
fn check_says_what_enforcement_alone_does_not_stop() {
    let files = Files::new();
    files.write("a.toml", BANK);
    files.write("b.toml", "enforce_origins = true\nallow_origins = []");
    let output = files.run(&["check", "a.toml", "b.toml"]);
    assert_eq!(
        stdout(&output),
        "a.toml: valid\nb.toml: valid\n\
         b.toml:1:1: warning: enforce_origins: without own_origins, a page at a foreign name that leads to this service counts as its own (DNS rebinding); list the origins at which the service is reached in own_origins, or set them on the Deployment\n"
    );
}

#[test]
fn explain_shows_what_becomes_of_hosts() {
    let files = Files::new();
    files.write("a.toml", BANK);
    let explain = |arguments: &[&str]| {
        let output = files.run(&[&["explain", "a.toml", "--origin"], arguments].concat());
        (stdout(&output).to_owned(), output.status.code())
    };
    let (text, code) = explain(&["https://bank.example", "--method", "PUT"]);
    assert_eq!(
        text,
        "request:
  > PUT
  > host: bank.example
  > origin: https://bank.example
  > sec-fetch-site: same-origin
  < (the service's own status)
  < vary: Origin, Sec-Fetch-Site

browser:
  pass  the page sends the request to its own origin, which needs no permission
        https://fetch.spec.whatwg.org/#main-fetch

verdict: allowed: the script gets the response
"
    );
    assert_eq!(code, Some(0));
    let rebinding = ["http://evil.example:3000", "--host", "evil.example:3000"];
    for (method, status, policy) in [
        ("POST", 403, "no rule allows this origin"),
        ("GET", 421, "the request is for a host that own_origins does not list"),
    ] {
        let (text, code) = explain(&[&rebinding[..], &["--method", method]].concat());
        for part in [
            &format!("  < {status}\n"),
            &format!("  policy: {policy}\n"),
            "verdict: blocked: the request is refused before it reaches the service\n\
             advice: no own_origins list the host that the request is sent to; if the service is reached there, add its origin to own_origins\n",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        assert_eq!(code, Some(1));
    }
    let (text, _) = explain(&["https://app.example", "--host", "bank.internal", "--method", "PUT"]);
    assert!(text.contains("  > host: bank.internal\n"), "{text}");
    assert!(text.contains("  < 421\n"), "{text}");
    assert!(text.contains("verdict: blocked: the preflight is refused"), "{text}");
}

#[test]
fn explain_keeps_a_public_policy_public() {
    let files = Files::new();
    files.write("a.toml", "allow_origins = ['*']");
    assert_eq!(
        advice(&files, &["a.toml", "--origin", "https://a.example", "--credentials"]),
        r#"change: rules: with credentials, * does not count as an origin; https://a.example gets a rule of its own before it; write
  [[rules]]
  allow_origins = ["https://a.example"]
  allow_credentials = true

  [[rules]]
  allow_origins = ["*"]
"#
    );
}

#[test]
fn explain_prefers_https() {
    let files = Files::new();
    files.write("a.toml", "allow_origins = ['https://a.example']");
    assert_eq!(
        advice(&files, &["a.toml", "--origin", "http://a.example"]),
        "change: allow_origins: the page is loaded over http, and a.example is allowed over https; \
         serve the page over https, or write allow_origins = [\"https://a.example\", \"http://a.example\"]\n"
    );
    let with_credentials =
        advice(&files, &["a.toml", "--origin", "http://b.example", "--credentials"]);
    let lines: Vec<_> = with_credentials.lines().collect();
    assert_eq!(lines[0], "advice: allowing this alone makes the policy invalid:");
    assert!(lines[1].starts_with("advice: allow_origins[1] \"http://b.example\": "), "{lines:?}");
    assert_eq!(lines.len(), 2);
}

#[test]
fn explain_says_when_the_script_has_to_change() {
    let files = Files::new();
    files.write("a.toml", "allow_origins = ['https://a.example']\nallow_methods = ['PUT']");
    assert_eq!(
        advice(&files, &["a.toml", "--origin", "https://a.example", "--method", "patch"]),
        "advice: methods are case-sensitive, and the script sends patch; let it send PATCH, for which the policy has to change too\n\
         change: allow_methods: PATCH is not in the list; write allow_methods = [\"PUT\", \"PATCH\"]\n"
    );
}

#[test]
fn explain_names_the_nearest_miss() {
    let files = Files::new();
    files.write("a.toml", "allow_origins = ['https://app.example.com']");
    let output = files.run(&["explain", "a.toml", "--origin", "http://app.example.com"]);
    let text = stdout(&output);
    let miss =
        "nearest: same host, other scheme: allow_origins[0] is \"https://app.example.com\"\n";
    assert!(text.contains(miss), "{text}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn explain_chooses_a_policy_by_name() {
    let files = Files::new();
    files.write("a.toml", "[policies.public]\nallow_origins = ['*']");
    let chosen = files.run(&["explain", "a.toml", "--policy", "public", "--origin", "null"]);
    assert_eq!(chosen.status.code(), Some(0));
    let not_chosen = files.run(&["explain", "a.toml", "--origin", "null"]);
    assert_eq!(not_chosen.status.code(), Some(2));
    let error = String::from_utf8_lossy(&not_chosen.stderr);
    assert_eq!(error, "a.toml: the policies have names; choose one of public\n");
}

#[test]
fn explain_takes_only_what_a_page_can_have_for_an_origin() {
    let files = Files::new();
    files.write("a.toml", "allow_origins = ['*']");
    let output = files.run(&["explain", "a.toml", "--origin", "https://app.example.com/"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("an origin has no path; write \"https://app.example.com\""), "{error}");
}

#[test]
fn schema_prints_the_schema() {
    let output = Files::new().run(&["schema"]);
    let schema: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(schema["title"], "CORS policy");
}

#[test]
fn explain_is_told_what_the_application_would_say() {
    let files = Files::new();
    files.write("a.toml", "allow_origins_by_predicate = true");
    let explain = ["explain", "a.toml", "--origin", "https://tenant.example"];
    let refused = files.run(&explain);
    let text = stdout(&refused);
    assert!(text.contains("  policy: no rule lists this origin; here the application, "), "{text}");
    assert!(text.contains("\nadvice: to see what a page gets that the application allows, pass --allowed-by-predicate\n"), "{text}");
    assert_eq!(refused.status.code(), Some(1));
    let allowed = [&explain[..], &["--allowed-by-predicate"]].concat();
    assert_eq!(files.run(&allowed).status.code(), Some(0));
}
