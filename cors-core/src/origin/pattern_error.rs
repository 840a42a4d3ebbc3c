/// What is wrong with an origin pattern.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum PatternErrorKind {
    /// The text is empty.
    Empty,
    /// `null`, however written: not one origin but every page that has none.
    Null,
    /// `file:`: pages from files have no origin to allow.
    File,
    /// `data:`: pages from such URLs have no origin to allow.
    Data,
    /// A URL that has no origin of its own, such as `javascript:`.
    WithoutOrigin,
    /// A word of other settings for the service's own pages, such as `self`.
    OwnPages,
    /// A URL behind a prefix that is not part of its origin, such as `blob:`.
    UrlPrefix,
    /// A name that a template, a shell or an extension's manifest should have replaced.
    Placeholder,
    /// A wildcard stands for every host of a scheme of the web, as in `https://*`.
    EveryHost,
    /// The addresses of a network, as in `http://192.168.*`.
    Network,
    /// Quotes around the origin.
    Quotes,
    /// Brackets around the origin.
    Brackets,
    /// Spaces or commas: more than one origin, or padding around one.
    SeveralOrigins,
    /// The text is a regular expression, which patterns are not.
    RegularExpression,
    /// There is no `scheme://`.
    MissingScheme,
    /// The scheme is not a scheme.
    InvalidScheme,
    /// The scheme is nearly one that pages have, such as `https` or `chrome-extension`.
    MisspeltScheme,
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
    /// Upper-case letters in a scheme or a domain, which browsers never send.
    UpperCase,
    /// Characters outside ASCII, which browsers send in Punycode.
    NotAscii,
    /// Two dots follow each other, or the host begins with a dot.
    EmptyLabel,
    /// A host behind a `*.` ends with a dot.
    TrailingDotUnderWildcard,
    /// A label of the host has more than 63 characters.
    LabelTooLong,
    /// The host has more than 253 characters, not counting a trailing dot.
    HostTooLong,
    /// The host has a character that hosts, or those of patterns, cannot have.
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
    /// A `?` stands for a character of the host.
    QuestionMark,
    /// A `*.` stands before an IP address.
    WildcardOverIp,
    /// A `*` stands for a part of a label in Punycode, as in `xn--*`.
    WildcardInPunycode,
    /// A label directly below a public suffix does not end in a part that begins with `-`.
    WildcardBelowSuffix,
}

impl PatternErrorKind {
    /// Every kind, for the list of codes.
    #[cfg(all(test, feature = "public-suffix"))]
    pub(crate) const ALL: [Self; 38] = [
        Self::Empty,
        Self::Null,
        Self::File,
        Self::Data,
        Self::WithoutOrigin,
        Self::OwnPages,
        Self::UrlPrefix,
        Self::Placeholder,
        Self::EveryHost,
        Self::Network,
        Self::Quotes,
        Self::Brackets,
        Self::SeveralOrigins,
        Self::RegularExpression,
        Self::MissingScheme,
        Self::InvalidScheme,
        Self::MisspeltScheme,
        Self::SchemeTooLong,
        Self::MissingHost,
        Self::UserInfo,
        Self::Path,
        Self::Query,
        Self::Fragment,
        Self::UpperCase,
        Self::NotAscii,
        Self::EmptyLabel,
        Self::TrailingDotUnderWildcard,
        Self::LabelTooLong,
        Self::HostTooLong,
        Self::InvalidHost,
        Self::InvalidIp,
        Self::DefaultPort,
        Self::InvalidPort,
        Self::Wildcard,
        Self::QuestionMark,
        Self::WildcardOverIp,
        Self::WildcardInPunycode,
        Self::WildcardBelowSuffix,
    ];

    /// The code of a diagnostic about this.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Empty => "origin-missing",
            Self::Null => "origin-null",
            Self::File => "origin-of-file",
            Self::Data => "origin-of-data-url",
            Self::WithoutOrigin => "origin-of-url-without",
            Self::OwnPages => "origin-of-own-pages",
            Self::UrlPrefix => "origin-behind-prefix",
            Self::Placeholder => "origin-has-placeholder",
            Self::EveryHost => "origin-of-every-host",
            Self::Network => "origin-of-network",
            Self::Quotes => "origin-has-quotes",
            Self::Brackets => "origin-has-brackets",
            Self::SeveralOrigins => "origins-in-one-element",
            Self::RegularExpression => "origin-is-regex",
            Self::MissingScheme => "origin-scheme-missing",
            Self::InvalidScheme => "origin-scheme-invalid",
            Self::MisspeltScheme => "origin-scheme-misspelt",
            Self::SchemeTooLong => "origin-scheme-too-long",
            Self::MissingHost => "origin-host-missing",
            Self::UserInfo => "origin-has-user",
            Self::Path => "origin-has-path",
            Self::Query => "origin-has-query",
            Self::Fragment => "origin-has-fragment",
            Self::UpperCase => "origin-has-upper-case",
            Self::NotAscii => "origin-not-ascii",
            Self::EmptyLabel => "origin-label-empty",
            Self::TrailingDotUnderWildcard => "origin-wildcard-with-trailing-dot",
            Self::LabelTooLong => "origin-label-too-long",
            Self::HostTooLong => "origin-host-too-long",
            Self::InvalidHost => "origin-host-invalid",
            Self::InvalidIp => "origin-ip-invalid",
            Self::DefaultPort => "origin-has-default-port",
            Self::InvalidPort => "origin-port-invalid",
            Self::Wildcard => "origin-wildcard-misplaced",
            Self::QuestionMark => "origin-has-question-mark",
            Self::WildcardOverIp => "origin-wildcard-over-ip",
            Self::WildcardInPunycode => "origin-wildcard-in-punycode",
            Self::WildcardBelowSuffix => "origin-wildcard-below-public-suffix",
        }
    }

    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Empty => "an origin is missing",
            Self::Null => {
                "\"null\" is what sandboxed frames, local files and redirected requests of every site send"
            }
            Self::File => "pages from files send \"null\", which pages of every site can",
            Self::Data => "pages from data: URLs send \"null\", which pages of every site can",
            Self::WithoutOrigin => "such URLs have no origin of their own",
            Self::OwnPages => "this is not an origin, and the service's own pages need no entry",
            Self::UrlPrefix => "a prefix such as \"blob:\" is not part of an origin",
            Self::Placeholder => "the value contains a placeholder, which nothing replaces here",
            Self::EveryHost => "a pattern cannot stand for every website",
            Self::Network => "a pattern cannot stand for a network of addresses",
            Self::Quotes => "an origin contains no quotes",
            Self::Brackets => "an origin has no brackets around it",
            Self::SeveralOrigins => "an origin contains no spaces, commas or semicolons",
            Self::RegularExpression => "a pattern is not a regular expression",
            Self::MissingScheme => "an origin starts with a scheme and \"://\"",
            Self::InvalidScheme => {
                "a scheme is a letter followed by letters, digits, \"+\", \"-\" and \".\""
            }
            Self::MisspeltScheme => "unknown scheme",
            Self::SchemeTooLong => "a scheme has at most 64 characters",
            Self::MissingHost => "an origin has a host",
            Self::UserInfo => "an origin has no user name and no password",
            Self::Path => "an origin has no path",
            Self::Query => "an origin has no query",
            Self::Fragment => "an origin has no fragment",
            Self::UpperCase => "browsers send origins in lower case",
            Self::NotAscii => "browsers send host names in Punycode",
            Self::EmptyLabel => "each label of a host has at least one character",
            Self::TrailingDotUnderWildcard => "a wildcard covers no host with a trailing dot",
            Self::LabelTooLong => "a label of a host has at most 63 characters",
            Self::HostTooLong => "a host has at most 253 characters",
            Self::InvalidHost => {
                "the host has other characters than lower-case letters, digits, \"-\", \"_\" and \".\""
            }
            Self::InvalidIp => "the host looks like an IP address, but not as browsers write it",
            Self::DefaultPort => "browsers leave out the default port of a scheme",
            Self::InvalidPort => "a port is a number from 1 to 65535 without leading zeros",
            Self::Wildcard => {
                "in an origin, \"*\" stands only for all labels before a domain, for one part of the first label if a domain follows, or for a port"
            }
            Self::QuestionMark => "\"?\" is no wildcard",
            Self::WildcardOverIp => "an IP address has no subdomains",
            Self::WildcardInPunycode => {
                "a label that begins with \"xn--\" is Punycode, of which no part can be left out"
            }
            Self::WildcardBelowSuffix => {
                "directly below a public suffix, strangers choose how their names begin"
            }
        }
    }

    /// What to do where no suggestion can be made.
    pub(crate) const fn help(self) -> &'static str {
        match self {
            Self::Empty
            | Self::MissingHost
            | Self::InvalidScheme
            | Self::MisspeltScheme
            | Self::SchemeTooLong => "write an origin such as \"https://example.com\"",
            Self::Null => {
                "remove it; to share public data with everyone, allow \"*\" without credentials"
            }
            Self::File => {
                "serve the page over http from this machine and allow \"http://localhost:*\""
            }
            Self::WithoutOrigin => "remove it, and list the origins of your pages",
            Self::OwnPages => {
                "list the origins of the pages elsewhere, such as \"https://example.com\""
            }
            Self::UrlPrefix => "write the origin after it, such as \"https://example.com\"",
            Self::Data => "remove it, and serve the page from an origin",
            Self::Placeholder => {
                "write the value that it stands for, such as \"https://example.com\""
            }
            Self::EveryHost => {
                "list the origins, write \"*\" alone to share public data with every website, or set allow_origins_by_predicate to true and let the application decide"
            }
            Self::Network => {
                "list the addresses, or set allow_origins_by_predicate to true and give the middleware OriginPredicate::predicate(|origin, _| origin.is_private())"
            }
            Self::Quotes | Self::Brackets => "remove them",
            Self::SeveralOrigins => "write each origin as an element of its own",
            Self::MissingScheme => "write it as in \"https://example.com\"",
            Self::NotAscii => {
                "write the form with \"xn--\" that location.origin has in the browser's console"
            }
            Self::EmptyLabel => {
                "remove the extra dot, or write \"https://*.example.com\" for subdomains"
            }
            Self::TrailingDotUnderWildcard => "remove the dot at the end",
            Self::InvalidPort => {
                "write such a number, list an origin for each of several ports, or write \"*\" for any port"
            }
            Self::WildcardOverIp => "remove \"*.\"",
            Self::WildcardInPunycode => "list the origins",
            Self::WildcardBelowSuffix => {
                "write a part after the \"*\" that begins with \"-\", as in \"https://*-team.vercel.app\", or list the origins"
            }
            Self::Wildcard => {
                "list the origins, or set allow_origins_by_predicate to true and let the application decide"
            }
            Self::RegularExpression | Self::QuestionMark => {
                "list the origins; a host can begin with \"*.\", as in \"https://*.example.com\", its first label can have a \"*\", as in \"https://pr-*.example.com\", and a port can be \"*\"; for anything else, set allow_origins_by_predicate to true and let the application decide"
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
