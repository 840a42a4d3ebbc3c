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
    /// What the JSON has for a problem of the whole file, and a diagnostic has otherwise.
    #[serde(flatten)]
    of_file: Option<OfFile>,
    /// The whole message, with the name of the file.
    pub(super) message: String,
    /// The line of the file.
    #[serde(skip)]
    pub(super) source: Option<Source>,
}

#[derive(Debug, Serialize)]
struct OfFile {
    severity: Severity,
    code: &'static str,
    line: Option<usize>,
    column: Option<usize>,
}

/// A line of a file.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) text: String,
    /// The byte of the text at which the problem begins.
    pub(super) start: usize,
}

/// The codes of problems that no setting has.
pub(super) mod code {
    pub(in crate::check) const UNREADABLE: &str = "unreadable-file";
    pub(in crate::check) const SYNTAX: &str = "syntax-error";
    pub(in crate::check) const MORE: &str = "more-problems";
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
                problems.push(Problem::of_file(Severity::Error, code::MORE, &file, message));
            }
            problems.extend(warnings(&file, lints));
            problems
        }
        Err(error) => vec![Problem::of_load_error(&file, error)],
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
        problems.push(Problem::of_file(Severity::Warning, code::MORE, file, message));
    }
    problems
}

fn add_sources(problems: &mut [Problem], text: &str) {
    // The byte order mark counts in no column.
    let lines: Vec<_> = text.trim_start_matches('\u{feff}').split('\n').collect();
    for problem in problems {
        problem.source = problem.place().and_then(|(line, column)| {
            let line = lines.get(line.checked_sub(1)?)?;
            Source::new(line.trim_end_matches('\r'), column.saturating_sub(1))
        });
    }
}

impl Source {
    /// Returns `None` for a line that is too long to be shown. `column` counts characters from 0.
    fn new(line: &str, column: usize) -> Option<Self> {
        const LONGEST: usize = 10_000;

        if line.len() > LONGEST {
            return None;
        }
        // Terminals act on these, and annotate-snippets keeps them.
        let shown = |character| match character {
            '\u{80}'..='\u{9f}' => '\u{fffd}',
            character => character,
        };
        let text: String = line.chars().map(shown).collect();
        let start = text.char_indices().nth(column).map_or(text.len(), |(start, _)| start);
        Some(Self { text, start })
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
        Self::of_file(Severity::Error, code::UNREADABLE, &file, message)
    }

    fn of_load_error(file: &str, error: &LoadError) -> Self {
        let LoadError::Syntax { place, .. } = error else {
            return Self::of_file(Severity::Error, code::UNREADABLE, file, error.to_string());
        };
        let mut problem = Self::of_file(Severity::Error, code::SYNTAX, file, error.to_string());
        if let Some(of_file) = &mut problem.of_file {
            (of_file.line, of_file.column) = place.unzip();
        }
        problem
    }

    fn of_setting(file: &str, diagnostic: &Diagnostic) -> Self {
        let mut message = in_one_line(file);
        if let Some((line, column)) = diagnostic.line().zip(diagnostic.column()) {
            message.push_str(&format!(":{line}:{column}"));
        }
        let severity = match diagnostic.severity() {
            Severity::Warning => "warning: ",
            _ => "",
        };
        message.push_str(&format!(": {severity}{diagnostic}"));
        let diagnostic = Some(diagnostic.clone());
        Self { file: file.into(), diagnostic, of_file: None, message, source: None }
    }

    /// A problem that no setting has.
    fn of_file(severity: Severity, code: &'static str, file: &str, message: String) -> Self {
        let of_file = Some(OfFile { severity, code, line: None, column: None });
        Self { file: file.into(), diagnostic: None, of_file, message, source: None }
    }

    pub(super) fn severity(&self) -> Severity {
        let of_setting = self.diagnostic.as_ref().map(Diagnostic::severity);
        let of_file = self.of_file.as_ref().map(|of_file| of_file.severity);
        of_setting.or(of_file).unwrap_or(Severity::Error)
    }

    pub(super) fn code(&self) -> &str {
        let of_setting = self.diagnostic.as_ref().map(Diagnostic::code);
        let of_file = self.of_file.as_ref().map(|of_file| of_file.code);
        of_setting.or(of_file).unwrap_or_default()
    }

    /// The line and the column, if they are known.
    pub(super) fn place(&self) -> Option<(usize, usize)> {
        match (&self.diagnostic, &self.of_file) {
            (Some(diagnostic), _) => diagnostic.line().zip(diagnostic.column()),
            (None, Some(of_file)) => of_file.line.zip(of_file.column),
            (None, None) => None,
        }
    }

    /// The first line of the message, without the name of the file, the place and the severity.
    pub(super) fn text(&self) -> String {
        if let Some(diagnostic) = &self.diagnostic {
            return diagnostic.to_string();
        }
        let mut text = self.message.lines().next().unwrap_or_default();
        let file = format!("{}: ", in_one_line(&self.file));
        text = text.strip_prefix(&file).unwrap_or(text);
        if let Some((line, column)) = self.place() {
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
