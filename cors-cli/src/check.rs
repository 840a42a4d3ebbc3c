use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use cors_core::explain::Severity;
use cors_core::{Diagnostic, LoadError};
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
    /// Take warnings, of what is valid but probably not meant, for errors.
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
    file: String,
    /// `None` if the file as a whole is wrong.
    #[serde(flatten)]
    diagnostic: Option<Diagnostic>,
    /// The severity of a problem of the whole file.
    #[serde(rename = "severity", skip_serializing_if = "Option::is_none")]
    of_file: Option<Severity>,
    /// The whole message.
    message: String,
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
            |problem: &Problem| self.deny_warnings || problem.severity() == Some(Severity::Error);
        Ok(ExitCode::from(match is_unread {
            true => 2,
            false => u8::from(problems.iter().any(is_fatal)),
        }))
    }
}

/// What is wrong with a file, and then what else is probably not meant.
fn errors(file: &Path, error: &LoadError) -> Vec<Problem> {
    let file = file.display().to_string();
    let LoadError::Invalid { errors, lints, .. } = error else {
        return vec![Problem::of_file(Severity::Error, &file, error.to_string())];
    };
    let mut problems: Vec<_> = errors.iter().map(|error| Problem::new(&file, error)).collect();
    if let more @ 1.. = errors.count().saturating_sub(problems.len()) {
        let message = format!("{}: {more} more error{}", in_one_line(&file), plural(more));
        problems.push(Problem::of_file(Severity::Error, &file, message));
    }
    problems.extend(warnings(&file, lints));
    problems
}

fn warnings(file: &str, lints: &[Diagnostic]) -> Vec<Problem> {
    let shown = lints.iter().take(MOST_WARNINGS);
    let mut problems: Vec<_> = shown.map(|lint| Problem::new(file, lint)).collect();
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
    fn new(file: &str, diagnostic: &Diagnostic) -> Self {
        let mut message = in_one_line(file);
        if let (Some(line), Some(column)) = (diagnostic.line(), diagnostic.column()) {
            message.push_str(&format!(":{line}:{column}"));
        }
        let severity = match diagnostic.severity() {
            Severity::Warning => "warning: ",
            _ => "",
        };
        message.push_str(&format!(": {severity}{diagnostic}"));
        Self { file: file.into(), diagnostic: Some(diagnostic.clone()), of_file: None, message }
    }

    /// A problem that no setting has.
    fn of_file(severity: Severity, file: &str, message: String) -> Self {
        Self { file: file.into(), diagnostic: None, of_file: Some(severity), message }
    }

    fn severity(&self) -> Option<Severity> {
        self.diagnostic.as_ref().map(Diagnostic::severity).or(self.of_file)
    }
}
