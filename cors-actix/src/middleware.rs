use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::Error;
use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::HeaderValue;
use actix_web::http::uri::Authority;
use cors_core::adapter::{Decision, Engine, Request};
use cors_core::{Deployment, RunTimeOrigins};

use crate::CorsFuture;
use crate::headers::RequestHeaders;

/// Applies a [`Policy`](cors_core::Policy) to an `App`, a `Scope` or a `Resource`. It is `Send` and `Sync`, so that
/// all workers share one; cloning it counts a reference.
#[derive(Clone, Debug)]
#[must_use = "a middleware does nothing until something is wrapped in it"]
pub struct Cors {
    engine: Engine<HeaderValue>,
    origins: RunTimeOrigins<ServiceRequest>,
}

impl Cors {
    /// A middleware that answers by a [`Policy`](cors_core::Policy), or by the one that a `PolicyHandle` has.
    pub fn new(deployment: impl Into<Deployment>) -> Self {
        Self { engine: deployment.into().compile(), origins: RunTimeOrigins::default() }
    }

    /// Sets who decides on origins that the policy leaves to the application.
    pub fn run_time_origins(self, origins: RunTimeOrigins<ServiceRequest>) -> Self {
        Self { origins, ..self }
    }
}

impl<S, B> Transform<S, ServiceRequest> for Cors
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = CorsMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<CorsMiddleware<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        let Self { engine, origins } = self.clone();
        ready(Ok(CorsMiddleware { inner: Rc::new(inner), engine, origins }))
    }
}

/// A service under a [`Policy`](cors_core::Policy); see [`Cors`].
#[derive(Debug)]
pub struct CorsMiddleware<S> {
    inner: Rc<S>,
    engine: Engine<HeaderValue>,
    origins: RunTimeOrigins<ServiceRequest>,
}

impl<S, B> Service<ServiceRequest> for CorsMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = CorsFuture<S::Future, B>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let headers = RequestHeaders(request.headers());
        match self.engine.decide(parts_of(&request, &headers)) {
            Decision::Ask(question) => {
                let asking = self.origins.ask(question, &request);
                let inner = self.inner.clone();
                CorsFuture::ask(async move {
                    let decision = asking.await;
                    CorsFuture::decided(decision, &*inner, request).await
                })
            }
            decision => CorsFuture::decided(decision, &*self.inner, request),
        }
    }
}

#[inline(always)]
fn parts_of<'r>(
    request: &'r ServiceRequest,
    headers: &'r RequestHeaders<'r>,
) -> Request<'r, RequestHeaders<'r>> {
    let uri = request.uri();
    let parts = Request {
        method: request.method().as_str(),
        scheme: uri.scheme_str(),
        authority: uri.authority().map(Authority::as_str),
        headers,
    };
    // Not what `connection_info` says, which reads headers that anybody can send.
    parts.over_tls(request.app_config().secure())
}
