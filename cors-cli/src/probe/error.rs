use std::error::Error;
use std::fmt;

/// Why a service cannot be probed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ProbeError {
    /// The URL is not that of a service.
    InvalidUrl {
        /// The URL.
        url: String,
        /// What is wrong, and what to write.
        reason: &'static str,
    },
    /// A path is not one.
    InvalidPath {
        /// The path.
        path: String,
    },
    /// A method is not one that can be sent.
    InvalidMethod {
        /// The method.
        method: String,
    },
    /// A header is not one that can be sent.
    InvalidHeader {
        /// The name.
        name: String,
    },
    /// The service does not answer.
    Unreachable {
        /// The URL of the first request.
        url: String,
        /// Why there is no response.
        error: String,
    },
}

impl Error for ProbeError {}

impl fmt::Display for ProbeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidUrl { url, reason } => write!(f, "{url:?}: {reason}"),
            Self::InvalidPath { path } => {
                write!(f, "{path:?} is not a path; write one such as /items/1, percent-encoded")
            }
            Self::InvalidMethod { method } => {
                write!(f, "{method:?} is not a method that scripts can use; write one such as PUT")
            }
            Self::InvalidHeader { name } => write!(
                f,
                "{name:?} cannot be sent as a header; write a name, a colon and a value in ASCII"
            ),
            Self::Unreachable { url, error } => {
                write!(
                    f,
                    "{url}: no response: {error}; check the address, and that the service runs"
                )
            }
        }
    }
}
