//! What is wrong with one file.

use std::path::Path;
use std::{fmt, io};

use cors_core::explain::Severity;
use cors_core::{Diagnostic, LoadError};
use serde::Serialize;

use crate::input::{Read, in_one_line, name};

/// As many warnings of a file as are printed.
const MOST_WARNINGS: usize = 50;

/// One problem of a file. `Display` writes it in one line, except for syntax errors.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    pub(super) file: String,
    /// `None` if the file as a whole is wrong.
    #[serde(flatten)]
    pub(super) diagnostic: Option<Diagnostic>,
    /// The severity of a problem of the whole file.
    #[serde(rename = "severity", skip_serializing_if = "Option::is_none")]
    of_file: Option<Severity>,
    /// The whole message, with the name of the file.
    pub(super) message: String,
    /// The line and column, if they are known. The JSON of a diagnostic has them too.
    #[serde(skip)]
    pub(super) place: Option<(usize, usize)>,
    /// The line of the file.
    #[serde(skip)]
    pub(super) source: Option<Source>,
}

/// A line of a file, or the part of a long one that is around a problem.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) text: String,
    /// The byte of the text at which the problem begins.
    pub(super) start: usize,
    pub(super) is_whole: bool,
}

/// Everything that is wrong with a file: errors first, then warnings.
pub(super) fn of(file: &Path, read: &Read) -> Vec<Problem> {
    let file = name(file).display().to_string();
    let mut problems = match &read.policies {
        Ok(policies) => warnings(&file, &policies.lints()),
        Err(LoadError::Invalid { errors, lints, .. }) => {
            let mut problems: Vec<_> =
                errors.iter().map(|error| Problem::of_setting(&file, error)).collect();
            if let more @ 1.. = errors.count().saturating_sub(problems.len()) {
                let message = format!("{}: {more} more error{}", in_one_line(&file), plural(more));
                problems.push(Problem::of_file(Severity::Error, &file, message));
            }
            problems.extend(warnings(&file, lints));
            problems
        }
        Err(error) => {
            let mut problem = Problem::of_file(Severity::Error, &file, error.to_string());
            if let LoadError::Syntax { place, .. } = error {
                problem.place = *place;
            }
            vec![problem]
        }
    };
    add_sources(&mut problems, &read.text);
    problems
}

fn warnings(file: &str, lints: &[Diagnostic]) -> Vec<Problem> {
    let shown = lints.iter().take(MOST_WARNINGS);
    let mut problems: Vec<_> = shown.map(|lint| Problem::of_setting(file, lint)).collect();
    if let more @ 1.. = lints.len().saturating_sub(MOST_WARNINGS) {
        let message =
            format!("{}: warning: {more} more warning{}", in_one_line(file), plural(more));
        problems.push(Problem::of_file(Severity::Warning, file, message));
    }
    problems
}

fn add_sources(problems: &mut [Problem], text: &str) {
    let lines: Vec<_> = text.lines().collect();
    for problem in problems {
        problem.source = problem.place.and_then(|(line, column)| {
            let line = lines.get(line.checked_sub(1)?)?;
            Some(Source::new(line, column.saturating_sub(1)))
        });
    }
}

impl Source {
    /// `column` counts characters from 0.
    fn new(line: &str, column: usize) -> Self {
        const LONG: usize = 500;
        const CHARACTERS_BEFORE: usize = 60;
        const CHARACTERS: usize = 200;

        let byte_of = |character| {
            line.char_indices().nth(character).map_or(line.len(), |(position, _)| position)
        };
        let start = byte_of(column);
        if line.len() <= LONG {
            return Self { text: line.into(), start, is_whole: true };
        }
        let first = column.saturating_sub(CHARACTERS_BEFORE);
        let (from, to) = (byte_of(first), byte_of(first + CHARACTERS));
        Self {
            text: line.get(from..to).unwrap_or_default().into(),
            start: start - from,
            is_whole: false,
        }
    }
}

pub(super) fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

impl Problem {
    /// A file or directory that cannot be read.
    pub(super) fn of_unread(path: &Path, error: &io::Error) -> Self {
        let file = path.display().to_string();
        let message = format!("{}: {}", in_one_line(&file), in_one_line(&error.to_string()));
        Self::of_file(Severity::Error, &file, message)
    }

    fn of_setting(file: &str, diagnostic: &Diagnostic) -> Self {
        let mut message = in_one_line(file);
        let place = diagnostic.line().zip(diagnostic.column());
        if let Some((line, column)) = place {
            message.push_str(&format!(":{line}:{column}"));
        }
        let severity = match diagnostic.severity() {
            Severity::Warning => "warning: ",
            _ => "",
        };
        message.push_str(&format!(": {severity}{diagnostic}"));
        Self {
            file: file.into(),
            diagnostic: Some(diagnostic.clone()),
            of_file: None,
            message,
            place,
            source: None,
        }
    }

    /// A problem that no setting has.
    fn of_file(severity: Severity, file: &str, message: String) -> Self {
        Self {
            file: file.into(),
            diagnostic: None,
            of_file: Some(severity),
            message,
            place: None,
            source: None,
        }
    }

    pub(super) fn severity(&self) -> Severity {
        let of_setting = self.diagnostic.as_ref().map(Diagnostic::severity);
        of_setting.or(self.of_file).unwrap_or(Severity::Error)
    }

    /// The first line of the message, without the name of the file, the place and the severity.
    pub(super) fn text(&self) -> String {
        if let Some(diagnostic) = &self.diagnostic {
            return diagnostic.to_string();
        }
        let mut text = self.message.lines().next().unwrap_or_default();
        let file = format!("{}: ", in_one_line(&self.file));
        text = text.strip_prefix(&file).unwrap_or(text);
        if let Some((line, column)) = self.place {
            text = text.strip_prefix(&format!("line {line}, column {column}: ")).unwrap_or(text);
        }
        text.strip_prefix("warning: ").unwrap_or(text).into()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
