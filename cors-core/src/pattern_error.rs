use std::error::Error;
use std::fmt;

use crate::suggestion;

/// Why a text is not an [`OriginPattern`](crate::OriginPattern), and what to write instead.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PatternError {
    kind: PatternErrorKind,
    suggestion: Option<Box<str>>,
}

/// What is wrong with an origin pattern.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum PatternErrorKind {
    /// The text is empty.
    Empty,
    /// `null`: not one origin but every page that has none.
    Null,
    /// `file:`: pages from files have no origin to allow.
    File,
    /// Quotes around the origin.
    Quotes,
    /// Spaces or commas: more than one origin, or padding around one.
    SeveralOrigins,
    /// The text is a regular expression, which patterns are not.
    RegularExpression,
    /// There is no `scheme://`.
    MissingScheme,
    /// The scheme is not a scheme.
    InvalidScheme,
    /// The scheme has more than 64 characters.
    SchemeTooLong,
    /// There is nothing between `://` and the port or the end.
    MissingHost,
    /// There is a user name or a password.
    UserInfo,
    /// There is a path, if only a trailing slash.
    Path,
    /// There is a query.
    Query,
    /// There is a fragment.
    Fragment,
    /// Upper-case letters, which browsers never send.
    UpperCase,
    /// Characters outside ASCII, which browsers send in Punycode.
    NotAscii,
    /// Two dots follow each other, or the host begins or ends with one.
    EmptyLabel,
    /// A label of the host has more than 63 characters.
    LabelTooLong,
    /// The host has more than 253 characters.
    HostTooLong,
    /// The host has a character that is neither a letter, a digit, `-`, `_` nor `.`.
    InvalidHost,
    /// The host is no IP address, though it ends in a number or has brackets, or it is one that
    /// browsers write in another form.
    InvalidIp,
    /// The port is the default of the scheme, which browsers leave out.
    DefaultPort,
    /// The port is not a number from 1 to 65535 without leading zeros.
    InvalidPort,
    /// A `*` stands where it has no meaning.
    Wildcard,
    /// A `*.` stands before an IP address.
    WildcardOverIp,
}

impl PatternError {
    pub(crate) fn new(kind: PatternErrorKind, text: &str) -> Self {
        let suggestion = if suggestion::origins(text).is_some() {
            // One of them would leave out the others.
            None
        } else {
            suggestion::origin(text).filter(|suggestion| suggestion != text)
        };
        Self { kind, suggestion: suggestion.map(Into::into) }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> PatternErrorKind {
        self.kind
    }

    /// A valid pattern that is likely meant.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

impl Error for PatternError {}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; ", self.kind.reason())?;
        match &self.suggestion {
            Some(suggestion) => write!(f, "write {suggestion:?}"),
            None => f.write_str(self.kind.cure()),
        }
    }
}

impl PatternErrorKind {
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Empty => "an origin is missing",
            Self::Null => {
                "\"null\" is what sandboxed frames, local files and redirected requests of every site send"
            }
            Self::File => "pages from files send \"null\", which pages of every site can",
            Self::Quotes => "an origin contains no quotes",
            Self::SeveralOrigins => "an origin contains no spaces, commas or semicolons",
            Self::RegularExpression => "a pattern is not a regular expression",
            Self::MissingScheme => "an origin starts with a scheme and \"://\"",
            Self::InvalidScheme => {
                "a scheme is a letter followed by letters, digits, \"+\", \"-\" and \".\""
            }
            Self::SchemeTooLong => "a scheme has at most 64 characters",
            Self::MissingHost => "an origin has a host",
            Self::UserInfo => "an origin has no user name and no password",
            Self::Path => "an origin has no path",
            Self::Query => "an origin has no query",
            Self::Fragment => "an origin has no fragment",
            Self::UpperCase => "browsers send origins in lower case",
            Self::NotAscii => "browsers send host names in Punycode",
            Self::EmptyLabel => "each label of a host has at least one character",
            Self::LabelTooLong => "a label of a host has at most 63 characters",
            Self::HostTooLong => "a host has at most 253 characters",
            Self::InvalidHost => "a host has only letters, digits, \"-\", \"_\" and \".\"",
            Self::InvalidIp => "the host looks like an IP address, but not as browsers write it",
            Self::DefaultPort => "browsers leave out the default port of a scheme",
            Self::InvalidPort => "a port is a number from 1 to 65535 without leading zeros",
            Self::Wildcard => {
                "\"*\" stands for leading labels, a port or everything, never for a part of them"
            }
            Self::WildcardOverIp => "an IP address has no subdomains",
        }
    }

    /// What to do where no suggestion can be made.
    pub(crate) const fn cure(self) -> &'static str {
        match self {
            Self::Empty | Self::MissingHost | Self::InvalidScheme | Self::SchemeTooLong => {
                "write an origin such as \"https://example.com\""
            }
            Self::Null => {
                "remove it; to share public data with everyone, allow \"*\" without credentials"
            }
            Self::File => {
                "serve the page over http from this machine and allow \"http://localhost:*\""
            }
            Self::Quotes => "remove them",
            Self::SeveralOrigins => "write each origin as an element of its own",
            Self::MissingScheme => {
                "write it as in \"https://example.com\", or \"*\" alone for every origin"
            }
            Self::NotAscii => {
                "write the form with \"xn--\" that location.origin has in the browser's console"
            }
            Self::EmptyLabel => {
                "remove the extra dot, or write \"https://*.example.com\" for subdomains"
            }
            Self::InvalidPort => "write such a number, or \"*\" for any port",
            Self::WildcardOverIp => "remove \"*.\"",
            Self::RegularExpression | Self::Wildcard => {
                "write \"https://example.com\", \"https://*.example.com\", \"http://localhost:*\" or \"*\" alone"
            }
            Self::UserInfo
            | Self::Path
            | Self::Query
            | Self::Fragment
            | Self::UpperCase
            | Self::LabelTooLong
            | Self::HostTooLong
            | Self::InvalidHost
            | Self::InvalidIp
            | Self::DefaultPort => "write what location.origin is in the browser's console",
        }
    }
}
