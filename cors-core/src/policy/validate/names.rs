//! Checks of methods and header names.

use crate::http::{fetch, text};
use crate::policy::error_kind::PolicyErrorKind as Kind;

/// What the names in a list are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NameKind {
    Method,
    RequestHeader,
    ExposedHeader,
    /// A header by which the application decides on origins.
    VaryingHeader,
}

impl NameKind {
    /// Returns the normal form of a name.
    pub(super) fn check(self, name: &str) -> Result<String, Kind> {
        let is_token = fetch::is_token(name.as_bytes());
        if self == Self::Method {
            return match name {
                _ if !is_token => Err(Kind::InvalidMethod),
                _ if fetch::is_forbidden_method(name.as_bytes()) => Err(Kind::ForbiddenMethod),
                _ => Ok(fetch::normalize_method(name).into()),
            };
        }
        if !is_token {
            return Err(Kind::InvalidHeaderName);
        }
        let name = text::to_lower_case(name);
        match (self, name.as_str()) {
            (_, name) if name.starts_with("access-control-") => Err(Kind::CorsHeader),
            (Self::RequestHeader, name) if fetch::is_forbidden_request_header(name) => {
                Err(Kind::ForbiddenRequestHeader)
            }
            (Self::ExposedHeader | Self::VaryingHeader, "origin") => Err(Kind::CorsHeader),
            (Self::ExposedHeader, name) if fetch::is_forbidden_response_header(name) => {
                Err(Kind::ForbiddenResponseHeader)
            }
            (Self::VaryingHeader, "*") => Err(Kind::InvalidHeaderName),
            _ => Ok(name),
        }
    }
}
