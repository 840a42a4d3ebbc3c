use std::error::Error;
use std::fmt;

use crate::origin::{Advice, PatternErrorKind, Quoted, write_advice, write_list};
use crate::policy::error_kind::PolicyErrorKind;
use crate::policy::format::PolicyFormat;

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
    advice: Advice,
    /// The format of the lines to write.
    format: PolicyFormat,
}

impl PolicyError {
    pub(crate) const fn new(path: String, kind: PolicyErrorKind) -> Self {
        Self { path, value: None, kind, advice: Advice::General, format: PolicyFormat::Toml }
    }

    pub(crate) fn with_value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    pub(crate) fn with_suggestion(self, suggestion: Option<impl Into<String>>) -> Self {
        self.with_advice(suggestion.map(Into::into).into())
    }

    pub(crate) fn with_advice(mut self, advice: Advice) -> Self {
        self.advice = advice;
        self
    }

    /// The same error with the lines to write in the format of the file.
    pub(crate) const fn in_format(mut self, format: PolicyFormat) -> Self {
        self.format = format;
        self
    }

    /// The same error in a larger whole, in which `prefix` stands before its path.
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
        self.advice.value()
    }

    /// Several valid values that are likely meant, if they were written as one element of a list.
    #[must_use]
    pub fn suggested_elements(&self) -> &[String] {
        match &self.advice {
            Advice::Each(elements) => elements,
            _ => &[],
        }
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
        f.write_str(": ")?;
        self.write_reason(f)?;
        f.write_str("; ")?;
        self.write_help(f)
    }
}

impl PolicyError {
    /// Writes a value or a suggestion: texts between quotes, names of settings and numbers bare.
    fn write_value(&self, value: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            PolicyErrorKind::UnknownKey
            | PolicyErrorKind::NotAList
            | PolicyErrorKind::NotAListOfRules
            | PolicyErrorKind::NotAText
            | PolicyErrorKind::NotABool
            | PolicyErrorKind::NotSeconds
            | PolicyErrorKind::MaxAgeOutOfRange
            | PolicyErrorKind::MaxAgeBelowOneSecond => f.write_str(value),
            _ => write!(f, "{}", Quoted(value)),
        }
    }

    fn write_reason(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            PolicyErrorKind::Pattern(PatternErrorKind::MisspeltScheme) => {
                write!(f, "unknown scheme {}", Quoted(self.scheme().unwrap_or_default()))
            }
            PolicyErrorKind::InsecureOriginWithCredentials if !self.is_http() => {
                f.write_str(
                    "only https proves where a page comes from, and without proof others can act with its user's credentials",
                )
            }
            kind => f.write_str(kind.reason()),
        }
    }

    fn scheme(&self) -> Option<&str> {
        self.value.as_deref()?.split_once("://").map(|(scheme, _)| scheme)
    }

    fn is_http(&self) -> bool {
        self.scheme() == Some("http")
    }

    fn write_help(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.advice, self.kind) {
            (Advice::General, _) => self.write_general_help(f),
            (advice, PolicyErrorKind::Pattern(kind)) => write_advice(kind, advice, f),
            (Advice::One(meant), kind) => {
                let (before, after) = match kind {
                    PolicyErrorKind::UnknownKey => ("did you mean ", "?"),
                    _ => ("write ", ""),
                };
                f.write_str(before)?;
                self.write_value(meant, f)?;
                match kind.alternative() {
                    Some(alternative) => write!(f, ", or {alternative}"),
                    None => f.write_str(after),
                }
            }
            (Advice::Instead(help), _) => f.write_str(help),
            (Advice::Each(elements), _) => {
                f.write_str("write each one as an element of its own: ")?;
                write_list(elements, f)
            }
            (Advice::Ports(meant) | Advice::Subdomains(meant), _) => {
                write!(f, "write {}", Quoted(meant))
            }
        }
    }

    fn write_general_help(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is = |name| self.value.as_deref().is_some_and(|value| value.eq_ignore_ascii_case(name));
        let format = self.format;
        match self.kind {
            PolicyErrorKind::NoRules | PolicyErrorKind::NoOrigins => write!(
                f,
                "write {} with the origins of your pages",
                format.entry("allow_origins", "[\"https://example.com\"]")
            ),
            PolicyErrorKind::NoPolicies => f.write_str(match format {
                PolicyFormat::Toml => "write one as [policies.NAME], or its settings at the top",
                PolicyFormat::Json => {
                    "write one as \"policies\": {\"NAME\": {…}}, or its settings at the top"
                }
                PolicyFormat::Yaml => {
                    "write one below its name, which stands below policies:, or its settings at the top"
                }
            }),
            PolicyErrorKind::NotAListOfRules => f.write_str(match format {
                PolicyFormat::Toml => "write [[rules]] before the settings of each rule",
                PolicyFormat::Json => "write \"rules\": [{…}] with a table for each rule",
                PolicyFormat::Yaml => "write a dash before the first setting of each rule",
            }),
            PolicyErrorKind::PoliciesNotATable => f.write_str(match format {
                PolicyFormat::Toml => "write [policies.NAME] before the settings of each policy",
                PolicyFormat::Json => "write \"policies\": {\"NAME\": {…}}",
                PolicyFormat::Yaml => "write NAME: instead of the dash before each policy",
            }),
            PolicyErrorKind::InsecureOriginWithCredentials if !self.is_http() => f.write_str(
                "allow it in a rule of its own, without credentials or with dangerously_allow_insecure_origins_with_credentials set to true",
            ),
            PolicyErrorKind::ForbiddenRequestHeader if is("cookie") => f.write_str(
                "remove it, and set allow_credentials to true if browsers are to send cookies",
            ),
            PolicyErrorKind::ForbiddenResponseHeader if is("set-cookie") => f.write_str(
                "remove it; with allow_credentials, browsers keep the cookies by themselves",
            ),
            kind => f.write_str(kind.help()),
        }
    }
}
