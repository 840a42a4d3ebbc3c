//! `cors diff`: what changes for whom between two policy files.

mod compared;
mod markdown;
mod text;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use cors_core::Policies;
use serde::Serialize;

use crate::input::{self, Input};
use compared::{Compared, compare, compare_named};

/// Show what pages gain and lose if one policy file takes the place of another
///
/// The patterns of both files divide the origins into classes. For each class, the command tells
/// what pages of these origins gain and lose: access, credentials, methods, request headers,
/// exposed headers, requests that reach the service, and the max_age of preflights. Classes with
/// the same change are told together. Files that permit the same do not differ, however they are
/// written. In files with several policies, those of the same name are compared.
///
/// A widening is a change by which any page gains anything, whatever it loses. More requests that
/// reach the service and more own_origins count, and so does an added policy that allows an origin.
/// A longer max_age does not count, because it permits no request that was refused before.
#[derive(Args, Debug)]
#[command(after_help = "\
Exit status: 0 if the files permit the same, 1 if they differ, 2 if they cannot be compared, because a file cannot be \
read or is not valid. With --deny-widening, the status is 1 only if there is a widening.

Examples:
  cors diff old.toml new.toml
  cors diff --deny-widening <(git show main:policy.toml) policy.toml
  git show main:policy.toml | cors diff --format markdown - policy.toml >> \"$GITHUB_STEP_SUMMARY\"")]
pub(crate) struct Diff {
    /// A TOML, JSON or YAML file of at most 16 MiB, a pipe, or `-` for standard input
    old: PathBuf,
    /// Such a file, which takes the place of the old one
    new: PathBuf,
    #[command(flatten)]
    input: Input,
    /// Compare the policies of this name only
    #[arg(long, value_name = "NAME")]
    policy: Option<String>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Exit with status 1 only if a page gains anything
    #[arg(long)]
    deny_widening: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// The origins, and below them what they gain and lose
    #[default]
    Text,
    /// A table, for a pull request
    Markdown,
    /// An object with all policies that differ
    Json,
}

/// What is printed as JSON.
#[derive(Serialize)]
struct Report<'a> {
    is_widening: bool,
    policies: &'a [Compared],
}

impl Diff {
    pub(crate) fn run(&self, out: &mut impl Write) -> io::Result<ExitCode> {
        let compared = match self.compare() {
            Ok(compared) => compared,
            Err(errors) => {
                errors.iter().for_each(|error| eprintln!("{error}"));
                return Ok(ExitCode::from(2));
            }
        };
        let is_widening = compared.iter().any(|compared| compared.diff.is_widening());
        let files = [&self.old, &self.new].map(|file| input::name(file));
        match self.format {
            Format::Text => text::write(&compared, files, out)?,
            Format::Markdown => markdown::write(&compared, files, out)?,
            Format::Json => {
                let report = Report { is_widening, policies: &compared };
                serde_json::to_writer_pretty(&mut *out, &report)?;
                writeln!(out)?;
            }
        }
        let is_finding = if self.deny_widening { is_widening } else { !compared.is_empty() };
        Ok(if is_finding { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    /// Returns the policies that differ, or why the files cannot be compared.
    fn compare(&self) -> Result<Vec<Compared>, Vec<String>> {
        if [&self.old, &self.new].iter().all(|file| file.as_path() == Path::new("-")) {
            return Err(vec![
                "standard input can be one of the two files only; write the name of the other"
                    .into(),
            ]);
        }
        let (old, new) = match (self.input.read(&self.old), self.input.read(&self.new)) {
            (Ok(old), Ok(new)) => (old, new),
            (old, new) => {
                let errors = [old.err(), new.err()].into_iter().flatten();
                return Err(errors.map(|error| error.to_string()).collect());
            }
        };
        let compared = match &self.policy {
            Some(name) => {
                let select = |policies: &Policies| policies.select(Some(name)).cloned();
                match (select(&old), select(&new)) {
                    (Ok(old), Ok(new)) => compare_named(Some(name), Some(&old), Some(&new)),
                    (old, new) => {
                        let errors = [old.err(), new.err()].into_iter().flatten();
                        return Err(errors.map(|error| error.to_string()).collect());
                    }
                }
                .map(|compared| compared.into_iter().collect())
            }
            None => compare(&old, &new),
        };
        compared.map_err(|error| vec![error])
    }
}

/// A summary of the changes.
fn summary(compared: &[Compared]) -> String {
    let changes = compared.iter().flat_map(|compared| compared.diff.changes());
    let widening = changes.clone().filter(|change| change.is_widening()).count();
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let all = changes.count();
    format!("{all} change{}, {widening} of them widening", plural(all))
}
