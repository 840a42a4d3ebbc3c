use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::str::FromStr;

use crate::origin::{Diagnosis, OriginPattern, Quoted, pattern};

/// One thing that is wrong with a policy, that is probably not meant, or that should change.
///
/// `Display` names the setting, quotes the value, says what is wrong and ends with what to write:
///
/// ```
/// use cors_core::Policy;
///
/// let errors = Policy::builder().allow_origins(["https://example.com/"]).build().unwrap_err();
/// let error = errors.iter().next().unwrap();
/// assert_eq!(
///     error.to_string(),
///     r#"allow_origins[0] "https://example.com/": an origin has no path; write "https://example.com""#,
/// );
/// assert_eq!(error.code(), "origin-has-path");
/// assert_eq!(error.path(), "allow_origins[0]");
/// assert_eq!(error.suggestion(), Some("https://example.com"));
/// ```
///
/// The chapter [`codes`](crate::guide::codes) lists every code.
#[derive(Clone, Eq, PartialEq)]
pub struct Diagnostic {
    pub(super) severity: Severity,
    pub(super) code: &'static str,
    pub(super) path: String,
    pub(super) line: Option<usize>,
    pub(super) column: Option<usize>,
    pub(super) value: Option<String>,
    pub(super) reason: Cow<'static, str>,
    pub(super) help: Cow<'static, str>,
    pub(super) suggestions: Vec<String>,
    /// Whether the value is a text, which messages quote.
    pub(super) value_is_text: bool,
}

/// How much a [`Diagnostic`] weighs.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Severity {
    /// A change that would allow a request; see
    /// [`Policy::suggest_changes`](crate::Policy::suggest_changes).
    Suggestion,
    /// The policy is valid, but does something that is probably not meant.
    Warning,
    /// The policy is not valid.
    Error,
}

impl Diagnostic {
    /// How much the diagnostic weighs.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// A stable name of the problem, such as `origin-has-path`; see the chapter
    /// [`codes`](crate::guide::codes).
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The setting, such as `allow_origins[0]`, or `rules[1].allow_origins[0]` in a policy with
    /// several rules. Empty if the value is no part of a policy.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line of the setting in its file, from 1; `None` if there is no file.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        self.line
    }

    /// The column of the setting in its line, in characters from 1; `None` if there is no file.
    #[must_use]
    pub const fn column(&self) -> Option<usize> {
        self.column
    }

    /// The value at [`path`](Self::path); `None` if there is none. If the diagnostic before suggests
    /// another value at the same path, this one can be about that value.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// What is wrong.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What to do.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help
    }

    /// The valid value that is probably meant: an element of a list, the name of a setting, or, for
    /// a suggested change, the lines to write. `None` if there is none, or if there are several.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        match self.suggestions.as_slice() {
            [suggestion] => Some(suggestion),
            _ => None,
        }
    }

    /// The valid values that are probably meant; several if they were written as one element.
    #[must_use]
    pub fn suggestions(&self) -> &[String] {
        &self.suggestions
    }

    /// A change of a policy; `lines` is what to write.
    pub(crate) fn suggestion_to_write(
        code: &'static str,
        path: String,
        reason: String,
        help: String,
        lines: String,
    ) -> Self {
        Self {
            severity: Severity::Suggestion,
            code,
            path,
            line: None,
            column: None,
            value: None,
            reason: reason.into(),
            help: help.into(),
            suggestions: vec![lines],
            value_is_text: true,
        }
    }

    #[cfg(feature = "_files")]
    pub(crate) const fn locate(&mut self, line: usize, column: usize) {
        (self.line, self.column) = (Some(line), Some(column));
    }

    /// The same diagnostic with a path as in a larger whole, in which `prefix` stands before it.
    pub(crate) fn within(mut self, prefix: &str) -> Self {
        self.path.insert_str(0, prefix);
        self
    }
}

impl Error for Diagnostic {}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            f.write_str(&self.path)?;
            match &self.value {
                Some(value) if self.value_is_text => write!(f, " {}: ", Quoted(value))?,
                Some(value) => write!(f, " {value}: ")?,
                None => f.write_str(": ")?,
            }
        }
        write!(f, "{}; {}", self.reason, self.help)
    }
}

/// The message on a single line, which a `main` that returns the error prints.
impl fmt::Debug for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.to_string().replace('\n', " "))
    }
}

impl FromStr for OriginPattern {
    type Err = Diagnostic;

    fn from_str(text: &str) -> Result<Self, Diagnostic> {
        pattern::parse(text).map_err(|kind| {
            let diagnosis = Diagnosis::new(kind, text);
            Diagnostic {
                severity: Severity::Error,
                code: diagnosis.kind.code(),
                path: String::new(),
                line: None,
                column: None,
                value: Some(text.to_owned()),
                reason: diagnosis.kind.reason().into(),
                help: diagnosis.help(),
                suggestions: diagnosis.advice.values().to_vec(),
                value_is_text: true,
            }
        })
    }
}
