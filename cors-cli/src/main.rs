//! Checks and explains the CORS policies of `cors-core`.

mod check;
mod explain;
mod input;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Check and explain CORS policies.
#[derive(Debug, Parser)]
#[command(name = "cors", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Explain(explain::Explain),
    /// Print the JSON Schema of policy files.
    Schema,
}

fn main() -> ExitCode {
    let mut out = io::stdout().lock();
    let result = match Arguments::parse().command {
        Command::Check(check) => check.run(&mut out),
        Command::Explain(explain) => explain.run(&mut out),
        Command::Schema => schema(&mut out),
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

fn schema(out: &mut impl io::Write) -> io::Result<ExitCode> {
    out.write_all(cors_core::PolicyConfig::JSON_SCHEMA.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
