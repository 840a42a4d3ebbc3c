//! `cors explain`: what a browser makes of a request under a policy.

mod explanation;
mod har;
mod json;
mod text;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use cors_core::explain::{BrowserRequest, OriginPattern};
use cors_core::{LoadError, Origin, Policy};

use crate::input::{Input, in_one_line, parse_header};
use explanation::{Explained, Explanation};

/// Show what a browser makes of a request under a policy, and what to write if the request is blocked
///
/// The output has what the browser sends, what the policy answers, and each step of the Fetch standard. If
/// the script gets no response, the last lines say what to write into the policy.
#[derive(Args, Debug)]
#[command(after_help = "\
Exit status: 0 if the script gets the response (and can read each header named with --read), 1 if it does not, 2 if a \
file cannot be read or the policy is not valid.

Examples:
  cors explain policy.toml --origin https://app.example.com --method PUT --header 'content-type: application/json'
  cors explain policy.toml --origin https://app.example.com --credentials --read x-request-id
  cors explain policy.toml --har export.har --host api.example.com")]
pub(crate) struct Explain {
    /// A TOML, JSON or YAML file of at most 16 MiB, a pipe, or `-` for standard input
    file: PathBuf,
    #[command(flatten)]
    input: Input,
    /// The policy, in a file with several
    #[arg(long, visible_alias = "policy-name")]
    policy: Option<String>,
    /// The origin of the page, such as `https://app.example.com`, or `null` for a page without one
    #[arg(long, value_parser = parse_origin, required_unless_present = "har")]
    origin: Option<String>,
    /// The method, as the script writes it
    #[arg(long, default_value = "GET")]
    method: String,
    /// A header that the script sets, such as "content-type: application/json"
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = parse_header)]
    headers: Vec<(String, String)>,
    /// The script asks for credentials
    #[arg(long)]
    credentials: bool,
    /// The script streams its body or watches its upload
    #[arg(long)]
    upload: bool,
    /// The application allows the origin, if a rule leaves it to the application
    #[arg(long)]
    allowed_by_predicate: bool,
    /// The host that the request is sent to, such as `bank.example` or `localhost:3000`; default: one
    /// of the service's own
    #[arg(long)]
    host: Option<String>,
    /// Whether the script can read this response header
    #[arg(long, value_name = "NAME")]
    read: Vec<String>,
    /// The requests that scripts sent, as the network panel of a browser exports them
    ///
    /// Each request that the policy blocks is shown, with what to write. With --host, only requests to this host
    /// count. Chrome leaves cookies and `authorization` out of the export, unless you allow sensitive data:
    /// pass --credentials, or --header, for such requests.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["origin", "method", "upload", "read"])]
    har: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Format {
    /// Text for people
    #[default]
    Text,
    /// An object, or with --har an array with an object for each blocked request
    Json,
}

impl Explain {
    pub(crate) fn run(&self, out: &mut impl Write) -> io::Result<ExitCode> {
        let policy = match self.load() {
            Ok(policy) => policy,
            Err(error) => {
                eprintln!("{error}");
                return Ok(ExitCode::from(2));
            }
        };
        if let Some(export) = &self.har {
            return self.explain_export(&policy, export, out);
        }
        let origin = self.origin.as_deref().unwrap_or("null");
        let request = BrowserRequest::new(origin).method(&self.method).upload(self.upload);
        let request = self.host.iter().fold(request, BrowserRequest::host);
        let explanation = self.explanation(&policy, origin, request);
        match self.format {
            Format::Text => text::write(&explanation, out)?,
            Format::Json => json::write(&explanation.to_json(), out)?,
        }
        Ok(ExitCode::from(u8::from(!explanation.is_as_wished())))
    }

    fn explain_export(
        &self,
        policy: &Policy,
        export: &Path,
        out: &mut impl Write,
    ) -> io::Result<ExitCode> {
        let requests = match har::read(export, self.host.as_deref()) {
            Ok(requests) => requests,
            Err(error) => {
                eprintln!("{}: {error}", in_one_line(&export.display().to_string()));
                return Ok(ExitCode::from(2));
            }
        };
        let count = requests.iter().map(|request| request.count).sum();
        let explained = requests.into_iter().map(|request| {
            let explanation = self.explanation(policy, &request.origin, request.request.clone());
            Explained { request, explanation }
        });
        let blocked: Vec<_> = explained.filter(Explained::is_blocked).collect();
        match self.format {
            Format::Text => text::write_all(&blocked, count, out)?,
            Format::Json => json::write(&json::of_all(&blocked), out)?,
        }
        Ok(ExitCode::from(u8::from(!blocked.is_empty())))
    }

    fn explanation(&self, policy: &Policy, origin: &str, request: BrowserRequest) -> Explanation {
        let request = self.add_settings(request);
        let format = self.input.format_of(&self.file).unwrap_or_default();
        Explanation::new(policy, origin, &request, format, self.policy.as_deref(), &self.read)
    }

    fn load(&self) -> Result<Policy, LoadError> {
        self.input.read(&self.file)?.select(self.policy.as_deref()).cloned()
    }

    /// What holds for all requests of an export, too.
    fn add_settings(&self, request: BrowserRequest) -> BrowserRequest {
        let mut request = request.allowed_by_predicate(self.allowed_by_predicate);
        if self.credentials {
            request = request.credentials(true);
        }
        self.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    }
}

fn parse_origin(text: &str) -> Result<String, String> {
    if text == "null" || Origin::parse(text.as_bytes()).is_some() {
        return Ok(text.into());
    }
    // A pattern is written as an origin is, so that its error tells what to write.
    match text.parse::<OriginPattern>() {
        Err(error) if error.suggestion().is_none_or(|meant| !meant.contains('*')) => {
            Err(error.to_string())
        }
        _ => Err("a page has one origin; write it without *".into()),
    }
}
