use std::fmt;

use crate::origin::Quoted;

/// Something in a policy that is valid but surely not meant; see
/// [`Policy::lints`](crate::Policy::lints).
///
/// ```
/// use cors_core::Policy;
///
/// let policy = Policy::builder()
///     .allow_origins(["https://app.example.com"])
///     .allow_methods(["patch"])
///     .build()?;
/// assert_eq!(
///     policy.lints()[0].to_string(),
///     r#"allow_methods[0] "patch": methods are case-sensitive, and pages use this one in upper case; write "PATCH""#,
/// );
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Lint {
    path: String,
    value: Option<String>,
    kind: LintKind,
    suggestion: Option<String>,
    covered_by: Option<Element>,
}

/// An element of a list: its path and its value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Element {
    pub(crate) path: String,
    pub(crate) value: String,
}

/// What is surely not meant.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LintKind {
    /// A well-known method is not in upper case, so that it is another method.
    MethodNotUpperCase,
    /// `any` or `all` stands in a list of methods or headers, where it is a name like any other.
    WordForAny,
    /// A response header that every script can read is exposed.
    SafelistedHeaderExposed,
    /// A method or header stands twice in a list.
    DuplicateName,
    /// The scheme of an origin is one that no page has, such as `wss`.
    SchemeOfNoPage,
    /// An origin has the address at which a server listens, `0.0.0.0` or `[::]`.
    ListenAddress,
    /// A label of a host begins with `xn--` and is not valid Punycode.
    InvalidPunycode,
    /// An origin stands twice in a rule.
    DuplicateOrigin,
    /// A pattern of the same rule matches all that this one does.
    CoveredOrigin,
    /// A pattern of a rule before this one matches all that this one does, so that the other rule
    /// governs.
    OriginOfEarlierRule,
    /// The rules before this one govern all of its origins.
    UnreachableRule,
    /// A `dangerously_` setting permits what the rule does not do.
    UnusedPermission,
}

impl Lint {
    pub(crate) const fn new(path: String, kind: LintKind) -> Self {
        Self { path, value: None, kind, suggestion: None, covered_by: None }
    }

    pub(crate) fn of_element(element: Element, kind: LintKind) -> Self {
        Self { value: Some(element.value), ..Self::new(element.path, kind) }
    }

    pub(crate) fn with_suggestion(self, suggestion: String) -> Self {
        Self { suggestion: Some(suggestion), ..self }
    }

    pub(crate) fn covered_by(self, element: Element) -> Self {
        Self { covered_by: Some(element), ..self }
    }

    /// The same lint in a larger whole, in which `prefix` stands before its paths.
    #[cfg(feature = "files")]
    pub(crate) fn within(mut self, prefix: &str) -> Self {
        let paths =
            [&mut self.path].into_iter().chain(self.covered_by.as_mut().map(|e| &mut e.path));
        paths.for_each(|path| path.insert_str(0, prefix));
        self
    }

    /// The setting, such as `allow_origins[0]`, or `rules[1].allow_origins[0]` in a policy with
    /// several rules.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value at [`path`](Self::path), in the policy's normal form, if it is an element of a
    /// list.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// What is surely not meant.
    #[must_use]
    pub const fn kind(&self) -> LintKind {
        self.kind
    }

    /// What is likely meant instead.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }

    /// The path of the element that makes this one needless.
    #[must_use]
    pub fn covering_path(&self) -> Option<&str> {
        self.covered_by.as_ref().map(|element| element.path.as_str())
    }
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(value) = &self.value {
            write!(f, " {}", Quoted(value))?;
        }
        f.write_str(": ")?;
        if let Some(Element { path, value }) = &self.covered_by {
            write!(f, "{path} {} ", Quoted(value))?;
        }
        write!(f, "{}; ", self.kind.reason())?;
        match &self.suggestion {
            Some(suggestion) => {
                write!(f, "write {}", Quoted(suggestion))?;
                f.write_str(self.kind.alternative())
            }
            None => f.write_str(self.kind.help()),
        }
    }
}

impl LintKind {
    const fn reason(self) -> &'static str {
        match self {
            Self::MethodNotUpperCase => {
                "methods are case-sensitive, and pages use this one in upper case"
            }
            Self::WordForAny => "in a list of names, this is a name like any other",
            Self::SafelistedHeaderExposed => "pages can read this header without permission",
            Self::SchemeOfNoPage => "no page is loaded from such an origin",
            Self::ListenAddress => "servers listen at this address, and no page is opened at it",
            Self::InvalidPunycode => {
                "\"xn--\" begins a name in Punycode, and what follows is not valid Punycode"
            }
            Self::DuplicateName | Self::DuplicateOrigin => "is the same",
            Self::CoveredOrigin => "already allows it",
            Self::OriginOfEarlierRule => "already allows it, and the first rule that does governs",
            Self::UnreachableRule => {
                "the rules before this one govern all of its origins, so that it has no effect"
            }
            Self::UnusedPermission => "nothing in this rule needs this permission",
        }
    }

    /// What can be written instead of a suggestion.
    const fn alternative(self) -> &'static str {
        match self {
            Self::WordForAny => " if all are meant",
            Self::ListenAddress => ", or the name or address that the browser shows",
            _ => "",
        }
    }

    const fn help(self) -> &'static str {
        match self {
            Self::MethodNotUpperCase => "write it in upper case",
            Self::WordForAny => "write \"*\" if all are meant",
            Self::SchemeOfNoPage | Self::ListenAddress => "write the origin of the page",
            Self::InvalidPunycode => {
                "write the name as location.origin has it in the browser's console"
            }
            Self::SafelistedHeaderExposed
            | Self::DuplicateName
            | Self::DuplicateOrigin
            | Self::CoveredOrigin
            | Self::UnusedPermission => "remove it",
            Self::OriginOfEarlierRule => "remove it, or move this rule before that one",
            Self::UnreachableRule => "move it before them, or remove it",
        }
    }
}
