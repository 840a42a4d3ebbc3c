use std::borrow::Cow;

use crate::http::text;
use crate::origin::{self, Advice, PatternErrorKind, quoted};
use crate::policy::diagnostic::{Diagnostic, Severity};
use crate::policy::error_kind::PolicyErrorKind;
use crate::policy::format::PolicyFormat;

/// An error of a policy while it is found: what a [`Diagnostic`] is made of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct PolicyError {
    path: String,
    value: Option<String>,
    kind: PolicyErrorKind,
    advice: Advice,
}

impl PolicyError {
    pub(crate) const fn new(path: String, kind: PolicyErrorKind) -> Self {
        Self { path, value: None, kind, advice: Advice::General }
    }

    pub(crate) const fn of_value(
        path: String,
        kind: PolicyErrorKind,
        value: String,
        advice: Advice,
    ) -> Self {
        Self { path, value: Some(value), kind, advice }
    }

    #[cfg(feature = "serde")]
    pub(crate) fn with_advice(mut self, advice: Advice) -> Self {
        self.advice = advice;
        self
    }

    /// The same error in a larger whole, in which `prefix` stands before its path.
    #[cfg(feature = "_files")]
    pub(crate) fn within(mut self, prefix: &str) -> Self {
        self.path.insert_str(0, prefix);
        self
    }

    /// The value that is wrong.
    #[cfg(feature = "serde")]
    pub(crate) fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    #[cfg(feature = "serde")]
    pub(crate) const fn kind(&self) -> PolicyErrorKind {
        self.kind
    }

    /// The valid value that is probably meant.
    #[cfg(feature = "serde")]
    pub(crate) fn suggestion(&self) -> Option<&str> {
        self.advice.value()
    }

    /// The diagnostic of the error, with lines to write in the format of the file.
    pub(crate) fn into_diagnostic(self, format: PolicyFormat) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code: self.kind.code(),
            line: None,
            column: None,
            reason: self.reason(),
            help: self.help(format),
            value_is_text: self.value_is_text(),
            suggestions: self.advice.into_values(),
            path: self.path,
            value: self.value,
        }
    }

    /// Returns whether values and suggestions are texts, which messages quote. Names of settings and
    /// numbers are not.
    const fn value_is_text(&self) -> bool {
        !matches!(
            self.kind,
            PolicyErrorKind::UnknownKey
                | PolicyErrorKind::NotAList
                | PolicyErrorKind::NotAListOfRules
                | PolicyErrorKind::NotAText
                | PolicyErrorKind::NotABool
                | PolicyErrorKind::NotSeconds
                | PolicyErrorKind::MaxAgeOutOfRange
                | PolicyErrorKind::MaxAgeBelowOneSecond
        )
    }

    fn reason(&self) -> Cow<'static, str> {
        match self.kind {
            PolicyErrorKind::Pattern(PatternErrorKind::MisspeltScheme) => {
                let scheme = quoted(self.scheme().unwrap_or_default());
                ["unknown scheme ", &scheme].concat().into()
            }
            PolicyErrorKind::InsecureOriginWithCredentials if !self.is_http() => {
                "only https proves where a page comes from, and without proof others can act with its user's credentials".into()
            }
            kind => kind.reason().into(),
        }
    }

    fn scheme(&self) -> Option<&str> {
        text::split_once(self.value.as_deref()?, "://").map(|(scheme, _)| scheme)
    }

    fn is_http(&self) -> bool {
        self.scheme() == Some("http")
    }

    fn help(&self, format: PolicyFormat) -> Cow<'static, str> {
        let written = match (&self.advice, self.kind) {
            (Advice::General, _) => return self.general_help(format),
            (advice, PolicyErrorKind::Pattern(kind)) => return origin::help(kind, advice),
            (Advice::One(meant), PolicyErrorKind::UnknownKey) => {
                ["did you mean ", meant, "?"].concat()
            }
            (Advice::One(meant), _) if !self.value_is_text() => ["write ", meant].concat(),
            (Advice::One(meant), PolicyErrorKind::InsecureOriginWithCredentials) => {
                let alternative = "set dangerously_allow_insecure_origins_with_credentials to true in a rule of its own";
                ["write ", &quoted(meant), ", or ", alternative].concat()
            }
            (advice, kind) => return advice.help(kind.help()),
        };
        written.into()
    }

    fn general_help(&self, format: PolicyFormat) -> Cow<'static, str> {
        let is = |name| self.value.as_deref().is_some_and(|value| text::is_one_of(value, name));
        let help = match self.kind {
            PolicyErrorKind::NoRules | PolicyErrorKind::NoOrigins => {
                let entry = format.entry("allow_origins", "[\"https://example.com\"]");
                return ["write ", &entry, " with the origins of your pages"].concat().into();
            }
            PolicyErrorKind::NoPolicies => match format {
                PolicyFormat::Toml => "write one as [policies.NAME], or its settings at the top",
                PolicyFormat::Json => {
                    "write one as \"policies\": {\"NAME\": {…}}, or its settings at the top"
                }
                PolicyFormat::Yaml => {
                    "write one below its name, which stands below policies:, or its settings at the top"
                }
            },
            PolicyErrorKind::NotAListOfRules => match format {
                PolicyFormat::Toml => "write [[rules]] before the settings of each rule",
                PolicyFormat::Json => "write \"rules\": [{…}] with a table for each rule",
                PolicyFormat::Yaml => "write a dash before the first setting of each rule",
            },
            PolicyErrorKind::PoliciesNotATable => match format {
                PolicyFormat::Toml => "write [policies.NAME] before the settings of each policy",
                PolicyFormat::Json => "write \"policies\": {\"NAME\": {…}}",
                PolicyFormat::Yaml => "write NAME: instead of the dash before each policy",
            },
            PolicyErrorKind::InsecureOriginWithCredentials if !self.is_http() => {
                "allow it in a rule of its own, without credentials or with dangerously_allow_insecure_origins_with_credentials set to true"
            }
            PolicyErrorKind::ForbiddenRequestHeader if is("cookie") => {
                "remove it, and set allow_credentials to true if browsers are to send cookies"
            }
            PolicyErrorKind::ForbiddenResponseHeader if is("set-cookie") => {
                "remove it; with allow_credentials, browsers keep the cookies by themselves"
            }
            kind => kind.help(),
        };
        help.into()
    }
}
