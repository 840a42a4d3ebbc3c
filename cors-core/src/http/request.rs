use std::fmt;

use crate::http::{Field, Headers};

/// What a decision reads of a request.
///
/// With the feature `http`, the requests of `http` 1 and their heads implement this. An adapter
/// implements it for its framework's requests. For a request that is not at hand as one of those,
/// there is [`RequestParts`].
pub trait Request {
    /// The framework's own header map.
    type Headers: Headers;

    /// The method, case-sensitive.
    fn method(&self) -> &str;

    /// The headers.
    fn headers(&self) -> &Self::Headers;

    /// The scheme that the request is known to have arrived over: the scheme of the request's
    /// target if the target has one, which over HTTP/2 is `:scheme`, and `https` if the server
    /// terminated TLS itself. `None` if neither is known, as with most requests over HTTP/1.1.
    fn scheme(&self) -> Option<&str>;

    /// The host and port in the request's target, which over HTTP/2 is `:authority`. `None` if the
    /// target is a path alone, as in most requests over HTTP/1.1: then the `Host` header counts.
    fn authority(&self) -> Option<&str>;
}

/// The host and port that a request names: those of its target, or else of `Host`, the first line if
/// there are several. Forwarded headers are not read, because anybody can send them.
pub(crate) fn named_host(request: &impl Request) -> Option<&[u8]> {
    let in_target = request.authority().map(str::as_bytes).filter(|host| !host.is_empty());
    in_target.or_else(|| request.headers().get_all(Field::Host).next().map(AsRef::as_ref))
}

/// A [`Request`] of its parts.
///
/// ```
/// use cors_core::Policy;
/// use cors_core::adapter::RequestParts;
/// use http::{HeaderMap, HeaderValue};
///
/// let policy = Policy::any_origin().build()?.compile::<HeaderValue>();
/// let headers = HeaderMap::new();
/// let decision = policy.decide(&RequestParts::new("GET", &headers));
/// # let _ = decision;
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[expect(clippy::exhaustive_structs, reason = "an adapter learns of a new part from the compiler")]
pub struct RequestParts<'r, H> {
    /// See [`Request::method`].
    pub method: &'r str,
    /// See [`Request::scheme`].
    pub scheme: Option<&'r str>,
    /// See [`Request::authority`].
    pub authority: Option<&'r str>,
    /// See [`Request::headers`].
    pub headers: &'r H,
}

impl<'r, H> RequestParts<'r, H> {
    /// A request whose target is a path alone: neither its scheme nor its authority is known.
    #[must_use]
    pub const fn new(method: &'r str, headers: &'r H) -> Self {
        Self { method, scheme: None, authority: None, headers }
    }
}

impl<H: Headers> Request for RequestParts<'_, H> {
    type Headers = H;

    fn method(&self) -> &str {
        self.method
    }

    fn headers(&self) -> &H {
        self.headers
    }

    fn scheme(&self) -> Option<&str> {
        self.scheme
    }

    fn authority(&self) -> Option<&str> {
        self.authority
    }
}

impl<H> Clone for RequestParts<'_, H> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<H> Copy for RequestParts<'_, H> {}

/// Without the headers, which are often secret.
impl<H> fmt::Debug for RequestParts<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestParts")
            .field("method", &self.method)
            .field("scheme", &self.scheme)
            .field("authority", &self.authority)
            .finish_non_exhaustive()
    }
}
