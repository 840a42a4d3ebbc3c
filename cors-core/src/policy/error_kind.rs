use crate::origin::PatternErrorKind;

/// What is wrong with a setting of a policy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(
    not(any(feature = "_files", all(test, feature = "public-suffix"))),
    expect(dead_code, reason = "some problems are of files only")
)]
pub(crate) enum PolicyErrorKind {
    /// The key of a file is none of a policy's.
    UnknownKey,
    /// A setting of the policy as a whole stands in a rule.
    PolicyKeyInRule,
    /// A setting of a rule stands beside the list of rules.
    BesideRules,
    /// A setting stands beside named policies instead of inside one.
    BesidePolicies,
    /// A file for named policies has none.
    NoPolicies,
    /// The settings of a policy stand in a table of their own, such as `cors`.
    NestedSettings,
    /// `rules` is not a list of tables.
    NotAListOfRules,
    /// `policies` is not a table of policies by name.
    PoliciesNotATable,
    /// A setting that is a list has another value.
    NotAList,
    /// An element of a list is not a text.
    NotAText,
    /// A setting that is true or false has another value.
    NotABool,
    /// A setting that is a number of seconds has another value.
    NotSeconds,
    /// An environment variable with origins is not set, or is empty.
    VariableNotSet,
    /// An environment variable with origins is not Unicode.
    VariableNotUnicode,
    /// The policy has no rule.
    NoRules,
    /// A rule has no origin.
    NoOrigins,
    /// An origin is not a valid pattern.
    Pattern(PatternErrorKind),
    /// Origins are left to the application where `*` allows every one.
    PredicateBesideAny,
    /// Several rules leave origins to the application.
    SeveralPredicateRules,
    /// Origins are left to the application, and allowed together with credentials.
    PredicateOriginsWithCredentials,
    /// The same under enforcement.
    PredicateOriginsWithEnforcement,
    /// Headers are named to decide on origins by, but all origins are listed.
    PredicateVaryWithoutPredicate,
    /// Origins are enforced where `*` allows every one.
    EnforcedAnyOrigin,
    /// The service's own origins are listed, but nothing is enforced.
    OwnOriginsNotEnforced,
    /// `*` stands among the service's own origins.
    AnyOwnOrigin,
    /// One of the service's own origins is neither at `http` nor at `https`.
    OwnOriginNotOfTheWeb,
    /// `*` stands among other origins.
    AnyOriginNotAlone,
    /// `*` is allowed together with credentials.
    AnyOriginWithCredentials,
    /// An origin that is not `https`, nor on this machine, is allowed together with credentials.
    InsecureOriginWithCredentials,
    /// Names below a public suffix, which belong to strangers, are allowed together with
    /// credentials.
    PublicSuffixSubdomainsWithCredentials,
    /// The same under enforcement, which lets requests in with the cookies of the browser.
    PublicSuffixSubdomainsWithEnforcement,
    /// Any host of a scheme is allowed together with credentials.
    AnyHostWithCredentials,
    /// The same under enforcement.
    AnyHostWithEnforcement,
    /// The wildcards inside labels have too many lengths to look up.
    TooManyLabelLengths,
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
    /// `*` stands among other request headers in a rule with credentials.
    AnyHeaderNotAloneWithCredentials,
    /// A response header is one that no script can read: `Set-Cookie` or `Set-Cookie2`.
    ForbiddenResponseHeader,
    /// `*` stands among other response headers.
    ExposeAnyNotAlone,
    /// `*` is exposed together with credentials, where it would mean a header named `*`.
    ExposeAnyWithCredentials,
    /// `accept_lints` has a code that no warning has.
    UnknownLint,
    /// `max_age` is negative or above 86 400 seconds.
    MaxAgeOutOfRange,
    /// `max_age` is more than zero and less than a second, which is the shortest time that can
    /// be told.
    MaxAgeBelowOneSecond,
}

impl PolicyErrorKind {
    /// Every kind but those of origins, for the list of codes.
    #[cfg(all(test, feature = "public-suffix"))]
    pub(crate) const ALL: [Self; 47] = [
        Self::UnknownKey,
        Self::PolicyKeyInRule,
        Self::BesideRules,
        Self::BesidePolicies,
        Self::NoPolicies,
        Self::NestedSettings,
        Self::NotAListOfRules,
        Self::PoliciesNotATable,
        Self::NotAList,
        Self::NotAText,
        Self::NotABool,
        Self::NotSeconds,
        Self::VariableNotSet,
        Self::VariableNotUnicode,
        Self::NoRules,
        Self::NoOrigins,
        Self::PredicateBesideAny,
        Self::SeveralPredicateRules,
        Self::PredicateOriginsWithCredentials,
        Self::PredicateOriginsWithEnforcement,
        Self::PredicateVaryWithoutPredicate,
        Self::EnforcedAnyOrigin,
        Self::OwnOriginsNotEnforced,
        Self::AnyOwnOrigin,
        Self::OwnOriginNotOfTheWeb,
        Self::AnyOriginNotAlone,
        Self::AnyOriginWithCredentials,
        Self::InsecureOriginWithCredentials,
        Self::PublicSuffixSubdomainsWithCredentials,
        Self::PublicSuffixSubdomainsWithEnforcement,
        Self::AnyHostWithCredentials,
        Self::AnyHostWithEnforcement,
        Self::TooManyLabelLengths,
        Self::InvalidMethod,
        Self::ForbiddenMethod,
        Self::AnyMethodNotAlone,
        Self::InvalidHeaderName,
        Self::ForbiddenRequestHeader,
        Self::CorsHeader,
        Self::AnyHeaderNotAlone,
        Self::AnyHeaderNotAloneWithCredentials,
        Self::ForbiddenResponseHeader,
        Self::ExposeAnyNotAlone,
        Self::ExposeAnyWithCredentials,
        Self::UnknownLint,
        Self::MaxAgeOutOfRange,
        Self::MaxAgeBelowOneSecond,
    ];

    /// The code of a diagnostic about this.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Pattern(kind) => kind.code(),
            Self::UnknownKey => "unknown-setting",
            Self::PolicyKeyInRule => "policy-setting-in-rule",
            Self::BesideRules => "setting-beside-rules",
            Self::BesidePolicies => "setting-beside-policies",
            Self::NoPolicies => "policies-missing",
            Self::NestedSettings => "settings-nested",
            Self::NotAListOfRules => "rules-not-a-list",
            Self::PoliciesNotATable => "policies-not-a-table",
            Self::NotAList => "setting-not-a-list",
            Self::NotAText => "element-not-a-text",
            Self::NotABool => "setting-not-a-boolean",
            Self::NotSeconds => "max-age-not-a-number",
            Self::VariableNotSet => "variable-not-set",
            Self::VariableNotUnicode => "variable-not-unicode",
            Self::NoRules | Self::NoOrigins => "origins-missing",
            Self::PredicateBesideAny => "predicate-beside-any-origin",
            Self::SeveralPredicateRules => "predicate-in-several-rules",
            Self::PredicateOriginsWithCredentials => "predicate-with-credentials",
            Self::PredicateOriginsWithEnforcement => "predicate-with-enforcement",
            Self::PredicateVaryWithoutPredicate => "predicate-vary-without-predicate",
            Self::EnforcedAnyOrigin => "any-origin-enforced",
            Self::OwnOriginsNotEnforced => "own-origins-not-enforced",
            Self::AnyOwnOrigin => "any-own-origin",
            Self::OwnOriginNotOfTheWeb => "own-origin-not-of-the-web",
            Self::AnyOriginNotAlone => "any-origin-not-alone",
            Self::AnyOriginWithCredentials => "any-origin-with-credentials",
            Self::InsecureOriginWithCredentials => "insecure-origin-with-credentials",
            Self::PublicSuffixSubdomainsWithCredentials => "public-suffix-with-credentials",
            Self::PublicSuffixSubdomainsWithEnforcement => "public-suffix-with-enforcement",
            Self::AnyHostWithCredentials => "any-host-with-credentials",
            Self::AnyHostWithEnforcement => "any-host-with-enforcement",
            Self::TooManyLabelLengths => "too-many-wildcard-lengths",
            Self::InvalidMethod => "method-invalid",
            Self::ForbiddenMethod => "method-forbidden",
            Self::AnyMethodNotAlone => "any-method-not-alone",
            Self::InvalidHeaderName => "header-invalid",
            Self::ForbiddenRequestHeader => "request-header-forbidden",
            Self::CorsHeader => "header-of-cors",
            Self::AnyHeaderNotAlone => "any-header-not-alone",
            Self::AnyHeaderNotAloneWithCredentials => "any-header-not-alone-with-credentials",
            Self::ForbiddenResponseHeader => "response-header-forbidden",
            Self::ExposeAnyNotAlone => "expose-any-not-alone",
            Self::ExposeAnyWithCredentials => "expose-any-with-credentials",
            Self::UnknownLint => "unknown-lint",
            Self::MaxAgeOutOfRange => "max-age-out-of-range",
            Self::MaxAgeBelowOneSecond => "max-age-below-one-second",
        }
    }

    /// Returns whether an element is wrong because a list was written as one text.
    #[cfg(feature = "serde")]
    pub(crate) const fn is_of_list_as_text(self) -> bool {
        matches!(
            self,
            Self::Pattern(
                PatternErrorKind::SeveralOrigins
                    | PatternErrorKind::Quotes
                    | PatternErrorKind::Brackets
            )
        )
    }

    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::UnknownKey => "unknown setting",
            Self::PolicyKeyInRule => "this setting belongs to the policy, not to one of its rules",
            Self::BesideRules => {
                "in a policy with a list of rules, this setting stands inside them"
            }
            Self::BesidePolicies => "in a file with named policies, settings stand inside them",
            Self::NoPolicies => "the file has no policy",
            Self::NestedSettings => "a policy has no settings below this key",
            Self::NotAListOfRules => "rules is a list, with a table of settings for each rule",
            Self::PoliciesNotATable => "policies is a table, with a name for each policy",
            Self::NotAList => "this setting is a list of texts",
            Self::NotAText => "the elements of this list are texts",
            Self::NotABool => "this setting is true or false",
            Self::NotSeconds => "this setting is a whole number of seconds",
            Self::VariableNotSet => "the environment variable is not set, or is empty",
            Self::VariableNotUnicode => "the value of the environment variable is not Unicode",
            Self::NoRules | Self::NoOrigins => {
                "no origin is allowed, so that no page could use the service"
            }
            Self::Pattern(kind) => kind.reason(),
            Self::PredicateBesideAny => {
                "\"*\" allows every origin, so that the application would never be asked"
            }
            Self::SeveralPredicateRules => {
                "another rule already leaves its origins to the application, which is asked once"
            }
            Self::PredicateOriginsWithCredentials => {
                "whatever origin the application lets through by mistake can act with the user's credentials"
            }
            Self::PredicateOriginsWithEnforcement => {
                "enforcement lets requests in with the user's cookies, whatever origin the application lets through by mistake"
            }
            Self::PredicateVaryWithoutPredicate => {
                "all origins of this rule are listed, so that no header decides on them"
            }
            Self::EnforcedAnyOrigin => {
                "\"*\" allows every origin, so that no request would be kept from the service"
            }
            Self::OwnOriginsNotEnforced => {
                "without enforce_origins, no request is kept from the service, whatever its host"
            }
            Self::AnyOwnOrigin => {
                "\"*\" makes every name that leads to the service its own, so that none would be foreign"
            }
            Self::OwnOriginNotOfTheWeb => "a service is reached over http or https",
            Self::AnyOriginNotAlone => "\"*\" already allows every origin",
            Self::AnyOriginWithCredentials => {
                "with credentials, every website could act as the user who visits it, and browsers refuse it"
            }
            Self::InsecureOriginWithCredentials => {
                "without https, whoever controls the network can change the page and act with its user's credentials"
            }
            #[cfg(feature = "public-suffix")]
            Self::PublicSuffixSubdomainsWithCredentials => {
                "strangers can register subdomains there, and act with the user's credentials"
            }
            #[cfg(feature = "public-suffix")]
            Self::PublicSuffixSubdomainsWithEnforcement => {
                "strangers can register subdomains there, and enforcement lets their requests in with the user's cookies"
            }
            #[cfg(not(feature = "public-suffix"))]
            Self::PublicSuffixSubdomainsWithCredentials
            | Self::PublicSuffixSubdomainsWithEnforcement => {
                "without the feature public-suffix, it is not known whether strangers can register subdomains there"
            }
            Self::AnyHostWithCredentials => {
                "every extension or application with this scheme can act with the user's credentials"
            }
            Self::AnyHostWithEnforcement => {
                "enforcement lets the requests of every extension or application with this scheme in with the user's cookies"
            }
            Self::TooManyLabelLengths => {
                "for one scheme, domain and port, the parts before and after the \"*\" have at most 8 pairs of lengths"
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
            Self::AnyHeaderNotAloneWithCredentials => {
                "with credentials, \"*\" already allows every header, \"authorization\" included"
            }
            Self::AnyHeaderNotAlone => "\"*\" already allows every header but \"authorization\"",
            Self::ForbiddenResponseHeader => "browsers let no script read this header",
            Self::ExposeAnyNotAlone => "\"*\" already exposes every header",
            Self::ExposeAnyWithCredentials => {
                "with credentials, browsers take \"*\" for a header of that name"
            }
            Self::UnknownLint => "no warning that can be accepted has this code",
            Self::MaxAgeOutOfRange => {
                "browsers keep the answer to a preflight for 0 to 86400 seconds"
            }
            Self::MaxAgeBelowOneSecond => {
                "browsers are told whole seconds, and 0 means not to keep the answer at all"
            }
        }
    }

    /// What to do where no suggestion can be made.
    pub(crate) const fn help(self) -> &'static str {
        match self {
            Self::PolicyKeyInRule => "move it to the top of the policy",
            Self::BesideRules => "move it into one of the rules",
            Self::BesidePolicies => "move it into one of the policies",
            Self::NestedSettings => "move them to its top level",
            Self::NotAList => "write texts between quotes, and brackets around them",
            Self::NotAText => "write it between quotes",
            Self::NotABool => "write true or false",
            Self::NotSeconds => "write a number such as 600",
            Self::VariableNotSet | Self::VariableNotUnicode => {
                "set it to origins separated by commas"
            }
            Self::UnknownKey => {
                "remove it; the settings are allow_origins, allow_origins_by_predicate, predicate_vary, allow_credentials, allow_methods, allow_headers, expose_headers and max_age, and at the top of a file also rules, policies, enforce_origins, own_origins and accept_lints"
            }
            // These are written in the format of the file.
            Self::NoRules
            | Self::NoOrigins
            | Self::NoPolicies
            | Self::NotAListOfRules
            | Self::PoliciesNotATable => "",
            Self::Pattern(kind) => kind.help(),
            Self::PredicateBesideAny => "remove it, or list the origins instead of \"*\"",
            Self::SeveralPredicateRules => "let the application decide for one rule",
            Self::PredicateOriginsWithCredentials => {
                "list the origins, or set dangerously_allow_predicate_origins_with_credentials to true"
            }
            Self::PredicateOriginsWithEnforcement => {
                "list the origins, or set dangerously_allow_predicate_origins_with_credentials to true, which covers enforcement"
            }
            Self::PredicateVaryWithoutPredicate => {
                "remove it, or set allow_origins_by_predicate to true"
            }
            Self::EnforcedAnyOrigin => "remove it, or list the origins instead of \"*\"",
            Self::OwnOriginsNotEnforced => "set enforce_origins to true, or remove own_origins",
            Self::AnyOwnOrigin => {
                "list the origins at which the service is reached, such as \"https://bank.example\""
            }
            Self::OwnOriginNotOfTheWeb => "write an origin such as \"https://bank.example\"",
            Self::AnyOriginNotAlone => {
                "remove the other origins, or give them a rule of their own before this one"
            }
            Self::AnyOriginWithCredentials => {
                "list the origins; or, if pages send a bearer token and no cookies, remove allow_credentials and list \"authorization\" in allow_headers"
            }
            Self::InsecureOriginWithCredentials => {
                "use https, or set dangerously_allow_insecure_origins_with_credentials to true in a rule of its own"
            }
            #[cfg(feature = "public-suffix")]
            Self::PublicSuffixSubdomainsWithCredentials => {
                "list the origins, or set dangerously_allow_public_suffix_subdomains_with_credentials to true"
            }
            #[cfg(not(feature = "public-suffix"))]
            Self::PublicSuffixSubdomainsWithCredentials => {
                "list the origins, enable the feature, or set dangerously_allow_public_suffix_subdomains_with_credentials to true"
            }
            #[cfg(feature = "public-suffix")]
            Self::PublicSuffixSubdomainsWithEnforcement => {
                "list the origins, or set dangerously_allow_public_suffix_subdomains_with_credentials to true, which covers enforcement"
            }
            #[cfg(not(feature = "public-suffix"))]
            Self::PublicSuffixSubdomainsWithEnforcement => {
                "list the origins, enable the feature, or set dangerously_allow_public_suffix_subdomains_with_credentials to true, which covers enforcement"
            }
            Self::AnyHostWithCredentials => {
                "list the origins, or set dangerously_allow_any_host_origins_with_credentials to true"
            }
            Self::AnyHostWithEnforcement => {
                "list the origins, or set dangerously_allow_any_host_origins_with_credentials to true, which covers enforcement"
            }
            Self::TooManyLabelLengths => {
                "write parts that are as long as those of another pattern, or list the origins"
            }
            Self::InvalidMethod => "write a method such as \"PUT\"",
            Self::InvalidHeaderName => "write a name such as \"x-request-id\"",
            Self::ForbiddenMethod
            | Self::ForbiddenRequestHeader
            | Self::CorsHeader
            | Self::ForbiddenResponseHeader => "remove it",
            Self::AnyMethodNotAlone
            | Self::ExposeAnyNotAlone
            | Self::AnyHeaderNotAloneWithCredentials => "remove the others",
            Self::AnyHeaderNotAlone => "remove the others, except \"authorization\" if it is meant",
            Self::ExposeAnyWithCredentials => "list the headers, or remove allow_credentials",
            Self::UnknownLint => "write the code that the warning has, such as \"covered-origin\"",
            Self::MaxAgeOutOfRange => "write 0 to have none kept, or remove the setting",
            Self::MaxAgeBelowOneSecond => "write a second or more, or zero",
        }
    }
}
