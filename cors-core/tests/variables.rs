//! Origins from environment variables. A process has its variables for good, so each row of the table
//! runs in a process of its own.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that panics has failed")]

use std::env;
use std::ffi::OsStr;
use std::process::Command;

use cors_core::{Policy, PolicyBuilder};

const VARIABLE: &str = "CORS_ORIGINS";

/// What the other process prints before its report.
const REPORT: &str = "report: ";

/// Returns the origins of the policy, or what is wrong with it.
fn report(builder: PolicyBuilder) -> String {
    match builder.allow_methods(["PUT"]).build() {
        Ok(policy) => {
            let [rule] = policy.to_config().rules.try_into().unwrap();
            assert_eq!(rule.allow_methods, ["PUT"]);
            rule.allow_origins.join(" ")
        }
        Err(errors) => errors.to_string(),
    }
}

fn required() -> PolicyBuilder {
    Policy::builder().allow_origins(["https://own.example"]).allow_origins_from_env(VARIABLE)
}

fn with_default() -> PolicyBuilder {
    Policy::builder().allow_origins_from_env_or(VARIABLE, ["http://localhost:5173"])
}

/// Runs `test` of this file in a process with this value of the variable.
fn in_a_process(test: &str, value: Option<&OsStr>) -> String {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args([test, "--exact", "--include-ignored", "--nocapture"]).env_remove(VARIABLE);
    if let Some(value) = value {
        command.env(VARIABLE, value);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let (_, report) = text.split_once(REPORT).unwrap_or_else(|| panic!("{text}"));
    report.split("\n\n").next().unwrap().to_owned()
}

#[test]
#[ignore = "runs in the processes of the other tests"]
fn report_required() {
    println!("{REPORT}{}\n\n", report(required()));
}

#[test]
#[ignore = "runs in the processes of the other tests"]
fn report_with_default() {
    println!("{REPORT}{}\n\n", report(with_default()));
}

#[test]
fn origins_are_separated_by_commas_or_white_space() {
    for (value, origins) in [
        ("https://a.example", "https://own.example https://a.example"),
        ("https://a.example,", "https://own.example https://a.example"),
        (
            " https://a.example , https://*.b.example\thttp://localhost:*\n",
            "https://own.example https://a.example https://*.b.example http://localhost:*",
        ),
        (
            "https://a.example;https://b.example",
            "https://own.example https://a.example https://b.example",
        ),
    ] {
        assert_eq!(in_a_process("report_required", Some(value.as_ref())), origins, "{value:?}");
        let without_own = origins.trim_start_matches("https://own.example ");
        assert_eq!(in_a_process("report_with_default", Some(value.as_ref())), without_own);
    }
    assert_eq!(in_a_process("report_with_default", Some("*".as_ref())), "*");
}

#[test]
fn errors_name_the_variable() {
    let error = "CORS_ORIGINS[1] \"https://b.example/\": an origin has no path; write \"https://b.example\"";
    let value = Some("https://a.example, https://b.example/".as_ref());
    assert_eq!(in_a_process("report_required", value), error);
    assert_eq!(in_a_process("report_with_default", value), error);
}

#[test]
fn an_empty_variable_counts_as_unset() {
    let unset = "CORS_ORIGINS: the environment variable is not set, or is empty; set it to origins separated by commas";
    for value in [None, Some(""), Some(" "), Some(" ,\n")] {
        let value = value.map(OsStr::new);
        assert_eq!(in_a_process("report_required", value), unset, "{value:?}");
        assert_eq!(in_a_process("report_with_default", value), "http://localhost:5173");
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_unicode_is_an_error() {
    use std::os::unix::ffi::OsStrExt;

    let error = "CORS_ORIGINS: the value of the environment variable is not Unicode; set it to origins separated by commas";
    let value = Some(OsStr::from_bytes(b"https://a\xff.example"));
    assert_eq!(in_a_process("report_required", value), error);
    assert_eq!(in_a_process("report_with_default", value), error);
}
