//! What a probe found.

use std::fmt;

use cors_core::explain::Severity;
use serde::Serialize;

use crate::probe::question::{Question, Sent};

/// How a service deviates from a policy, or from what is safe.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The URL that was probed.
    pub url: String,
    /// How many requests were sent.
    pub requests: usize,
    /// How many requests would have been too many.
    pub left_out: usize,
    /// Why some questions have no answer; the deviations are then those that were seen.
    pub incomplete: Vec<String>,
    /// What is wrong, errors first.
    pub deviations: Vec<Deviation>,
}

/// One thing that is wrong with a service. `Display` writes it in one line.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Deviation {
    /// An error lets a page do or read what it should not, or keeps a page from what it should get.
    /// A warning is about caches, consoles and needless headers.
    pub severity: Severity,
    /// A short name that stays the same, such as `origin-allowed`.
    pub code: &'static str,
    /// What was sent.
    pub request: String,
    /// What came back.
    pub response: String,
    /// What is right.
    pub expected: String,
    /// What to change in the service.
    pub fix: String,
    /// Further requests that show the same.
    pub others: Vec<String>,
}

impl Report {
    /// How many deviations are errors, and how many are warnings.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let is_error = |deviation: &&Deviation| deviation.severity == Severity::Error;
        let errors = self.deviations.iter().filter(is_error).count();
        (errors, self.deviations.len() - errors)
    }

    /// Whether a deviation of this code was found.
    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        self.deviations.iter().any(|deviation| deviation.code == code)
    }
}

impl Deviation {
    pub(super) fn new(
        severity: Severity,
        code: &'static str,
        (question, sent): (&Question, &Sent),
        expected: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            severity,
            code,
            request: question.to_string(),
            response: described(sent),
            expected: printable(&expected.into()),
            fix: printable(&fix.into()),
            others: Vec::new(),
        }
    }
}

/// A response in one line: the status, and what has a part in CORS.
fn described(sent: &Sent) -> String {
    const LONG: usize = 160;

    let headers = sent.received.headers.iter();
    let told = headers.filter(|(name, _)| name.starts_with("access-control-") || name == "vary");
    let lines: Vec<_> = told
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value);
            let shown: String = value.chars().take(LONG).collect();
            let rest = if shown.len() < value.len() { "…" } else { "" };
            printable(&format!("{name}: {shown}{rest}"))
        })
        .collect();
    match lines.as_slice() {
        [] => format!("{} without CORS headers", sent.received.status),
        lines => format!("{} with {}", sent.received.status, lines.join(", ")),
    }
}

/// A text without what a terminal would act on: services choose some of it.
fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_control() {
            true => printable.extend(character.escape_default()),
            false => printable.push(character),
        }
    }
    printable
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = if self.severity == Severity::Error { "error" } else { "warning" };
        let Self { code, request, response, expected, fix, others, .. } = self;
        write!(f, "{severity}[{code}]: {request}: {response}; {expected}; {fix}")?;
        match others.as_slice() {
            [] => Ok(()),
            [other] => write!(f, " (also {other})"),
            [other, rest @ ..] => write!(f, " (also {other}, and {} more)", rest.len()),
        }
    }
}

/// Collects deviations, those with one cause as one.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<Deviation>);

impl Findings {
    pub(super) fn add(&mut self, found: Deviation) {
        let is_same = |known: &&mut Deviation| {
            (known.code, &known.fix) == (found.code, &found.fix) && known.severity == found.severity
        };
        match self.0.iter_mut().find(is_same) {
            Some(known) if known.request == found.request => {}
            Some(known) => {
                if !known.others.contains(&found.request) {
                    known.others.push(found.request);
                }
            }
            None => self.0.push(found),
        }
    }

    /// The deviations but for those with an accepted code, errors first.
    pub(super) fn into_deviations(self, accepted: &[String]) -> Vec<Deviation> {
        let mut deviations = self.0;
        deviations.retain(|deviation| accepted.iter().all(|code| code != deviation.code));
        deviations.sort_by_key(|deviation| deviation.severity != Severity::Error);
        deviations
    }
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn terminals_are_safe_from_services() {
        assert_eq!(printable("a\u{9b}31m\té"), "a\\u{9b}31m\\té");
    }
}
