use std::error::Error;
use std::fmt;

use crate::PatternErrorKind;

/// Everything that is wrong with a policy: never empty, in the order of the configuration.
///
/// Printed, each error stands on a line of its own.
#[derive(Clone, Debug, Eq, PartialEq)]
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

/// What is wrong with a setting of a policy.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum PolicyErrorKind {
    /// The key of a file is none of a policy's.
    UnknownKey,
    /// A setting stands beside named policies instead of inside one.
    BesidePolicies,
    /// The policy has no rule.
    NoRules,
    /// A rule has no origin.
    NoOrigins,
    /// An origin is not a valid pattern.
    Pattern(PatternErrorKind),
    /// `*` stands among other origins.
    AnyOriginNotAlone,
    /// `*` is allowed together with credentials.
    AnyOriginWithCredentials,
    /// An origin that is not `https`, nor on this machine, is allowed together with credentials.
    InsecureOriginWithCredentials,
    /// All subdomains of a public suffix, which belong to strangers, are allowed together with
    /// credentials.
    PublicSuffixSubdomainsWithCredentials,
    /// A method is not a token.
    InvalidMethod,
    /// A method is one that no script can use: `CONNECT`, `TRACE` or `TRACK`.
    ForbiddenMethod,
    /// `*` stands among other methods.
    AnyMethodNotAlone,
    /// A header name is not a token.
    InvalidHeaderName,
    /// A request header is one that no script can set.
    ForbiddenRequestHeader,
    /// A header of the CORS protocol itself stands in a list of headers.
    CorsHeader,
    /// `*` stands among other request headers than `authorization`.
    AnyHeaderNotAlone,
    /// A response header is one that no script can read: `Set-Cookie` or `Set-Cookie2`.
    ForbiddenResponseHeader,
    /// `*` stands among other response headers.
    ExposeAnyNotAlone,
    /// `*` is exposed together with credentials, where it would mean a header named `*`.
    ExposeAnyWithCredentials,
    /// `max_age` is negative or above 86 400 seconds.
    MaxAgeOutOfRange,
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

    /// The value at [`path`](Self::path), unless what is wrong is that there is none.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> PolicyErrorKind {
        self.kind
    }

    /// A valid value that is likely meant.
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
            write!(f, " {}", Quoted(value))?;
        }
        write!(f, ": {}; ", self.kind.reason())?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "write {}", Quoted(suggestion)),
            None => f.write_str(self.kind.cure()),
        }
    }
}

/// A value between quotes, escaped, and cut where it is too long to be read.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 100;
        match self.0.char_indices().nth(LONGEST).and_then(|(end, _)| self.0.get(..end)) {
            Some(start) => write!(f, "{start:?}…"),
            None => write!(f, "{:?}", self.0),
        }
    }
}

impl PolicyErrorKind {
    const fn reason(self) -> &'static str {
        match self {
            Self::UnknownKey => "a policy has no such setting",
            Self::BesidePolicies => "in a file with named policies, settings stand inside them",
            Self::NoRules => "the policy allows no origin, so that no page could use it",
            Self::NoOrigins => "no origin is allowed, so that no page could use it",
            Self::Pattern(kind) => kind.reason(),
            Self::AnyOriginNotAlone => "\"*\" already allows every origin",
            Self::AnyOriginWithCredentials => {
                "any website could act with the credentials of whoever visits it, and browsers refuse it"
            }
            Self::InsecureOriginWithCredentials => {
                "whoever controls the network can put a script into a page loaded without https, and act with the user's credentials"
            }
            Self::PublicSuffixSubdomainsWithCredentials => {
                "strangers can register subdomains here, and act with the user's credentials"
            }
            Self::InvalidMethod => "a method is letters, digits and the characters !#$%&'*+-.^_`|~",
            Self::ForbiddenMethod => "browsers let no script use this method",
            Self::AnyMethodNotAlone => "\"*\" already allows every method",
            Self::InvalidHeaderName => {
                "a header name is letters, digits and the characters !#$%&'*+-.^_`|~"
            }
            Self::ForbiddenRequestHeader => {
                "browsers let no script set this header, so that it needs no permission"
            }
            Self::CorsHeader => {
                "this header belongs to the CORS protocol, which the policy speaks by itself"
            }
            Self::AnyHeaderNotAlone => "\"*\" already allows every header but \"authorization\"",
            Self::ForbiddenResponseHeader => "browsers let no script read this header",
            Self::ExposeAnyNotAlone => "\"*\" already exposes every header",
            Self::ExposeAnyWithCredentials => {
                "with credentials, browsers take \"*\" for a header of that name"
            }
            Self::MaxAgeOutOfRange => {
                "browsers keep the answer to a preflight from 0 to 86400 seconds"
            }
        }
    }

    /// What to do where no suggestion can be made.
    const fn cure(self) -> &'static str {
        match self {
            Self::UnknownKey => "remove it",
            Self::BesidePolicies => "move it into one of the policies",
            Self::NoRules | Self::NoOrigins => {
                "write allow_origins = [\"https://example.com\"] with the origins of your pages"
            }
            Self::Pattern(kind) => kind.cure(),
            Self::AnyOriginNotAlone => {
                "remove the other origins, or give them a rule of their own before this one"
            }
            Self::AnyOriginWithCredentials => {
                "list the origins, or remove allow_credentials: a token that a script sends itself needs allow_headers = [\"authorization\"] instead"
            }
            Self::InsecureOriginWithCredentials => {
                "use https, or set dangerously_allow_insecure_origins_with_credentials"
            }
            Self::PublicSuffixSubdomainsWithCredentials => {
                "list the origins, or set dangerously_allow_public_suffix_subdomains_with_credentials"
            }
            Self::InvalidMethod => "write a method such as \"PUT\", or \"*\" for all",
            Self::ForbiddenMethod
            | Self::ForbiddenRequestHeader
            | Self::CorsHeader
            | Self::ForbiddenResponseHeader => "remove it",
            Self::AnyMethodNotAlone | Self::ExposeAnyNotAlone => "remove the others",
            Self::InvalidHeaderName => "write a name such as \"x-request-id\", or \"*\" for all",
            Self::AnyHeaderNotAlone => "remove the others",
            Self::ExposeAnyWithCredentials => "list the headers, or remove allow_credentials",
            Self::MaxAgeOutOfRange => {
                "write at most 86400, 0 to forbid keeping it, or remove the setting"
            }
        }
    }
}
