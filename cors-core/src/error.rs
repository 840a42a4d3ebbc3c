use std::error::Error;
use std::fmt;

use crate::quoted::Quoted;
use crate::{PatternErrorKind, PolicyErrorKind, suggestion};

/// Everything that is wrong with a policy: never empty, in the order of the configuration.
///
/// Printed, each error stands on a line of its own; so it does for `Debug`, which is what a `main`
/// that returns it prints.
#[derive(Clone, Eq, PartialEq)]
pub struct PolicyErrors(Vec<PolicyError>);

/// One thing that is wrong with a policy.
///
/// Its text names the setting, quotes the value and ends with what to write instead:
///
/// ```
/// use cors_core::Policy;
///
/// let errors = Policy::builder()
///     .allow_origins(["https://example.com/"])
///     .build()
///     .unwrap_err();
/// assert_eq!(
///     errors.to_string(),
///     r#"allow_origins[0] "https://example.com/": an origin has no path; write "https://example.com""#,
/// );
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyError {
    path: String,
    value: Option<String>,
    kind: PolicyErrorKind,
    suggestion: Option<String>,
}

impl PolicyErrors {
    /// `Ok` if `errors` is empty.
    pub(crate) fn check(errors: Vec<PolicyError>) -> Result<(), Self> {
        if errors.is_empty() { Ok(()) } else { Err(Self(errors)) }
    }

    /// The errors, one after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, PolicyError> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a PolicyErrors {
    type Item = &'a PolicyError;
    type IntoIter = std::slice::Iter<'a, PolicyError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for PolicyErrors {
    type Item = PolicyError;
    type IntoIter = std::vec::IntoIter<PolicyError>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl Error for PolicyErrors {}

impl fmt::Debug for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl PolicyError {
    pub(crate) const fn new(path: String, kind: PolicyErrorKind) -> Self {
        Self { path, value: None, kind, suggestion: None }
    }

    pub(crate) fn with_value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    pub(crate) fn with_suggestion(mut self, suggestion: Option<impl Into<String>>) -> Self {
        self.suggestion = suggestion.map(Into::into);
        self
    }

    /// The same error in a larger whole, in which `prefix` stands before its path.
    #[cfg(feature = "files")]
    pub(crate) fn within(mut self, prefix: &str) -> Self {
        self.path.insert_str(0, prefix);
        self
    }

    /// The setting, such as `allow_origins[0]`, or `rules[1].allow_origins[0]` in a policy with
    /// several rules.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value at [`path`](Self::path), unless what is wrong is that there is none. Where the
    /// error before says to write something else there, this one can be about that.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> PolicyErrorKind {
        self.kind
    }

    /// A valid value that is likely meant; for an unknown key, the name of a setting.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

impl Error for PolicyError {}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(value) = &self.value {
            f.write_str(" ")?;
            self.write_value(value, f)?;
        }
        write!(f, ": {}; ", self.reason())?;
        if let Some(elements) = self.value.as_deref().and_then(|value| self.elements(value)) {
            f.write_str("write each one as an element of its own: ")?;
            return write_list(&elements, f);
        }
        let Some(suggestion) = &self.suggestion else {
            return f.write_str(self.cure());
        };
        f.write_str("write ")?;
        self.write_value(suggestion, f)?;
        match self.kind.alternative() {
            Some(alternative) => write!(f, ", or {alternative}"),
            None => Ok(()),
        }
    }
}

impl PolicyError {
    /// Writes a value or a suggestion: texts between quotes, names of settings and numbers bare.
    fn write_value(&self, value: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            PolicyErrorKind::UnknownKey
            | PolicyErrorKind::NotAList
            | PolicyErrorKind::NotAText
            | PolicyErrorKind::NotABool
            | PolicyErrorKind::NotSeconds
            | PolicyErrorKind::MaxAgeOutOfRange
            | PolicyErrorKind::MaxAgeBelowOneSecond => f.write_str(value),
            _ => write!(f, "{}", Quoted(value)),
        }
    }

    /// What was meant, where several elements of a list were written as one.
    fn elements(&self, value: &str) -> Option<Vec<String>> {
        match self.kind {
            PolicyErrorKind::Pattern(
                PatternErrorKind::Quotes | PatternErrorKind::SeveralOrigins,
            ) => suggestion::origins(value),
            PolicyErrorKind::InvalidMethod | PolicyErrorKind::InvalidHeaderName => {
                suggestion::tokens(value)
            }
            _ => None,
        }
    }

    fn reason(&self) -> &'static str {
        match self.kind {
            PolicyErrorKind::InsecureOriginWithCredentials if !self.is_http() => {
                "only https proves where a page comes from, and without proof others can act with its user's credentials"
            }
            kind => kind.reason(),
        }
    }

    fn is_http(&self) -> bool {
        self.value.as_deref().is_some_and(|value| value.starts_with("http://"))
    }

    fn cure(&self) -> &'static str {
        let is = |name| self.value.as_deref().is_some_and(|value| value.eq_ignore_ascii_case(name));
        match self.kind {
            PolicyErrorKind::InsecureOriginWithCredentials if !self.is_http() => {
                "allow it in a rule without credentials, or set dangerously_allow_insecure_origins_with_credentials to true"
            }
            PolicyErrorKind::ForbiddenRequestHeader if is("cookie") => {
                "remove it, and set allow_credentials to true if browsers are to send cookies"
            }
            PolicyErrorKind::ForbiddenResponseHeader if is("set-cookie") => {
                "remove it; with allow_credentials, browsers keep the cookies by themselves"
            }
            kind => kind.cure(),
        }
    }
}

fn write_list(values: &[String], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, value) in values.iter().enumerate() {
        write!(f, "{}{}", if index > 0 { ", " } else { "" }, Quoted(value))?;
    }
    Ok(())
}
