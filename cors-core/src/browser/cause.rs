use std::fmt;

/// What is probably wrong with an application whose response a script does not get.
///
/// It is found from what the browser sees: which response has no CORS headers, and which has too many.
/// `Display` says what to do about it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Cause {
    /// Something other than the CORS middleware answered the preflight.
    PreflightNotCovered {
        /// The status: 404 or 405 by a router that knows no `OPTIONS` there.
        status: u16,
    },
    /// Authentication, or another guard, answered the preflight.
    PreflightUnauthorized {
        /// The status: 401 or 403.
        status: u16,
    },
    /// The preflight was redirected, and browsers do not follow such a redirect.
    PreflightRedirected {
        /// The URL of the preflight.
        from: String,
        /// The URL that it was redirected to, as far as it can be read.
        to: Option<String>,
    },
    /// A response other than an error does not pass through the CORS middleware.
    ResponseNotCovered {
        /// The status.
        status: u16,
    },
    /// An error response does not pass through the CORS middleware.
    ErrorNotCovered {
        /// The status, 400 or above.
        status: u16,
    },
    /// Somebody besides the CORS middleware adds `Access-Control-Allow-Origin`.
    SeveralAllowOrigins {
        /// The values.
        values: Vec<String>,
    },
    /// The preflight was allowed, and the response has another `Access-Control-Allow-Origin` or none:
    /// something other than the CORS middleware wrote or removed it.
    OverwrittenAllowOrigin {
        /// The value.
        value: Option<String>,
    },
    /// The preflight was allowed with credentials, and the response does not have
    /// `Access-Control-Allow-Credentials: true`.
    AllowCredentialsRemoved,
    /// `Access-Control-Allow-Origin` has one value for every page, which is not this page's origin.
    OtherAllowOrigin {
        /// The value.
        value: String,
    },
    /// The service answers everybody with `*`, and the script asks for credentials.
    AnyOriginWithCredentials,
    /// A redirect led from one foreign origin to another, after which the browser sends the origin `null`.
    OriginLostByRedirect {
        /// The URL that the request was redirected to.
        to: String,
    },
    /// The CORS middleware answered: its policy does not allow this.
    RefusedByPolicy,
    /// Responses differ from page to page, and `Vary` does not say so: a cache gives one page's response
    /// to another.
    VaryRemoved {
        /// The URL.
        url: String,
    },
}

impl Cause {
    /// Whether the CORS middleware stands at the wrong place: mounting it outermost is the cure.
    #[must_use]
    pub const fn is_mounting(&self) -> bool {
        matches!(
            self,
            Self::PreflightNotCovered { .. }
                | Self::PreflightUnauthorized { .. }
                | Self::PreflightRedirected { .. }
                | Self::ResponseNotCovered { .. }
                | Self::ErrorNotCovered { .. }
        )
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PreflightNotCovered { status: status @ (404 | 405) } => write!(
                f,
                "the preflight is answered with {status}, not by the CORS middleware, which does not cover this path; mount it outermost"
            ),
            Self::PreflightNotCovered { status } => write!(
                f,
                "the preflight is answered with {status}, not by the CORS middleware, but by a route that it does not cover or by a layer in front of it; mount it outermost"
            ),
            Self::PreflightUnauthorized { status } => write!(
                f,
                "the preflight is answered with {status} by authentication or another guard in front of the CORS middleware{}; preflights have no credentials, so mount the CORS middleware outermost",
                if *status == 403 { ", or by a policy that allows no origin" } else { "" }
            ),
            Self::PreflightRedirected { from, to } => {
                write!(f, "the preflight to {from} is redirected, which browsers do not follow; ")?;
                match to {
                    Some(to) => write!(f, "let the script use {to}, or ")?,
                    None => f.write_str("let the script use the final URL, or ")?,
                }
                f.write_str("mount the CORS middleware outermost, in front of what redirects")
            }
            Self::ResponseNotCovered { status } => write!(
                f,
                "the response with status {status} has no CORS headers: the CORS middleware does not cover this path; mount it outermost"
            ),
            Self::ErrorNotCovered { status } => write!(
                f,
                "the response with status {status} has no CORS headers: it is made outside of the CORS middleware; mount it outermost, so that errors get headers too"
            ),
            Self::SeveralAllowOrigins { values } => write!(
                f,
                "access-control-allow-origin has {} values ({}): a second CORS layer, a handler or a proxy adds its own; leave one of them",
                values.len(),
                values.join(" and ")
            ),
            Self::OverwrittenAllowOrigin { value: Some(value) } => write!(
                f,
                "the preflight is allowed, but access-control-allow-origin of the response is {value}: a handler, an outer layer or a proxy writes its own; leave the header to the CORS middleware, and mount it outermost"
            ),
            Self::OverwrittenAllowOrigin { value: None } => f.write_str(
                "the preflight is allowed, but the response has no access-control-allow-origin: an outer layer or a proxy removes it, or the response does not pass through the CORS middleware; mount it outermost",
            ),
            Self::AllowCredentialsRemoved => f.write_str(
                "the preflight is allowed with credentials, but the response has no access-control-allow-credentials: true; a handler, an outer layer or a proxy replaces the headers of the CORS middleware; leave them to it, and mount it outermost",
            ),
            Self::OtherAllowOrigin { value } => write!(
                f,
                "access-control-allow-origin is {value} for a page of another origin: the policy allows that origin alone, or a handler or a proxy writes the header; list the page's origin in allow_origins, and leave the header to the CORS middleware"
            ),
            Self::AnyOriginWithCredentials => f.write_str(
                "the service allows every origin by *, which does not count with credentials; list the origins in allow_origins and set allow_credentials, or leave credentials out of the script",
            ),
            Self::OriginLostByRedirect { to } => write!(
                f,
                "a redirect from another origin led to {to}, so the browser sends the origin null; let the script use {to}"
            ),
            Self::RefusedByPolicy => f.write_str(
                "the CORS middleware answers, and its policy does not allow this; `Policy::suggest_changes` and `cors explain` say what to write",
            ),
            Self::VaryRemoved { url } => write!(
                f,
                "responses of {url} differ from page to page, but Vary does not list Origin, so a cache gives one page's response to another; an outer layer or a proxy replaces Vary, and should add to it"
            ),
        }
    }
}
