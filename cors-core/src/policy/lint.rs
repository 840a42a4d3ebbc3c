use crate::http::text;
use crate::origin::Quoted;
use crate::policy::diagnostic::{Diagnostic, Severity};
use crate::policy::names;

/// A warning while it is found: what a [`Diagnostic`] is made of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Lint {
    path: String,
    value: Option<String>,
    kind: LintKind,
    suggestion: Option<String>,
    covered_by: Option<Element>,
}

/// The code of a warning that a deployment can make pointless.
pub(crate) const OWN_ORIGINS_MISSING: &str = "own-origins-missing";

/// An element of a list: its path and its value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Element {
    pub(crate) path: String,
    pub(crate) value: String,
}

/// What is probably not meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum LintKind {
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
    /// Anybody can register subdomains that a pattern covers.
    PublicSuffixSubdomains,
    /// A pattern covers a part of the names directly below a public suffix.
    PublicSuffixLabel,
    /// An origin stands twice in a rule.
    DuplicateOrigin,
    /// A pattern of the same rule matches all that this one does.
    CoveredOrigin,
    /// A pattern of a rule before this one matches all that this one does, so that the other rule
    /// governs.
    OriginOfEarlierRule,
    /// The rules before this one govern all of its origins.
    UnreachableRule,
    /// Origins are enforced by a policy that does not know the service's own.
    OwnOriginsMissing,
    /// Anybody can register names that the service takes for its own.
    SharedOwnOrigin,
    /// No rule allows an origin, and nothing is enforced.
    NoOriginAllowed,
    /// A rule among others allows no origin.
    RuleWithoutOrigins,
    /// A `dangerously_` setting permits what the rule does not do.
    UnusedPermission,
    /// `accept_lints` has the code of a warning that there is not.
    UnusedAcceptance,
}

impl Lint {
    pub(crate) const fn new(path: String, kind: LintKind) -> Self {
        Self { path, value: None, kind, suggestion: None, covered_by: None }
    }

    pub(crate) fn of_element(element: Element, kind: LintKind) -> Self {
        Self { value: Some(element.value), ..Self::new(element.path, kind) }
    }

    pub(crate) const fn kind(&self) -> LintKind {
        self.kind
    }

    pub(crate) fn with_suggestion(self, suggestion: String) -> Self {
        Self { suggestion: Some(suggestion), ..self }
    }

    pub(crate) fn covered_by(self, element: Element) -> Self {
        Self { covered_by: Some(element), ..self }
    }

    /// The diagnostic of the warning, in a larger whole in which `prefix` stands before its paths.
    pub(crate) fn into_diagnostic(self, prefix: &str) -> Diagnostic {
        let Self { path, value, kind, suggestion, covered_by } = self;
        let mut reason = String::new();
        if let Some(Element { path, value }) = &covered_by {
            reason = format!("{prefix}{path} {} ", Quoted(value));
        }
        reason.push_str(kind.reason());
        let help = match &suggestion {
            Some(suggestion) => {
                format!("write {}{}", Quoted(suggestion), kind.alternative()).into()
            }
            None => kind.help().into(),
        };
        Diagnostic {
            severity: Severity::Warning,
            code: kind.code(),
            path: format!("{prefix}{path}"),
            line: None,
            column: None,
            value,
            reason: reason.into(),
            help,
            suggestions: suggestion.into_iter().collect(),
            value_is_text: true,
        }
    }
}

impl LintKind {
    /// Every kind.
    pub(crate) const ALL: [Self; 19] = [
        Self::MethodNotUpperCase,
        Self::WordForAny,
        Self::SafelistedHeaderExposed,
        Self::DuplicateName,
        Self::SchemeOfNoPage,
        Self::ListenAddress,
        Self::InvalidPunycode,
        Self::PublicSuffixSubdomains,
        Self::PublicSuffixLabel,
        Self::DuplicateOrigin,
        Self::CoveredOrigin,
        Self::OriginOfEarlierRule,
        Self::UnreachableRule,
        Self::OwnOriginsMissing,
        Self::SharedOwnOrigin,
        Self::NoOriginAllowed,
        Self::RuleWithoutOrigins,
        Self::UnusedPermission,
        Self::UnusedAcceptance,
    ];

    /// Returns whether a warning with this code can be accepted.
    #[inline(never)]
    pub(crate) fn can_be_accepted(code: &str) -> bool {
        Self::ALL.into_iter().any(|kind| kind != Self::UnusedAcceptance && kind.code() == code)
    }

    /// The code that is probably meant by a misspelt one.
    pub(crate) fn nearest_code(text: &str) -> Option<&'static str> {
        /// Less alike, in percent, two codes have little in common.
        const LEAST_SIMILARITY: usize = 75;
        /// Longer texts are like no code.
        const LONGEST: usize = 50;

        if text.len() > LONGEST {
            return None;
        }
        let text = text::replace(&text::to_lower_case(text), "_", "-");
        let mut nearest = (LEAST_SIMILARITY, None);
        for code in Self::ALL.into_iter().map(Self::code).filter(|code| Self::can_be_accepted(code))
        {
            let similarity = names::similarity(&text, code);
            if similarity >= nearest.0 {
                nearest = (similarity, Some(code));
            }
        }
        nearest.1
    }

    /// The code of a diagnostic about this.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::MethodNotUpperCase => "method-not-upper-case",
            Self::WordForAny => "word-for-any",
            Self::SafelistedHeaderExposed => "safelisted-header-exposed",
            Self::DuplicateName => "duplicate-name",
            Self::SchemeOfNoPage => "scheme-of-no-page",
            Self::ListenAddress => "listen-address",
            Self::InvalidPunycode => "punycode-invalid",
            Self::PublicSuffixSubdomains => "public-suffix-subdomains",
            Self::PublicSuffixLabel => "public-suffix-label",
            Self::DuplicateOrigin => "duplicate-origin",
            Self::CoveredOrigin => "covered-origin",
            Self::OriginOfEarlierRule => "origin-of-earlier-rule",
            Self::UnreachableRule => "unreachable-rule",
            Self::OwnOriginsMissing => OWN_ORIGINS_MISSING,
            Self::SharedOwnOrigin => "shared-own-origin",
            Self::NoOriginAllowed => "no-origin-allowed",
            Self::RuleWithoutOrigins => "rule-without-origins",
            Self::UnusedPermission => "unused-permission",
            Self::UnusedAcceptance => "unused-acceptance",
        }
    }

    pub(crate) const fn reason(self) -> &'static str {
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
            Self::PublicSuffixSubdomains => {
                "strangers can register subdomains there, and their pages can read the responses"
            }
            Self::PublicSuffixLabel => {
                "the pages of whoever can register a name there with this ending can read the responses"
            }
            Self::DuplicateName | Self::DuplicateOrigin => "is the same",
            Self::CoveredOrigin => "already allows it",
            Self::OriginOfEarlierRule => "already allows it, and the first rule that does governs",
            Self::UnreachableRule => {
                "the rules before this one govern all of its origins, so that it has no effect"
            }
            Self::OwnOriginsMissing => {
                "without own_origins, a page at a foreign name that leads to this service counts as its own (DNS rebinding)"
            }
            Self::SharedOwnOrigin => {
                "anyone can register a name there and let it lead to this service, which takes it for its own"
            }
            Self::NoOriginAllowed => {
                "no origin is allowed, so preflights are answered with 403, and Access-Control-* headers of handlers are removed"
            }
            Self::RuleWithoutOrigins => "the rule allows no origin, so it has no effect",
            Self::UnusedPermission => "nothing in this rule needs this permission",
            Self::UnusedAcceptance => "the policy has no warning with this code",
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

    pub(crate) const fn help(self) -> &'static str {
        match self {
            Self::MethodNotUpperCase => "write it in upper case",
            Self::WordForAny => {
                "list the names; \"*\" means all if it is alone in its list, but exposes none with credentials"
            }
            Self::SchemeOfNoPage | Self::ListenAddress => "write the origin of the page",
            Self::InvalidPunycode => {
                "write the name as location.origin has it in the browser's console"
            }
            Self::PublicSuffixSubdomains => {
                "list the origins, or accept this warning if everybody may read them"
            }
            Self::PublicSuffixLabel => {
                "list the origins, or accept this warning if the provider reserves such names for you"
            }
            Self::SafelistedHeaderExposed
            | Self::DuplicateName
            | Self::DuplicateOrigin
            | Self::CoveredOrigin
            | Self::UnusedPermission
            | Self::UnusedAcceptance => "remove it",
            Self::OwnOriginsMissing => {
                "list the origins at which the service is reached in own_origins, or set them on the Deployment"
            }
            Self::SharedOwnOrigin => "list the names of the service",
            Self::NoOriginAllowed => {
                "list origins, set enforce_origins to true, or leave the middleware out if requests are to pass unchanged"
            }
            Self::RuleWithoutOrigins => "list its origins, or remove it",
            Self::OriginOfEarlierRule => "remove it, or move this rule before that one",
            Self::UnreachableRule => "move it before them, or remove it",
        }
    }
}
