//! Checks, compares, explains and exports the CORS policies of `cors-core`, and probes services for them.

mod check;
mod diff;
mod explain;
mod export;
mod input;
mod probing;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

/// Check, compare, explain and export CORS policies, and probe services for them
#[derive(Debug, Parser)]
#[command(name = "cors", version)]
#[command(after_help = "\
Exit status: 0 if all is well, 1 if a command has something to report, 2 if it could not run.

Examples:
  cors check policy.toml
  cors diff old.toml new.toml
  cors explain policy.toml --origin https://app.example.com --method PUT
  cors export haproxy policy.toml
  cors probe https://api.example.com/ --policy policy.toml
  cors completions bash > ~/.local/share/bash-completion/completions/cors
  cors man ~/.local/share/man/man1")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Diff(diff::Diff),
    Explain(explain::Explain),
    Export(export::Export),
    Probe(probing::ProbeCommand),
    /// Print the JSON Schema of policy files
    Schema,
    /// Print the completions for a shell
    Completions {
        shell: Shell,
    },
    /// Write the man pages of this command and its subcommands to a directory
    Man {
        /// Is made if there is none
        directory: PathBuf,
    },
}

fn main() -> ExitCode {
    let mut out = anstream::stdout().lock();
    let result = match Arguments::parse().command {
        Command::Check(check) => check.run(&mut out),
        Command::Diff(diff) => diff.run(&mut out),
        Command::Explain(explain) => explain.run(&mut out),
        Command::Export(export) => export.run(&mut out),
        Command::Probe(probe) => probe.run(&mut out),
        Command::Schema => schema(&mut out),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "cors", &mut out);
            Ok(ExitCode::SUCCESS)
        }
        Command::Man { directory } => man(&directory),
    };
    match result {
        Ok(code) => code,
        // Whoever reads the output has seen enough; whether all is well is not known.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(2),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn man(directory: &Path) -> io::Result<ExitCode> {
    fs::create_dir_all(directory)?;
    clap_mangen::generate_to(Arguments::command(), directory)?;
    Ok(ExitCode::SUCCESS)
}

fn schema(out: &mut impl io::Write) -> io::Result<ExitCode> {
    out.write_all(cors_core::PolicyConfig::JSON_SCHEMA.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
