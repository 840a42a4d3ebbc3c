//! `cors check`: everything that is wrong with policy files.

mod github;
mod policy_files;
mod problem;
mod sarif;
mod summary;
mod text;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use cors_core::LoadError;
use cors_core::explain::Severity;

use crate::input::Input;
use problem::Problem;
use summary::Summary;

/// Report everything that is wrong with policy files
#[derive(Args, Debug)]
#[command(after_help = "\
Exit status: 0 if all files are valid, 1 if a file is not valid (or has a warning, with --deny-warnings), 2 if a file \
cannot be read.

Examples:
  cors check policy.toml
  cors check --deny-warnings policies/
  cors check --format github policies/                # annotations in a workflow of GitHub Actions
  cors check --format sarif policies/ > cors.sarif    # for code scanning
  kubectl get configmap cors -o jsonpath='{.data.policy}' | cors check -")]
pub(crate) struct Check {
    /// TOML, JSON or YAML files of at most 16 MiB, with one policy, or several under `policies`
    ///
    /// In a directory, every file with the extension .toml, .json, .yaml or .yml is checked, so the directory should
    /// contain no other files with these extensions. Hidden files and directories are skipped. Pipes are read
    /// too, and `-` is standard input.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    input: Input,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Treat warnings as errors; a warning is about a setting that is valid but probably not meant
    #[arg(long)]
    deny_warnings: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Each problem with the line of the file that it is in, and a summary
    #[default]
    Text,
    /// A line for each problem, and a summary
    Short,
    /// An array with an object for each problem
    Json,
    /// Workflow commands, which GitHub shows beside the lines of a pull request
    Github,
    /// A SARIF 2.1.0 log
    Sarif,
}

impl Check {
    pub(crate) fn run(&self, out: &mut impl Write) -> io::Result<ExitCode> {
        let mut problems = Vec::new();
        let mut summary = Summary::default();
        let mut is_unread = false;
        for file in self.files.iter().flat_map(|path| policy_files::of(path)) {
            let found = match file {
                Ok(file) => {
                    let read = self.input.read_with_text(&file);
                    is_unread |= matches!(read.policies, Err(LoadError::Read { .. }));
                    problem::of(&file, &read)
                }
                Err((path, error)) => {
                    is_unread = true;
                    vec![Problem::of_unread(&path, &error)]
                }
            };
            summary.add(&found);
            problems.extend(found);
        }
        match self.format {
            Format::Text => text::write(&problems, out)?,
            Format::Short => problems.iter().try_for_each(|problem| writeln!(out, "{problem}"))?,
            Format::Json => {
                serde_json::to_writer_pretty(&mut *out, &problems)?;
                writeln!(out)?;
            }
            Format::Github => github::write(&problems, out)?,
            Format::Sarif => sarif::write(&problems, out)?,
        }
        if matches!(self.format, Format::Text | Format::Short) {
            writeln!(out, "{summary}")?;
        }
        let is_fatal =
            |problem: &Problem| self.deny_warnings || problem.severity() == Severity::Error;
        Ok(ExitCode::from(match is_unread {
            true => 2,
            false => u8::from(problems.iter().any(is_fatal)),
        }))
    }
}
