use std::future::{Ready, ready};

use actix_web::Error;
use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::HeaderValue;
use cors_core::{Decision, Deployed, Deployment};

use crate::CorsFuture;
use crate::headers::RequestHeaders;

/// Applies a [`Policy`](cors_core::Policy) to an `App`, a `Scope` or a `Resource`. It is `Send` and `Sync`, so that
/// all workers share one; cloning it counts a reference.
#[derive(Clone, Debug)]
#[must_use = "a middleware does nothing until something is wrapped in it"]
pub struct Cors {
    deployed: Deployed<HeaderValue>,
}

impl Cors {
    /// A middleware that answers by a [`Policy`](cors_core::Policy), or by the one that a `PolicyHandle` has.
    pub fn new(deployment: impl Into<Deployment>) -> Self {
        Self { deployed: deployment.into().compile() }
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
        ready(Ok(CorsMiddleware { inner, deployed: self.deployed.clone() }))
    }
}

/// A service under a [`Policy`](cors_core::Policy); see [`Cors`].
#[derive(Debug)]
pub struct CorsMiddleware<S> {
    inner: S,
    deployed: Deployed<HeaderValue>,
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
        match self.deployed.decide(request.method().as_str(), &RequestHeaders(request.headers())) {
            Decision::Forward(headers) => CorsFuture::forward(self.inner.call(request), headers),
            Decision::Respond(headers) => CorsFuture::respond(request, headers),
        }
    }
}
