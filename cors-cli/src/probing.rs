//! `cors probe`: whether a running service does what its policy says.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};
use cors_cli::probe::{Options, Probe, ProbeError, Report};
use cors_core::{LoadError, Origin, Policy};
use serde::Serialize;

use crate::input::{Input, parse_header};

/// Compare a running service with its policy, by the requests that browsers would send
///
/// Sends requests from origins inside each pattern of the policy and just outside of it, with listed and
/// unlisted methods and headers, and compares what a browser makes of the answers with what it makes of the
/// policy. Prints a line for each deviation, with its fix. Without --policy, looks for holes that services often
/// have: origins that are repeated, compared in part, or null.
///
/// This command is for services of your own. It sends GET, HEAD, OPTIONS and preflights, and other methods only if
/// --method names them. It follows no redirects.
#[derive(Args, Debug)]
#[command(after_help = "\
Exit status: 0 if no service deviates, 1 if one does, 2 if a service could not be probed, or not to the end.

Examples:
  cors probe https://api.example.com/items --policy policy.toml
  cors probe http://localhost:3000/ --policy policy.toml --path /error --path /login --method PUT
  cors probe https://a.example.com/ https://b.example.com/ --policy policy.toml --format json
  cors probe https://api.example.com/ --origin https://app.example.com        # without a policy")]
pub(crate) struct ProbeCommand {
    /// The services, such as `https://api.example.com/items`; each is probed at this path, at every --path, and
    /// at one that it probably does not know
    #[arg(required = true, value_name = "URL")]
    urls: Vec<String>,
    /// The policy: a TOML, JSON or YAML file of at most 16 MiB, a pipe, or `-` for standard input
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The name of the policy, in a file with several
    #[arg(long, value_name = "NAME", requires = "policy")]
    policy_name: Option<String>,
    #[command(flatten)]
    input: Input,
    /// A further path of the services, such as one that answers with an error
    #[arg(long = "path", value_name = "PATH")]
    paths: Vec<String>,
    /// A header of all requests but preflights, such as "Authorization: Bearer …"
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = parse_header)]
    headers: Vec<(String, String)>,
    /// A method to send after its preflight; the service carries it out
    #[arg(long = "method", value_name = "METHOD")]
    methods: Vec<String>,
    /// An origin that the services probably allow, without --policy
    #[arg(long = "origin", value_name = "ORIGIN", value_parser = parse_origin, conflicts_with = "policy")]
    origins: Vec<String>,
    /// Accept any certificate
    #[arg(long)]
    insecure: bool,
    /// The code of a deviation that is meant, such as max-age
    #[arg(long, value_name = "CODE")]
    accept: Vec<String>,
    /// Send no more requests to a service; boundaries of patterns are left out first
    #[arg(long, value_name = "COUNT", default_value_t = 2000)]
    max_requests: usize,
    /// Send no more requests to a service after this time
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    max_time: u64,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// A line for each deviation, and a table of the services
    #[default]
    Text,
    /// An array with an object for each service
    Json,
}

/// What came of one service.
#[derive(Serialize)]
#[serde(untagged)]
enum Probed {
    Reported(Report),
    Failed { url: String, error: String },
}

impl ProbeCommand {
    pub(crate) fn run(&self, out: &mut impl Write) -> io::Result<ExitCode> {
        let policy = match self.load() {
            Ok(policy) => policy,
            Err(error) => {
                eprintln!("{error}");
                return Ok(ExitCode::from(2));
            }
        };
        let mut all = Vec::new();
        for url in &self.urls {
            let probed = match self.probe(url, policy.as_ref()) {
                Ok(report) => Probed::Reported(report),
                Err(error) => Probed::Failed { url: url.clone(), error: error.to_string() },
            };
            if let Format::Text = self.format {
                probed.write(out)?;
            }
            all.push(probed);
        }
        match self.format {
            Format::Text => write_table(&all, out)?,
            Format::Json => {
                serde_json::to_writer_pretty(&mut *out, &all)?;
                writeln!(out)?;
            }
        }
        let is_finished = |probed: &Probed| match probed {
            Probed::Reported(report) => report.incomplete.is_empty(),
            Probed::Failed { .. } => false,
        };
        let deviates = |probed: &Probed| match probed {
            Probed::Reported(report) => !report.deviations.is_empty(),
            Probed::Failed { .. } => false,
        };
        Ok(ExitCode::from(match all.iter().all(is_finished) {
            true => u8::from(all.iter().any(deviates)),
            false => 2,
        }))
    }

    fn load(&self) -> Result<Option<Policy>, LoadError> {
        let Some(file) = &self.policy else { return Ok(None) };
        let policies = self.input.read(file)?;
        policies.select(self.policy_name.as_deref()).cloned().map(Some)
    }

    fn probe(&self, url: &str, policy: Option<&Policy>) -> Result<Report, ProbeError> {
        let mut options = Options::default();
        options.paths.clone_from(&self.paths);
        options.headers.clone_from(&self.headers);
        options.methods.clone_from(&self.methods);
        options.origins.clone_from(&self.origins);
        options.accept.clone_from(&self.accept);
        options.insecure = self.insecure;
        options.max_requests = self.max_requests;
        options.max_time = Duration::from_secs(self.max_time);
        let probe = Probe::new(url, policy, options)?;
        let requests = probe.requests();
        eprintln!("{url}: at most {requests} requests within {} seconds", self.max_time);
        let is_terminal = io::stderr().is_terminal();
        let report = probe.run(&|sent| {
            if is_terminal {
                eprint!("\r{sent} of {requests}");
            }
        });
        if is_terminal {
            eprintln!();
        }
        report
    }
}

impl Probed {
    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Reported(report) => {
                for deviation in &report.deviations {
                    writeln!(out, "{}: {deviation}", report.url)?;
                }
                for reason in &report.incomplete {
                    writeln!(out, "{}: incomplete: {reason}", report.url)?;
                }
                if report.left_out > 0 {
                    writeln!(
                        out,
                        "{}: {} requests are left out; allow more with --max-requests",
                        report.url, report.left_out
                    )?;
                }
                Ok(())
            }
            Self::Failed { error, .. } => writeln!(out, "{error}"),
        }
    }
}

fn write_table(all: &[Probed], out: &mut impl Write) -> io::Result<()> {
    let url = |probed: &Probed| match probed {
        Probed::Reported(report) => report.url.clone(),
        Probed::Failed { url, .. } => url.clone(),
    };
    let width = all.iter().map(|probed| url(probed).len()).max().unwrap_or_default().max(7);
    writeln!(out, "{:width$}  {:>8}  {:>8}  {:>8}", "service", "errors", "warnings", "requests")?;
    for probed in all {
        write!(out, "{:width$}  ", url(probed))?;
        match probed {
            Probed::Reported(report) => {
                let (errors, warnings) = report.counts();
                let incomplete = if report.incomplete.is_empty() { "" } else { "  incomplete" };
                writeln!(out, "{errors:>8}  {warnings:>8}  {:>8}{incomplete}", report.requests)?;
            }
            Probed::Failed { .. } => writeln!(out, "not probed")?,
        }
    }
    Ok(())
}

fn parse_origin(text: &str) -> Result<String, String> {
    match Origin::parse(text.as_bytes()) {
        Some(_) => Ok(text.into()),
        None => Err("an origin is a scheme and a host, such as https://app.example.com".into()),
    }
}
