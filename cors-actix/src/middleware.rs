use std::future::{Ready, ready};

use actix_web::Error;
use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::HeaderValue;
use cors_core::{CompiledPolicy, Decision, Policy};

use crate::CorsFuture;
use crate::headers::RequestHeaders;

/// Applies a [`Policy`] to an `App`, a `Scope` or a `Resource`. It is `Send` and `Sync`, so that
/// all workers share one; cloning it counts a reference.
#[derive(Clone, Debug)]
#[must_use = "a middleware does nothing until something is wrapped in it"]
pub struct Cors {
    policy: CompiledPolicy<HeaderValue>,
}

impl Cors {
    /// A middleware that answers by this policy.
    pub fn new(policy: Policy) -> Self {
        Self { policy: policy.compile() }
    }
}

impl<S, B> Transform<S, ServiceRequest> for Cors
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = CorsMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<CorsMiddleware<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(CorsMiddleware { inner, policy: self.policy.clone() }))
    }
}

/// A service under a [`Policy`]; see [`Cors`].
#[derive(Debug)]
pub struct CorsMiddleware<S> {
    inner: S,
    policy: CompiledPolicy<HeaderValue>,
}

impl<S, B> Service<ServiceRequest> for CorsMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = CorsFuture<S::Future, B>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        match self.policy.decide(request.method().as_str(), &RequestHeaders(request.headers())) {
            Decision::Forward(headers) => CorsFuture::forward(self.inner.call(request), headers),
            Decision::Respond(headers) => CorsFuture::respond(request, headers),
        }
    }
}
