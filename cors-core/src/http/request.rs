use std::fmt;

/// The parts of a request that a decision depends on.
///
/// ```
/// use cors_core::adapter::Request;
/// use cors_core::Policy;
/// use http::{HeaderMap, HeaderValue};
///
/// let policy = Policy::any_origin().build()?.compile::<HeaderValue>();
/// let headers = HeaderMap::new();
/// let decision = policy.decide(Request::new("GET", &headers));
/// # let _ = decision;
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[expect(clippy::exhaustive_structs, reason = "an adapter learns of a new part from the compiler")]
pub struct Request<'r, H> {
    /// The method, case-sensitive.
    pub method: &'r str,
    /// The scheme that the request is known to have arrived over: the scheme of the request's
    /// target if the target has one, which over HTTP/2 is `:scheme`, and `https` if the server
    /// terminated TLS itself. `None` if neither is known, as with most requests over HTTP/1.1.
    pub scheme: Option<&'r str>,
    /// The host and port in the request's target, which over HTTP/2 is `:authority`. `None` if the
    /// target is a path alone, as in most requests over HTTP/1.1: then the `Host` header counts.
    pub authority: Option<&'r str>,
    /// The headers.
    pub headers: &'r H,
}

impl<'r, H> Request<'r, H> {
    /// A request whose target is a path alone: neither its scheme nor its authority is known.
    #[inline(always)]
    #[must_use]
    pub const fn new(method: &'r str, headers: &'r H) -> Self {
        Self { method, scheme: None, authority: None, headers }
    }

    /// The same request, with the scheme `https` if the server terminated TLS itself. That is known
    /// even if the target is a path alone.
    #[inline(always)]
    #[must_use]
    pub const fn over_tls(self, is_tls: bool) -> Self {
        let scheme = if is_tls { Some("https") } else { self.scheme };
        Self { scheme, ..self }
    }
}

impl<H> Clone for Request<'_, H> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<H> Copy for Request<'_, H> {}

/// Without the headers, which are often secret.
impl<H> fmt::Debug for Request<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("scheme", &self.scheme)
            .field("authority", &self.authority)
            .finish_non_exhaustive()
    }
}
