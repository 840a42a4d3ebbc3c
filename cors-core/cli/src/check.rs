use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use cors_core::{LoadError, Policies, PolicyError};
use serde::Serialize;

/// Report everything that is wrong with policy files; the exit status is 1 if anything is.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// TOML, JSON or YAML files with one policy, or several under `policies`.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Take warnings, of what is valid but surely not meant, for errors.
    #[arg(long)]
    deny_warnings: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// A line for each problem.
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
        for file in &self.files {
            match Policies::from_path(file) {
                Ok(policies) => {
                    if matches!(self.format, Format::Text) {
                        writeln!(out, "{}: valid", file.display())?;
                    }
                    problems.extend(warnings(file, &policies));
                }
                Err(error) => problems.extend(errors(file, &error)),
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
        Ok(ExitCode::from(u8::from(problems.iter().any(is_fatal))))
    }
}

fn errors(file: &Path, error: &LoadError) -> Vec<Problem> {
    let file = file.display().to_string();
    let LoadError::Invalid { errors, .. } = error else {
        return vec![Problem {
            severity: Severity::Error,
            path: None,
            value: None,
            suggestion: None,
            message: error.to_string(),
            file,
        }];
    };
    let problem = |error: &PolicyError| Problem {
        severity: Severity::Error,
        path: Some(error.path().into()),
        value: error.value().map(Into::into),
        suggestion: error.suggestion().map(Into::into),
        message: format!("{file}: {error}"),
        file: file.clone(),
    };
    errors.iter().map(problem).collect()
}

fn warnings(file: &Path, policies: &Policies) -> Vec<Problem> {
    let file = file.display().to_string();
    let mut problems = Vec::new();
    let sole = policies.select(None).ok().map(|policy| (String::new(), policy));
    let named = policies.iter().map(|(name, policy)| (format!("policies.{name}."), policy));
    for (prefix, policy) in sole.into_iter().chain(named) {
        problems.extend(policy.lints().into_iter().map(|lint| Problem {
            severity: Severity::Warning,
            path: Some(format!("{prefix}{}", lint.path())),
            value: lint.value().map(Into::into),
            suggestion: lint.suggestion().map(Into::into),
            message: format!("{file}: warning: {prefix}{lint}"),
            file: file.clone(),
        }));
    }
    problems
}
