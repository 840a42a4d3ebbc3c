use std::error::Error;
use std::fmt;

use super::write_changes;
use crate::origin::Quoted;
use crate::policy::{Diagnostic, PolicyErrors};

/// Why no change of the policy is proposed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SuggestionError {
    /// Browsers let no script send the request.
    Unsendable,
    /// The page's origin is `null`, which is not one origin.
    OpaqueOrigin,
    /// The page's origin is `null`, every origin is allowed, and the script asks for credentials.
    OpaqueOriginWithCredentials,
    /// No page has such an origin.
    InvalidOrigin(String),
    /// The request is for a host that is not the service's own.
    ForeignHost,
    /// The page has the host of the service, but not an origin at which the service is reached.
    OwnHost,
    /// The policy leaves this origin to the application.
    ByPredicate {
        /// The changes that the policy needs as well.
        changes: Vec<Diagnostic>,
    },
    /// The method, or a header, is named `*`, which a policy takes for all of them.
    Wildcard,
    /// The script should send the method in upper case.
    MethodCase {
        /// The method as the script sends it.
        method: String,
        /// The method that is meant.
        upper_case: String,
        /// The changes that the policy needs as well.
        changes: Vec<Diagnostic>,
    },
    /// The request has more headers, or a longer method, than a policy allows by `*`.
    TooMuch,
    /// No valid policy lets the request through as it is.
    Invalid {
        /// What would be wrong with a policy that does.
        errors: PolicyErrors,
    },
}

impl Error for SuggestionError {}

impl fmt::Display for SuggestionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsendable => f.write_str(
                "browsers let no script send this method, or a header with this name or value; change the script",
            ),
            Self::OpaqueOrigin => f.write_str(
                "null is what sandboxed frames, local files and redirected requests of every site send, so it cannot be listed; serve the page from an origin, or share with every page, without credentials, by allowing \"*\"",
            ),
            Self::OpaqueOriginWithCredentials => f.write_str(
                "the policy allows every page without credentials, and a page whose origin is null can get no more; leave credentials out of the script",
            ),
            Self::InvalidOrigin(origin) => write!(
                f,
                "no page has the origin {}; write one such as https://app.example.com",
                Quoted(origin)
            ),
            Self::ForeignHost => f.write_str(
                "no own_origins list the host that the request is sent to; if the service is reached there, add its origin to own_origins",
            ),
            Self::OwnHost => f.write_str(
                "the page is at the host of the service, but no own_origins list its origin; serve the page from an origin in own_origins",
            ),
            Self::ByPredicate { changes } => {
                f.write_str(
                    "no rule lists this origin, and allow_origins_by_predicate leaves it to the application; let the application allow it, or list it in allow_origins",
                )?;
                if changes.is_empty() {
                    return Ok(());
                }
                f.write_str("; the policy has to change too\n")?;
                write_changes(changes, f)
            }
            Self::Wildcard => f.write_str(
                "a policy takes * for all methods or headers, not for one of that name; let the script use another",
            ),
            Self::MethodCase { method, upper_case, changes } => {
                write!(
                    f,
                    "methods are case-sensitive, and the script sends {method}; let it send {upper_case}"
                )?;
                if changes.is_empty() {
                    return Ok(());
                }
                f.write_str(", for which the policy has to change too\n")?;
                write_changes(changes, f)
            }
            Self::TooMuch => f.write_str(
                "with credentials, * covers 64 headers of 4096 bytes and a method of 64 bytes; list their names",
            ),
            Self::Invalid { errors } => write!(f, "allowing this alone makes the policy invalid:\n{errors}"),
        }
    }
}
