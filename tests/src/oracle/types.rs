use serde::Deserialize;
use url::Url;

use super::{HeaderList, PreflightFailure};

/// The origin of the page that makes a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Page {
    /// A serialized origin, such as `https://app.example`.
    Tuple(Vec<u8>),
    /// A sandboxed frame, a `data:` document and the like.
    Opaque,
}

/// A request's [mode](https://fetch.spec.whatwg.org/#concept-request-mode).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// What `fetch` and `XMLHttpRequest` use.
    #[default]
    Cors,
    /// What images and scripts use.
    NoCors,
    /// Fails for other origins.
    SameOrigin,
}

/// A request's [credentials mode](https://fetch.spec.whatwg.org/#concept-request-credentials-mode).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Credentials {
    /// Never.
    Omit,
    /// For the page's own origin.
    #[default]
    SameOrigin,
    /// Always.
    Include,
}

/// A request's [redirect mode](https://fetch.spec.whatwg.org/#concept-request-redirect-mode).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum RedirectMode {
    /// Redirects are followed.
    #[default]
    Follow,
    /// A redirect fails.
    Error,
    /// A redirect is given to the script, unreadable.
    Manual,
}

/// A request's body.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Body {
    /// None.
    #[default]
    None,
    /// One that can be sent again, with the type that its kind gives it.
    Known(Option<Vec<u8>>),
    /// A stream.
    Stream,
}

/// A [referrer policy](https://w3c.github.io/webappsec-referrer-policy/#referrer-policies), of
/// which `Origin` depends in modes other than `cors`.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are the standard's")]
pub enum ReferrerPolicy {
    NoReferrer,
    NoReferrerWhenDowngrade,
    StrictOrigin,
    #[default]
    StrictOriginWhenCrossOrigin,
    SameOrigin,
    Origin,
    OriginWhenCrossOrigin,
    UnsafeUrl,
}

/// What a page asks its browser for.
#[derive(Clone, Debug)]
pub struct FetchRequest {
    /// Who asks.
    pub page: Page,
    /// What for.
    pub url: Url,
    /// As the script writes it.
    pub method: Vec<u8>,
    /// As the script writes them.
    pub headers: HeaderList,
    /// The body.
    pub body: Body,
    /// The mode.
    pub mode: Mode,
    /// The credentials mode.
    pub credentials: Credentials,
    /// The redirect mode.
    pub redirect: RedirectMode,
    /// The referrer policy.
    pub referrer_policy: ReferrerPolicy,
    /// Whether an `XMLHttpRequest` has listeners for the progress of its upload.
    pub upload_listener: bool,
    /// The [unsafe-request flag](https://fetch.spec.whatwg.org/#unsafe-request-flag): set for
    /// `fetch` and `XMLHttpRequest`, not for `EventSource` and elements.
    pub unsafe_request: bool,
}

impl FetchRequest {
    /// What `fetch(url)` asks for.
    #[must_use]
    pub fn new(page: Page, url: Url) -> Self {
        Self {
            page,
            url,
            method: b"GET".into(),
            headers: HeaderList::default(),
            body: Body::default(),
            mode: Mode::default(),
            credentials: Credentials::default(),
            redirect: RedirectMode::default(),
            referrer_policy: ReferrerPolicy::default(),
            upload_listener: false,
            unsafe_request: true,
        }
    }
}

/// What goes over the network.
#[derive(Clone, Debug)]
pub struct HttpRequest {
    /// `OPTIONS` for a preflight.
    pub method: Vec<u8>,
    /// Where to.
    pub url: Url,
    /// All headers that have a part in CORS.
    pub headers: HeaderList,
    /// Whether cookies go along.
    pub with_credentials: bool,
    /// Whether it is a preflight.
    pub is_preflight: bool,
}

/// What comes back.
#[derive(Clone, Debug)]
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// The lines as HTTP delivers them: no whitespace around a value.
    pub headers: HeaderList,
}

/// How a fetch ended, and how it came to that.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// How it ended.
    pub outcome: Outcome,
    /// What was sent, in order, preflights included.
    pub sent: Vec<HttpRequest>,
}

impl Verdict {
    /// Whether the script can read the response.
    #[must_use]
    pub const fn is_readable(&self) -> bool {
        matches!(
            self.outcome,
            Outcome::Response { kind: ResponseKind::Basic | ResponseKind::Cors, .. }
        )
    }

    /// Whether there was a preflight.
    #[must_use]
    pub fn has_preflight(&self) -> bool {
        self.sent.iter().any(|request| request.is_preflight)
    }
}

/// How a fetch ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// With a `TypeError` before anything was sent.
    Throws,
    /// With an error that the script cannot look into.
    NetworkError(NetworkError),
    /// With a response.
    Response {
        /// How much of it the script can read.
        kind: ResponseKind,
        /// The status that the script reads.
        status: u16,
        /// The headers that the script reads.
        headers: HeaderList,
    },
}

/// What caused a [network error](https://fetch.spec.whatwg.org/#concept-network-error).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum NetworkError {
    /// A request to another origin in mode `same-origin`.
    SameOriginMode,
    /// A request in mode `no-cors` with a redirect mode other than `follow`.
    NoCorsRedirectMode,
    /// A URL that is not http or https.
    Scheme,
    /// A failed preflight.
    Preflight(PreflightFailure),
    /// A response that failed the CORS check.
    CorsCheck,
    /// A redirect that cannot be followed.
    Redirect,
}

/// A response's [type](https://fetch.spec.whatwg.org/#concept-response-type).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ResponseKind {
    /// From the page's own origin.
    Basic,
    /// From another origin, which allowed it.
    Cors,
    /// Unreadable.
    Opaque,
    /// An unreadable redirect.
    OpaqueRedirect,
}
