use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use cors_core::{LoadError, Policies};
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

impl Check {
    pub(crate) fn run(&self, out: &mut impl Write) -> io::Result<ExitCode> {
        let mut problems = Vec::new();
        for file in &self.files {
            match Policies::from_path(file) {
                Ok(_) if matches!(self.format, Format::Text) => {
                    writeln!(out, "{}: valid", file.display())?;
                }
                Ok(_) => {}
                Err(error) => problems.extend(Problem::all(file, &error)),
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
        Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Problem {
    fn all(file: &Path, error: &LoadError) -> Vec<Self> {
        let file = file.display().to_string();
        match error {
            LoadError::Invalid { errors, .. } => errors
                .iter()
                .map(|error| Self {
                    path: Some(error.path().into()),
                    value: error.value().map(Into::into),
                    suggestion: error.suggestion().map(Into::into),
                    message: format!("{file}: {error}"),
                    file: file.clone(),
                })
                .collect(),
            error => vec![Self {
                file,
                path: None,
                value: None,
                suggestion: None,
                message: error.to_string(),
            }],
        }
    }
}
