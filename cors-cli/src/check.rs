use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use cors_core::{Lint, LoadError, PolicyError};
use serde::Serialize;

use crate::input::{self, Input, in_one_line};

/// As many warnings of a file as are printed.
const MOST_WARNINGS: usize = 50;

/// Report everything that is wrong with policy files. The exit status is 1 if anything is, and 2 if a
/// file cannot be read.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// TOML, JSON or YAML files of at most 16 MiB, with one policy, or several under `policies`.
    /// Pipes are read too, and `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    input: Input,
    /// What to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Take warnings, of what is valid but surely not meant, for errors.
    #[arg(long)]
    deny_warnings: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// A line for each problem; after a syntax error, the line of the file that it is in.
    #[default]
    Text,
    /// An array with an object for each problem.
    Json,
}

/// One problem of a file.
#[derive(Debug, Serialize)]
struct Problem {
    severity: Severity,
    file: String,
    /// The setting, unless the file as a whole is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
    /// The whole message.
    message: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Severity {
    Error,
    Warning,
}

impl Check {
    pub(crate) fn run(&self, out: &mut impl Write) -> io::Result<ExitCode> {
        let mut problems = Vec::new();
        let mut is_unread = false;
        for file in &self.files {
            match self.input.read(file) {
                Ok(policies) => {
                    let file = input::name(file).display().to_string();
                    if matches!(self.format, Format::Text) {
                        writeln!(out, "{}: valid", in_one_line(&file))?;
                    }
                    problems.extend(warnings(&file, &policies.lints()));
                }
                Err(error) => {
                    is_unread |= matches!(error, LoadError::Read { .. });
                    problems.extend(errors(input::name(file), &error));
                }
            }
        }
        match self.format {
            Format::Text => {
                for problem in &problems {
                    writeln!(out, "{}", problem.message)?;
                }
            }
            Format::Json => {
                serde_json::to_writer_pretty(&mut *out, &problems)?;
                writeln!(out)?;
            }
        }
        let is_fatal =
            |problem: &Problem| self.deny_warnings || problem.severity == Severity::Error;
        Ok(ExitCode::from(match is_unread {
            true => 2,
            false => u8::from(problems.iter().any(is_fatal)),
        }))
    }
}

/// What is wrong with a file, and then what else is surely not meant.
fn errors(file: &Path, error: &LoadError) -> Vec<Problem> {
    let file = file.display().to_string();
    let LoadError::Invalid { errors, lints, .. } = error else {
        return vec![Problem::of_file(Severity::Error, &file, error.to_string())];
    };
    let problem = |error: &PolicyError| Problem {
        severity: Severity::Error,
        path: Some(error.path().into()),
        value: error.value().map(Into::into),
        suggestion: error.suggestion().map(Into::into),
        message: format!("{}: {error}", in_one_line(&file)),
        file: file.clone(),
    };
    let mut problems: Vec<_> = errors.iter().map(problem).collect();
    if let more @ 1.. = errors.count().saturating_sub(problems.len()) {
        let message = format!("{}: {more} more error{}", in_one_line(&file), plural(more));
        problems.push(Problem::of_file(Severity::Error, &file, message));
    }
    problems.extend(warnings(&file, lints));
    problems
}

fn warnings(file: &str, lints: &[Lint]) -> Vec<Problem> {
    let problem = |lint: &Lint| Problem {
        severity: Severity::Warning,
        path: Some(lint.path().into()),
        value: lint.value().map(Into::into),
        suggestion: lint.suggestion().map(Into::into),
        message: format!("{}: warning: {lint}", in_one_line(file)),
        file: file.into(),
    };
    let mut problems: Vec<_> = lints.iter().take(MOST_WARNINGS).map(problem).collect();
    if let more @ 1.. = lints.len().saturating_sub(MOST_WARNINGS) {
        let message =
            format!("{}: warning: {more} more warning{}", in_one_line(file), plural(more));
        problems.push(Problem::of_file(Severity::Warning, file, message));
    }
    problems
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

impl Problem {
    /// A problem that no setting has.
    fn of_file(severity: Severity, file: &str, message: String) -> Self {
        Self { severity, path: None, value: None, suggestion: None, message, file: file.into() }
    }
}
