use cors_core::{Decision, Deployed, Deployment};
use poem::http::HeaderValue;
use poem::{Endpoint, Middleware, Request, Response, Result};

use crate::future::CorsFuture;

/// Applies a [`Policy`](cors_core::Policy) to an endpoint. Cloning it counts a reference.
#[derive(Clone, Debug)]
#[must_use = "a middleware does nothing until an endpoint is wrapped in it"]
pub struct Cors {
    deployed: Deployed<HeaderValue>,
}

impl Cors {
    /// A middleware that answers by a [`Policy`](cors_core::Policy), or by the one that a `PolicyHandle` has.
    pub fn new(deployment: impl Into<Deployment>) -> Self {
        Self { deployed: deployment.into().compile() }
    }
}

impl<E: Endpoint> Middleware<E> for Cors {
    type Output = CorsEndpoint<E>;

    fn transform(&self, inner: E) -> CorsEndpoint<E> {
        CorsEndpoint { inner, deployed: self.deployed.clone() }
    }
}

/// An endpoint under a [`Policy`](cors_core::Policy); see [`Cors`].
#[derive(Clone, Debug)]
pub struct CorsEndpoint<E> {
    inner: E,
    deployed: Deployed<HeaderValue>,
}

impl<E: Endpoint> Endpoint for CorsEndpoint<E> {
    type Output = Response;

    fn call(&self, request: Request) -> impl Future<Output = Result<Response>> + Send {
        match self.deployed.decide(request.method().as_str(), request.headers()) {
            Decision::Forward(headers) => CorsFuture::forward(self.inner.call(request), headers),
            Decision::Respond(headers) => CorsFuture::respond(headers),
        }
    }
}
