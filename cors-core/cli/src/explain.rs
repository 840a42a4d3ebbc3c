use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use cors_core::{
    BrowserRequest, Exchange, LoadError, Origin, OriginPattern, Policies, Policy, Simulation,
};

/// Show what a browser makes of a request under a policy: what it sends, what the policy
/// answers, each step of the standard, and what to write into the policy where the script gets no
/// response; the exit status is 1 then.
#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// A TOML, JSON or YAML file.
    file: PathBuf,
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
    allowed_at_run_time: bool,
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
        let simulation = policy.simulate(&self.request());
        if let Some(preflight) = simulation.preflight() {
            print_exchange(preflight, "preflight", out)?;
        }
        if let Some(actual) = simulation.actual() {
            print_exchange(actual, "request", out)?;
        }
        print_steps(&simulation, out)?;
        if let Some(miss) = policy.nearest_miss(self.origin.as_bytes()) {
            writeln!(out, "nearest: {miss}")?;
        }
        writeln!(out, "verdict: {}", simulation.verdict())?;
        match policy.amendment(&self.request()) {
            Ok(amendment) => print_lines("change", &amendment, out)?,
            Err(error) => print_lines("no change", &error, out)?,
        }
        Ok(if simulation.is_allowed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn load(&self) -> Result<Policy, LoadError> {
        Policies::from_path(&self.file)?.select(self.policy.as_deref()).cloned()
    }

    fn request(&self) -> BrowserRequest {
        let request = BrowserRequest::new(&self.origin)
            .method(&self.method)
            .credentials(self.credentials)
            .upload(self.upload)
            .allowed_at_run_time(self.allowed_at_run_time);
        self.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    }
}

fn parse_origin(text: &str) -> Result<String, String> {
    if text == "null" || Origin::parse(text.as_bytes()).is_some() {
        return Ok(text.into());
    }
    // A pattern is written as an origin is, so that its error tells what to write.
    match text.parse::<OriginPattern>() {
        Ok(_) => Err("a page has one origin; write it without *".into()),
        Err(error) => Err(error.to_string()),
    }
}

fn parse_header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("write a name, a colon and a value")?;
    Ok((name.trim().into(), value.trim().into()))
}

fn print_exchange(exchange: &Exchange, title: &str, out: &mut impl Write) -> io::Result<()> {
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
    if let Some(refusal) = exchange.refusal() {
        writeln!(out, "  policy: {refusal}")?;
    }
    writeln!(out)
}

fn print_lines(title: &str, text: &impl Display, out: &mut impl Write) -> io::Result<()> {
    text.to_string().lines().try_for_each(|line| writeln!(out, "{title}: {line}"))
}

fn print_steps(simulation: &Simulation, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "browser:")?;
    for step in simulation.steps() {
        let result = if step.passed() { "pass" } else { "FAIL" };
        writeln!(out, "  {result}  {}", step.text())?;
        writeln!(out, "        {}", step.standard())?;
    }
    writeln!(out)
}
