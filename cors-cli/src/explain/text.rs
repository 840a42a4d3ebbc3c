//! Explanations for people.

use std::fmt::Display;
use std::io::{self, Write};

use cors_core::Refusal;
use cors_core::explain::{Exchange, SuggestedChanges, SuggestionError, Verdict};

use super::explanation::{Explained, Explanation, Read};
use crate::input::in_one_line;

pub(super) fn write(explanation: &Explanation, out: &mut impl Write) -> io::Result<()> {
    let Explanation { verdict, closest, suggestion, reads } = explanation;
    let is_asked = matches!(suggestion, Err(SuggestionError::ByPredicate { .. }));
    if let Some(preflight) = verdict.preflight() {
        write_exchange(preflight, "preflight", is_asked, out)?;
    }
    if let Some(actual) = verdict.actual() {
        write_exchange(actual, "request", is_asked, out)?;
    }
    write_steps(verdict, out)?;
    if let Some(closest) = closest {
        writeln!(out, "nearest: {closest}")?;
    }
    writeln!(out, "verdict: {}", verdict.access())?;
    for read in reads.iter().filter(|_| verdict.is_allowed()) {
        write_read(read, out)?;
    }
    write_suggestion(suggestion, out)
}

/// Writes the requests of an export that are blocked.
pub(super) fn write_all(
    blocked: &[Explained],
    count: usize,
    out: &mut impl Write,
) -> io::Result<()> {
    for Explained { request, explanation } in blocked {
        match request.count {
            1 => writeln!(out, "{}", request.title)?,
            count => writeln!(out, "{} ({count} times)", request.title)?,
        }
        for step in explanation.verdict.steps().iter().filter(|step| !step.passed()) {
            writeln!(out, "FAIL: {}", in_one_line(step.text()))?;
            writeln!(out, "      {}", step.standard())?;
        }
        if let Some(closest) = &explanation.closest {
            writeln!(out, "nearest: {closest}")?;
        }
        writeln!(out, "verdict: {}", explanation.verdict.access())?;
        if explanation.verdict.is_allowed() {
            writeln!(
                out,
                "advice: the policy allows this, but the browser got no response; see whether the service applies this policy to this path"
            )?;
        }
        write_suggestion(&explanation.suggestion, out)?;
        writeln!(out)?;
    }
    let requests = if count == 1 { "request" } else { "requests" };
    let blocked: usize = blocked.iter().map(|blocked| blocked.request.count).sum();
    writeln!(out, "{count} {requests} by scripts: {blocked} blocked")
}

fn write_read(read: &Read, out: &mut impl Write) -> io::Result<()> {
    let Read { name, is_possible } = read;
    match is_possible {
        true => writeln!(out, "read: the script can read {name}"),
        false => writeln!(out, "read: the script cannot read {name}; list it in expose_headers"),
    }
}

fn write_suggestion(
    suggestion: &Result<SuggestedChanges, SuggestionError>,
    out: &mut impl Write,
) -> io::Result<()> {
    match suggestion {
        Ok(suggested_changes) => write_lines("change", suggested_changes.changes(), out),
        Err(error) => write_advice(error, out),
    }
}

/// `is_asked` is whether the policy leaves the origin to the application.
fn write_exchange(
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

fn write_advice(error: &SuggestionError, out: &mut impl Write) -> io::Result<()> {
    match error {
        SuggestionError::Invalid { errors } => {
            writeln!(out, "advice: allowing this alone makes the policy invalid:")?;
            write_lines("advice", errors, out)
        }
        SuggestionError::MethodCase { changes, .. } => {
            let text = error.to_string();
            writeln!(out, "advice: {}", text.lines().next().unwrap_or_default())?;
            write_lines("change", changes, out)
        }
        SuggestionError::ByPredicate { changes } => {
            let text = error.to_string();
            writeln!(out, "advice: {}", text.lines().next().unwrap_or_default())?;
            write_lines("change", changes, out)?;
            writeln!(
                out,
                "advice: to see what a page gets that the application allows, pass --allowed-by-predicate"
            )
        }
        error => writeln!(out, "advice: {error}"),
    }
}

/// Prints each text after its title. The further lines of a text are indented.
fn write_lines<T: Display>(
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

fn write_steps(verdict: &Verdict, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "browser:")?;
    for step in verdict.steps() {
        let result = if step.passed() { "pass" } else { "FAIL" };
        writeln!(out, "  {result}  {}", step.text())?;
        writeln!(out, "        {}", step.standard())?;
    }
    writeln!(out)
}
