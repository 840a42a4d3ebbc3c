use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use cors_core::explain::{BrowserRequest, Exchange, OriginPattern, SuggestionError, Verdict};
use cors_core::{LoadError, Origin, Policy, Refusal};

use crate::input::Input;

/// Show what a browser makes of a request under a policy: what it sends, what the policy answers,
/// and each step of the standard. If the script gets no response, show what to write into the
/// policy, and exit with status 1.
#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// A TOML, JSON or YAML file of at most 16 MiB, a pipe, or `-` for standard input.
    file: PathBuf,
    #[command(flatten)]
    input: Input,
    /// The policy, in a file with several.
    #[arg(long)]
    policy: Option<String>,
    /// The origin of the page, such as `https://app.example.com`, or `null` for a page without one.
    #[arg(long, value_parser = parse_origin)]
    origin: String,
    /// The method, as the script writes it.
    #[arg(long, default_value = "GET")]
    method: String,
    /// A header that the script sets, such as "content-type: application/json".
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = parse_header)]
    headers: Vec<(String, String)>,
    /// The script asks for credentials.
    #[arg(long)]
    credentials: bool,
    /// The script streams its body or watches its upload.
    #[arg(long)]
    upload: bool,
    /// The application allows the origin, if a rule leaves it to the application.
    #[arg(long)]
    allowed_by_predicate: bool,
    /// The host that the request is sent to, such as `bank.example` or `localhost:3000`; one of the
    /// service's own unless given.
    #[arg(long)]
    host: Option<String>,
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
        let verdict = policy.simulate(&self.request());
        let format = self.input.format_of(&self.file).unwrap_or_default();
        let suggested_changes =
            policy.suggest_changes_in_file(&self.request(), format, self.policy.as_deref());
        let is_asked = matches!(suggested_changes, Err(SuggestionError::ByPredicate { .. }));
        if let Some(preflight) = verdict.preflight() {
            print_exchange(preflight, "preflight", is_asked, out)?;
        }
        if let Some(actual) = verdict.actual() {
            print_exchange(actual, "request", is_asked, out)?;
        }
        print_steps(&verdict, out)?;
        let closest = policy.closest_pattern(self.origin.as_bytes());
        if let Some(closest) = closest.filter(|_| !verdict.is_allowed()) {
            let closest = match &self.policy {
                Some(name) => closest.in_policy(name),
                None => closest,
            };
            writeln!(out, "nearest: {closest}")?;
        }
        writeln!(out, "verdict: {}", verdict.access())?;
        match suggested_changes {
            Ok(suggested_changes) => print_all("change", suggested_changes.changes(), out)?,
            Err(error) => print_advice(&error, out)?,
        }
        Ok(if verdict.is_allowed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn load(&self) -> Result<Policy, LoadError> {
        self.input.read(&self.file)?.select(self.policy.as_deref()).cloned()
    }

    fn request(&self) -> BrowserRequest {
        let request = BrowserRequest::new(&self.origin)
            .method(&self.method)
            .credentials(self.credentials)
            .upload(self.upload)
            .allowed_by_predicate(self.allowed_by_predicate);
        let request = self.host.iter().fold(request, BrowserRequest::host);
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

fn parse_header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("write a name, a colon and a value")?;
    Ok((name.trim().into(), value.trim().into()))
}

/// `is_asked` is whether the policy leaves the origin to the application.
fn print_exchange(
    exchange: &Exchange,
    title: &str,
    is_asked: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    writeln!(out, "{title}:")?;
    writeln!(out, "  > {}", exchange.method())?;
    for (name, value) in exchange.request_headers() {
        writeln!(out, "  > {name}: {value}")?;
    }
    match exchange.status() {
        Some(status) => writeln!(out, "  < {status}")?,
        None => writeln!(out, "  < (the service's own status)")?,
    }
    for (name, value) in exchange.response_headers() {
        writeln!(out, "  < {name}: {value}")?;
    }
    match exchange.refusal() {
        Some(Refusal::OriginNotAllowed) if is_asked => writeln!(
            out,
            "  policy: no rule lists this origin; here the application, which decides on it, refuses it"
        )?,
        Some(refusal) => writeln!(out, "  policy: {refusal}")?,
        None => {}
    }
    writeln!(out)
}

fn print_advice(error: &SuggestionError, out: &mut impl Write) -> io::Result<()> {
    match error {
        SuggestionError::Invalid { errors } => {
            writeln!(out, "advice: allowing this alone makes the policy invalid:")?;
            print_all("advice", errors, out)
        }
        SuggestionError::MethodCase { changes, .. } => {
            let text = error.to_string();
            writeln!(out, "advice: {}", text.lines().next().unwrap_or_default())?;
            print_all("change", changes, out)
        }
        SuggestionError::ByPredicate { changes } => {
            let text = error.to_string();
            writeln!(out, "advice: {}", text.lines().next().unwrap_or_default())?;
            print_all("change", changes, out)?;
            writeln!(
                out,
                "advice: to see what a page gets that the application allows, pass --allowed-by-predicate"
            )
        }
        error => writeln!(out, "advice: {error}"),
    }
}

/// Prints each text after its title. The further lines of a text are indented.
fn print_all<T: Display>(
    title: &str,
    texts: impl IntoIterator<Item = T>,
    out: &mut impl Write,
) -> io::Result<()> {
    for text in texts {
        let text = text.to_string();
        let mut lines = text.lines();
        writeln!(out, "{title}: {}", lines.next().unwrap_or_default())?;
        for line in lines {
            let indent = if line.is_empty() { "" } else { "  " };
            writeln!(out, "{indent}{line}")?;
        }
    }
    Ok(())
}

fn print_steps(verdict: &Verdict, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "browser:")?;
    for step in verdict.steps() {
        let result = if step.passed() { "pass" } else { "FAIL" };
        writeln!(out, "  {result}  {}", step.text())?;
        writeln!(out, "        {}", step.standard())?;
    }
    writeln!(out)
}
