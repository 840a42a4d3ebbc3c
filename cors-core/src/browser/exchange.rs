use crate::browser::header_lines::HeaderLines;
use crate::browser::url::Url;
use crate::decide::Refusal;

/// A request that a browser sends over the network.
#[derive(Clone, Debug)]
pub struct OutgoingRequest {
    pub(super) method: String,
    pub(super) url: Url,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<Vec<u8>>,
    pub(super) is_preflight: bool,
    pub(super) with_credentials: bool,
}

/// A request that a browser sent, and the response.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub(super) request: OutgoingRequest,
    pub(super) status: Option<u16>,
    pub(super) response: HeaderLines,
    pub(super) refusal: Option<Refusal>,
}

impl OutgoingRequest {
    /// The method: `OPTIONS` for a preflight.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The URL, without a fragment; a path alone if nobody named the service's origin.
    #[must_use]
    pub fn url(&self) -> String {
        self.url.text()
    }

    /// The serialized origin of the URL, such as `https://api.example.com`, if somebody named it.
    #[must_use]
    pub fn origin(&self) -> Option<&str> {
        self.url.origin()
    }

    /// The path and the query.
    #[must_use]
    pub fn target(&self) -> &str {
        self.url.target()
    }

    /// The headers, names in lower case: the script's own, `host`, and those by which the browser tells
    /// the service of the page. Each character of a value stands for one byte. Cookies, and headers that
    /// have no part in CORS, such as `accept-encoding`, are left to whoever sends the request.
    #[must_use]
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The headers in bytes.
    pub fn header_bytes(&self) -> impl Iterator<Item = (&str, Vec<u8>)> {
        let byte = |character| u8::try_from(character).unwrap_or(b'?');
        let bytes = move |value: &str| value.chars().map(byte).collect();
        self.headers.iter().map(move |(name, value)| (name.as_str(), bytes(value)))
    }

    /// Adds what the browser does not record, such as a cookie.
    #[cfg(feature = "testing")]
    pub(crate) fn add_header(&mut self, name: &str, value: String) {
        self.headers.push((name.into(), value));
    }

    /// The body, if the request has one.
    #[must_use]
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// Whether the request is a preflight.
    #[must_use]
    pub const fn is_preflight(&self) -> bool {
        self.is_preflight
    }

    /// Whether the browser sends cookies and the like along.
    #[must_use]
    pub const fn with_credentials(&self) -> bool {
        self.with_credentials
    }
}

impl Exchange {
    /// The request.
    #[must_use]
    pub const fn request(&self) -> &OutgoingRequest {
        &self.request
    }

    /// The method of the request: `OPTIONS` for a preflight.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.request.method
    }

    /// The headers of the request, as [`OutgoingRequest::headers`] has them.
    #[must_use]
    pub fn request_headers(&self) -> &[(String, String)] {
        &self.request.headers
    }

    /// The status of the response; `None` if a policy let the request through, so that the service
    /// decides on the status.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// The headers of the response, names in lower case. If a policy answered, those that it decided on.
    #[must_use]
    pub fn response_headers(&self) -> Vec<(&str, String)> {
        self.response.text()
    }

    /// Why the policy does not allow what the request asks for; `None` if it does, or if no policy was
    /// asked but an application.
    #[must_use]
    pub const fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }
}
