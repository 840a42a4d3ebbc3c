use cors_core::{Deployed, Deployment, RunTimeOrigins};
use poem::http::{HeaderMap, HeaderValue};
use poem::{Endpoint, Middleware, Request, Response, Result};

use crate::future::CorsFuture;

/// Applies a [`Policy`](cors_core::Policy) to an endpoint. Cloning it counts references.
#[derive(Clone, Debug)]
#[must_use = "a middleware does nothing until an endpoint is wrapped in it"]
pub struct Cors {
    deployed: Deployed<HeaderValue>,
    origins: RunTimeOrigins<Request>,
}

impl Cors {
    /// A middleware that answers by a [`Policy`](cors_core::Policy), or by the one that a
    /// `PolicyHandle` has.
    pub fn new(deployment: impl Into<Deployment>) -> Self {
        Self { deployed: deployment.into().compile(), origins: RunTimeOrigins::default() }
    }

    /// Sets who decides on origins that the policy leaves to the application.
    pub fn run_time_origins(self, origins: RunTimeOrigins<Request>) -> Self {
        Self { origins, ..self }
    }
}

impl<E: Endpoint> Middleware<E> for Cors {
    type Output = CorsEndpoint<E>;

    fn transform(&self, inner: E) -> CorsEndpoint<E> {
        let Self { deployed, origins } = self.clone();
        CorsEndpoint { inner, deployed, origins }
    }
}

/// An endpoint under a [`Policy`](cors_core::Policy); see [`Cors`].
#[derive(Clone, Debug)]
pub struct CorsEndpoint<E> {
    inner: E,
    deployed: Deployed<HeaderValue>,
    origins: RunTimeOrigins<Request>,
}

impl<E: Endpoint> Endpoint for CorsEndpoint<E> {
    type Output = Response;

    fn call(&self, request: Request) -> impl Future<Output = Result<Response>> + Send {
        let undecided = match self.deployed.undecided(request.method().as_str(), request.headers())
        {
            Ok(undecided) => undecided,
            // Most requests, for which no decision is moved.
            Err(headers) => {
                let future = self.inner.call(request);
                return CorsFuture::Forward { future, headers: headers.into() };
            }
        };
        match undecided.decide_or_ask(parts_of(&request)) {
            Ok(decision) => CorsFuture::decided(decision, || self.inner.call(request)),
            Err(question) => {
                let asking = self.origins.ask(question, &request);
                CorsFuture::ask(async move {
                    CorsFuture::decided(asking.await, || self.inner.call(request)).await
                })
            }
        }
    }
}

#[inline(always)]
fn parts_of(request: &Request) -> cors_core::Request<'_, HeaderMap> {
    let is_tls = request.scheme().as_str() == "https";
    cors_core::Request::from_parts(request.method(), request.uri(), request.headers())
        .over_tls(is_tls)
}
