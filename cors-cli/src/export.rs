use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use cors_cli::gateways::{self, Gateway, Source};

use crate::input::{self, Input, in_one_line};

const EXAMPLES: &str = "\
Exit status: 0 if the configuration is the policy, 1 if the gateway cannot express a setting, 2 if nothing can be \
exported, because the file cannot be read, is not valid or has no policy of the name, or because --part is given for a \
gateway other than nginx. With --allow-approximation, 0 also means that the policy is exported with the approximations \
listed in the first lines.

Examples:
  cors export caddy policy.toml > cors.caddy
  cors export nginx policies.toml --policy public --part http > /etc/nginx/conf.d/cors.conf
  cors export gateway-api --allow-approximation policy.toml

With --help, there is a complete configuration for each gateway.";

fn long_help() -> String {
    let guides = Gateway::ALL.map(Gateway::guide);
    format!("{EXAMPLES}\n\n{}", guides.join("\n"))
}

/// Write a policy as the configuration of a gateway
///
/// The gateway then answers preflights, and sets the CORS headers of every response of the services behind it.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES, after_long_help = long_help())]
pub(crate) struct Export {
    /// The gateway
    #[arg(value_enum)]
    gateway: Name,
    /// A TOML, JSON or YAML file of at most 16 MiB, a pipe, or `-` for standard input
    file: PathBuf,
    #[command(flatten)]
    input: Input,
    /// The policy, in a file with several
    #[arg(long)]
    policy: Option<String>,
    /// One of the two parts of the configuration of nginx (default: both)
    #[arg(long, value_enum)]
    part: Option<Part>,
    /// Write the configuration although the gateway cannot express the whole policy
    ///
    /// The first lines of the output list what the configuration does instead. Settings for which nothing
    /// comes near are errors all the same.
    #[arg(long)]
    allow_approximation: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Name {
    Nginx,
    Caddy,
    Haproxy,
    Envoy,
    GatewayApi,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Part {
    /// What stands in `http`
    Http,
    /// What stands in `server` or `location`
    Server,
}

impl From<Name> for Gateway {
    fn from(name: Name) -> Self {
        match name {
            Name::Nginx => Self::Nginx,
            Name::Caddy => Self::Caddy,
            Name::Haproxy => Self::Haproxy,
            Name::Envoy => Self::Envoy,
            Name::GatewayApi => Self::GatewayApi,
        }
    }
}

impl Export {
    pub(crate) fn run(&self, out: &mut impl Write) -> io::Result<ExitCode> {
        if self.part.is_some() && !matches!(self.gateway, Name::Nginx) {
            eprintln!("only the configuration of nginx has parts; leave --part out");
            return Ok(ExitCode::from(2));
        }
        let policies = match self.input.read(&self.file) {
            Ok(policies) => policies,
            Err(error) => {
                eprintln!("{error}");
                return Ok(ExitCode::from(2));
            }
        };
        let policy = match policies.select(self.policy.as_deref()) {
            Ok(policy) => policy,
            Err(error) => {
                eprintln!("{error}");
                return Ok(ExitCode::from(2));
            }
        };
        let file = input::name(&self.file);
        let file_name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
        let source = Source::new(&file_name, self.policy.as_deref());
        let source = match self.input.format_name() {
            Some(format) => source.with_input_format(format),
            None => source,
        };
        let export = gateways::export(self.gateway.into(), policy, &source);
        if !export.is_usable(self.allow_approximation) {
            let file = in_one_line(&file.display().to_string());
            for problem in export.problems() {
                eprintln!("{file}: {problem}");
            }
            return Ok(ExitCode::FAILURE);
        }
        let part = match self.part {
            Some(Part::Http) => export.part(0),
            Some(Part::Server) => export.part(1),
            None => None,
        };
        let text = part.unwrap_or_else(|| export.text());
        out.write_all(text.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    }
}
