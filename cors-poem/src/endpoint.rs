use cors_core::{CompiledPolicy, Decision, Policy};
use poem::http::{HeaderValue, StatusCode};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

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

    async fn call(&self, request: Request) -> Result<Response> {
        match self.policy.decide(request.method().as_str(), request.headers()) {
            Decision::Forward(headers) => {
                // An error is rendered here: as an error it could carry no headers.
                let mut response = self.inner.get_response(request).await;
                headers.apply(response.headers_mut());
                Ok(response)
            }
            Decision::Respond(headers) => {
                let status = StatusCode::from_u16(headers.status()).unwrap_or_default();
                let mut response = status.into_response();
                headers.apply(response.headers_mut());
                Ok(response)
            }
        }
    }
}
