use cors_core::{CompiledPolicy, Decision, Policy};
use poem::http::HeaderValue;
use poem::{Endpoint, Middleware, Request, Response, Result};

use crate::future::CorsFuture;

/// Applies a [`Policy`] to an endpoint. Cloning it counts a reference.
#[derive(Clone, Debug)]
#[must_use = "a middleware does nothing until an endpoint is wrapped in it"]
pub struct Cors {
    policy: CompiledPolicy<HeaderValue>,
}

impl Cors {
    /// A middleware that answers by this policy.
    pub fn new(policy: Policy) -> Self {
        Self { policy: policy.compile() }
    }
}

impl<E: Endpoint> Middleware<E> for Cors {
    type Output = CorsEndpoint<E>;

    fn transform(&self, inner: E) -> CorsEndpoint<E> {
        CorsEndpoint { inner, policy: self.policy.clone() }
    }
}

/// An endpoint under a [`Policy`]; see [`Cors`].
#[derive(Clone, Debug)]
pub struct CorsEndpoint<E> {
    inner: E,
    policy: CompiledPolicy<HeaderValue>,
}

impl<E: Endpoint> Endpoint for CorsEndpoint<E> {
    type Output = Response;

    fn call(&self, request: Request) -> impl Future<Output = Result<Response>> + Send {
        match self.policy.decide(request.method().as_str(), request.headers()) {
            Decision::Forward(headers) => CorsFuture::forward(self.inner.call(request), headers),
            Decision::Respond(headers) => CorsFuture::respond(headers),
        }
    }
}
