use cors_core::adapter::{self, Decision, Engine};
use cors_core::{Deployment, RunTimeOrigins};
use poem::http::{HeaderMap, HeaderValue};
use poem::{Endpoint, Middleware, Request, Response, Result};

use crate::future::CorsFuture;

/// Applies a [`Policy`](cors_core::Policy) to an endpoint. Cloning it counts references.
#[derive(Clone, Debug)]
#[must_use = "a middleware does nothing until an endpoint is wrapped in it"]
pub struct Cors {
    engine: Engine<HeaderValue>,
    origins: RunTimeOrigins<Request>,
}

impl Cors {
    /// A middleware that answers by a [`Policy`](cors_core::Policy), or by the one that a
    /// `PolicyHandle` has.
    pub fn new(deployment: impl Into<Deployment>) -> Self {
        Self { engine: deployment.into().compile(), origins: RunTimeOrigins::default() }
    }

    /// Sets who decides on origins that the policy leaves to the application.
    pub fn run_time_origins(self, origins: RunTimeOrigins<Request>) -> Self {
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
    origins: RunTimeOrigins<Request>,
}

impl<E: Endpoint> Endpoint for CorsEndpoint<E> {
    type Output = Response;

    fn call(&self, request: Request) -> impl Future<Output = Result<Response>> + Send {
        match self.engine.decide(parts_of(&request)) {
            Decision::Ask(question) => {
                let asking = self.origins.ask(question, &request);
                CorsFuture::ask(async move {
                    CorsFuture::decided(asking.await, || self.inner.call(request)).await
                })
            }
            decision => CorsFuture::decided(decision, || self.inner.call(request)),
        }
    }
}

#[inline(always)]
fn parts_of(request: &Request) -> adapter::Request<'_, HeaderMap> {
    let is_tls = request.scheme().as_str() == "https";
    adapter::Request::from_parts(request.method(), request.uri(), request.headers())
        .over_tls(is_tls)
}
