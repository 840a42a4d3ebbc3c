use cors_core::adapter::{self, Decision, Engine};
use cors_core::{Deployment, OriginPredicate};
use poem::http::uri::Authority;
use poem::http::{HeaderMap, HeaderValue};
use poem::{Endpoint, Middleware, Request, Response, Result};

use crate::future::CorsFuture;

/// Applies a [`Policy`](cors_core::Policy) to an endpoint. Cloning it counts references.
#[derive(Clone, Debug)]
#[must_use = "a middleware does nothing until an endpoint is wrapped in it"]
pub struct Cors {
    engine: Engine<HeaderValue>,
    origins: OriginPredicate<Request>,
}

impl Cors {
    /// A middleware that answers by a [`Policy`](cors_core::Policy), or by the one that a
    /// `PolicyHandle` has.
    ///
    /// ```
    /// use cors_poem::{Cors, Policy};
    ///
    /// let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
    /// let cors = Cors::new(policy);
    /// # Ok::<(), cors_poem::PolicyErrors>(())
    /// ```
    pub fn new(policy: impl Into<Deployment>) -> Self {
        Self { engine: policy.into().compile(), origins: OriginPredicate::default() }
    }

    /// Sets who decides on origins that the policy leaves to the application.
    ///
    /// ```
    /// use cors_poem::{Cors, OriginPredicate, Policy};
    ///
    /// let policy = Policy::builder().allow_origins_by_predicate(true).build()?;
    /// let tenants = OriginPredicate::predicate(|origin, _request| {
    ///     origin.host().ends_with(".tenants.example")
    /// });
    /// let cors = Cors::new(policy).origin_predicate(tenants);
    /// # Ok::<(), cors_poem::PolicyErrors>(())
    /// ```
    pub fn origin_predicate(self, origins: OriginPredicate<Request>) -> Self {
        Self { origins, ..self }
    }
}

impl<E: Endpoint> Middleware<E> for Cors {
    type Output = CorsEndpoint<E>;

    fn transform(&self, inner: E) -> CorsEndpoint<E> {
        let Self { engine, origins } = self.clone();
        CorsEndpoint { inner, engine, origins }
    }
}

/// An endpoint under a [`Policy`](cors_core::Policy); see [`Cors`].
#[derive(Clone, Debug)]
pub struct CorsEndpoint<E> {
    inner: E,
    engine: Engine<HeaderValue>,
    origins: OriginPredicate<Request>,
}

impl<E: Endpoint> Endpoint for CorsEndpoint<E> {
    type Output = Response;

    fn call(&self, request: Request) -> impl Future<Output = Result<Response>> + Send {
        match self.engine.decide(&Parts(&request)) {
            Decision::Forward(headers) => {
                CorsFuture::Forward { future: self.inner.call(request), headers }
            }
            Decision::Respond { status, headers } => CorsFuture::respond(status, &headers),
            Decision::Ask(question) => {
                let asking = self.origins.ask(question, &request);
                CorsFuture::ask(async move {
                    CorsFuture::decided(asking.await, || self.inner.call(request)).await
                })
            }
        }
    }
}

/// What the core reads of a request.
struct Parts<'r>(&'r Request);

impl adapter::Request for Parts<'_> {
    type Headers = HeaderMap;

    #[inline]
    fn method(&self) -> &str {
        self.0.method().as_str()
    }

    #[inline]
    fn headers(&self) -> &HeaderMap {
        self.0.headers()
    }

    #[inline]
    fn scheme(&self) -> Option<&str> {
        // The server's own TLS, which the target of a request over HTTP/1.1 does not name.
        let is_tls = self.0.scheme().as_str() == "https";
        if is_tls { Some("https") } else { self.0.uri().scheme_str() }
    }

    #[inline]
    fn authority(&self) -> Option<&str> {
        self.0.uri().authority().map(Authority::as_str)
    }
}
