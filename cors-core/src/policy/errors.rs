use std::error::Error;
use std::{fmt, io};

use crate::policy::diagnostic::Diagnostic;
use crate::policy::error::PolicyError;
use crate::policy::format::PolicyFormat;

/// As many errors, or lints, as a person corrects in one go; a file can have a million. The
/// documentation of what is reported states this number.
pub(crate) const MOST_REPORTED: usize = 50;

/// Everything that is wrong with a policy: never empty, in the order of the configuration.
///
/// The first 50 errors are kept; the others are counted. `Display` writes each kept error on a line
/// of its own and, on a last line, how many more there are. `Debug`, which a `main` that returns
/// the errors prints, writes the same on a single line.
#[derive(Clone, Eq, PartialEq)]
pub struct PolicyErrors {
    first: Vec<Diagnostic>,
    count: usize,
}

/// Errors as they are found: the first of them, and how many there are.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct ErrorList {
    first: Vec<PolicyError>,
    count: usize,
}

impl ErrorList {
    #[inline(never)]
    pub(crate) fn push(&mut self, error: PolicyError) {
        self.push_with(|| error);
    }

    /// Adds an error, which is made only if it is kept.
    pub(crate) fn push_with(&mut self, error: impl FnOnce() -> PolicyError) {
        self.count += 1;
        if !self.is_full() {
            self.first.push(error());
        }
    }

    /// Whether further errors are only counted.
    pub(crate) fn is_full(&self) -> bool {
        self.first.len() >= MOST_REPORTED
    }

    /// Counts an error of which nothing is kept.
    pub(crate) fn count_one(&mut self) {
        self.count += 1;
    }

    /// Adds the errors of a part of the configuration, before whose settings `prefix` stands.
    #[cfg(feature = "_files")]
    pub(crate) fn append_within(&mut self, prefix: &str, mut errors: Self) {
        errors.first = errors.first.into_iter().map(|error| error.within(prefix)).collect();
        self.append(errors);
    }

    #[inline(never)]
    pub(crate) fn push_all(&mut self, errors: Vec<PolicyError>) {
        for error in errors {
            self.push(error);
        }
    }

    /// Adds the errors of another list.
    pub(crate) fn append(&mut self, errors: Self) {
        self.count += errors.count - errors.first.len();
        self.push_all(errors.first);
    }

    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// Returns the errors that are kept.
    pub(crate) fn into_first(self) -> Vec<PolicyError> {
        self.first
    }

    /// `Ok` if there are no errors. Lines to write are in this format.
    pub(crate) fn check(self, format: PolicyFormat) -> Result<(), PolicyErrors> {
        if self.count == 0 {
            return Ok(());
        }
        let first = self.first.into_iter().map(|error| error.into_diagnostic(format));
        Err(PolicyErrors { first: first.collect(), count: self.count })
    }
}

#[cfg(feature = "serde")]
impl Extend<PolicyError> for ErrorList {
    fn extend<T: IntoIterator<Item = PolicyError>>(&mut self, errors: T) {
        errors.into_iter().for_each(|error| self.push(error));
    }
}

impl PolicyErrors {
    pub(crate) fn of_one(error: PolicyError, format: PolicyFormat) -> Self {
        Self { first: vec![error.into_diagnostic(format)], count: 1 }
    }

    /// Returns the errors, at most the first 50.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.first.iter()
    }

    /// Returns how many errors there are, which can be more than [`iter`](Self::iter) returns.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Returns the same errors with paths as in a larger configuration, in which the policy stands
    /// under a key.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let errors = Policy::builder().build().unwrap_err().within("cors");
    /// assert!(errors.to_string().starts_with("cors.allow_origins: "));
    /// ```
    #[must_use]
    pub fn within(mut self, key: &str) -> Self {
        let prefix = format!("{key}.");
        self.first = self.first.into_iter().map(|error| error.within(&prefix)).collect();
        self
    }

    #[cfg(feature = "_files")]
    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, Diagnostic> {
        self.first.iter_mut()
    }

    /// Says how many errors there are besides those that are kept.
    pub(crate) fn more(&self) -> Option<String> {
        match self.count - self.first.len() {
            0 => None,
            1 => Some("1 more error".into()),
            more => Some(format!("{more} more errors")),
        }
    }
}

impl<'a> IntoIterator for &'a PolicyErrors {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for PolicyErrors {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.first.into_iter()
    }
}

impl Error for PolicyErrors {}

/// For `?` in a `main` that returns [`io::Result`]. The kind is [`io::ErrorKind::InvalidInput`].
impl From<PolicyErrors> for io::Error {
    fn from(errors: PolicyErrors) -> Self {
        Self::new(io::ErrorKind::InvalidInput, errors)
    }
}

impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        match self.more() {
            Some(more) => write!(f, "\n{more}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let ([error], 1) = (self.first.as_slice(), self.count) {
            return fmt::Display::fmt(error, f);
        }
        write!(f, "{} errors:", self.count)?;
        for (index, error) in self.iter().enumerate() {
            write!(f, " ({}) {error}", index + 1)?;
        }
        match self.more() {
            Some(more) => write!(f, " and {more}"),
            None => Ok(()),
        }
    }
}
