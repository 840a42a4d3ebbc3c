use std::error::Error;
use std::fmt;

/// Why a request was not allowed what it asked for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// No rule allows the request's origin.
    OriginNotAllowed,
    /// The request has several `Origin` lines, which no browser sends.
    SeveralOrigins,
    /// The browser says that the request comes from another origin, but not from which one. Only
    /// where the policy [enforces](crate::PolicyBuilder::enforce_origins) origins.
    OriginMissing,
    /// The host that the request names is none of the service's own, which the policy knows by
    /// [`own_origins`](crate::PolicyBuilder::own_origins). The answer is
    /// [421](https://httpwg.org/specs/rfc9110.html#status.421).
    Misdirected,
    /// The request has several `Host` lines, which HTTP
    /// [forbids](https://httpwg.org/specs/rfc9112.html#rfc.section.3.2). The answer is 400. Only where
    /// the policy knows the service's [own origins](crate::PolicyBuilder::own_origins).
    SeveralHosts,
    /// A rule leaves this origin to the application, but the adapter was not told how to ask it.
    OriginNotAsked,
    /// The application failed to say whether it allows this origin.
    OriginCheckFailed,
    /// The rule does not allow the method that the preflight asks for.
    MethodNotAllowed,
    /// The method that the preflight asks for is none, or one that no script can use.
    InvalidMethod,
    /// The preflight has several `Access-Control-Request-Method` lines, which no browser sends.
    SeveralMethods,
    /// The rule does not allow one of the headers that the preflight asks for.
    HeaderNotAllowed,
    /// One of the headers that the preflight asks for has a name that is none.
    InvalidHeader,
    /// The preflight asks for more headers than the rule could allow, or pads their list beyond
    /// what any proxy does.
    TooManyHeaders,
}

impl Refusal {
    /// The status of an answer that keeps a request from the service.
    pub(super) const fn status(self) -> u16 {
        match self {
            Self::Misdirected => 421,
            Self::SeveralHosts => 400,
            _ => 403,
        }
    }

    /// A short name that stays the same, such as `origin_not_allowed`: for the label of a metric.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OriginNotAllowed => "origin_not_allowed",
            Self::SeveralOrigins => "several_origins",
            Self::OriginMissing => "origin_missing",
            Self::Misdirected => "misdirected",
            Self::SeveralHosts => "several_hosts",
            Self::OriginNotAsked => "origin_not_asked",
            Self::OriginCheckFailed => "origin_check_failed",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::InvalidMethod => "invalid_method",
            Self::SeveralMethods => "several_methods",
            Self::HeaderNotAllowed => "header_not_allowed",
            Self::InvalidHeader => "invalid_header",
            Self::TooManyHeaders => "too_many_headers",
        }
    }
}

impl Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OriginNotAllowed => "no rule allows this origin",
            Self::SeveralOrigins => "the request has several origins",
            Self::OriginMissing => "the request comes from another origin and does not name it",
            Self::Misdirected => "the request is for a host that own_origins does not list",
            Self::SeveralHosts => "the request names several hosts",
            Self::OriginNotAsked => {
                "a rule leaves this origin to the application, which is not asked; give the adapter its origin_predicate"
            }
            Self::OriginCheckFailed => "the application failed to say whether it allows this origin",
            Self::MethodNotAllowed => "the rule does not allow this method",
            Self::InvalidMethod => "the method asked for is not one that a script can use",
            Self::SeveralMethods => "the preflight asks for several methods",
            Self::HeaderNotAllowed => "the rule does not allow one of the headers asked for",
            Self::InvalidHeader => "one of the headers asked for has an invalid name",
            Self::TooManyHeaders => "the preflight asks for more headers than the rule allows",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn names_are_those_of_the_variants() {
        for refusal in [
            Refusal::OriginNotAllowed,
            Refusal::SeveralOrigins,
            Refusal::OriginMissing,
            Refusal::Misdirected,
            Refusal::SeveralHosts,
            Refusal::OriginNotAsked,
            Refusal::OriginCheckFailed,
            Refusal::MethodNotAllowed,
            Refusal::InvalidMethod,
            Refusal::SeveralMethods,
            Refusal::HeaderNotAllowed,
            Refusal::InvalidHeader,
            Refusal::TooManyHeaders,
        ] {
            let variant = format!("{refusal:?}").to_lowercase();
            assert_eq!(refusal.as_str().replace('_', ""), variant);
            assert!(!refusal.as_str().contains(char::is_uppercase));
        }
    }
}
