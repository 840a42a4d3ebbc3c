//! A verdict in words, for the message of a test that failed.

use std::fmt;

use crate::browser::exchange::Exchange;
use crate::browser::prepare::AUTHORIZATION;
use crate::browser::verdict::Verdict;
use crate::http::Field;

/// The response headers that have a part in CORS, or in what goes wrong with it, besides those that start
/// with `access-control-`.
const TOLD: [&str; 5] = ["allow", "cache-control", "location", "vary", "www-authenticate"];

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.access)?;
        for exchange in &self.exchanges {
            write_exchange(exchange, f)?;
        }
        for step in self.steps.iter().filter(|step| !step.passed) {
            write!(f, "\nthe browser's step that failed: {}\n  {}\n", step.text, step.standard)?;
        }
        let title = if self.is_allowed() { "problem" } else { "likely cause" };
        for cause in &self.causes {
            write!(f, "\n{title}: {cause}")?;
            match self.mounting.filter(|_| cause.is_mounting()) {
                Some(line) => write!(f, ":\n  {line}\n")?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}

fn write_exchange(exchange: &Exchange, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let request = &exchange.request;
    let cookies = if request.with_credentials { " (with credentials)" } else { "" };
    writeln!(f, "\n> {} {}{cookies}", request.method, request.url.text())?;
    for (name, value) in request.headers.iter().filter(|(name, _)| name != Field::Host.as_str()) {
        let value = if name == AUTHORIZATION { "(not shown)" } else { value };
        writeln!(f, "> {name}: {value}")?;
    }
    match exchange.status {
        Some(status) => writeln!(f, "< {status}")?,
        None => writeln!(f, "< (the service's own status)")?,
    }
    for (name, value) in exchange.response.text() {
        if name.starts_with(Field::OWNED_PREFIX) || TOLD.contains(&name) {
            writeln!(f, "< {name}: {value}")?;
        }
    }
    Ok(())
}
