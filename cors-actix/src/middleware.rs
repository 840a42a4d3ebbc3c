use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::Error;
use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::HeaderValue;
use actix_web::http::uri::Authority;
use cors_core::adapter::{Decision, Engine, Request};
use cors_core::{Deployment, OriginPredicate};

use crate::CorsFuture;
use crate::headers::RequestHeaders;

/// Applies a [`Policy`](cors_core::Policy) to an `App`, a `Scope` or a `Resource`. It is `Send` and `Sync`, so that
/// all workers share one; cloning it counts a reference.
#[derive(Clone, Debug)]
#[must_use = "a middleware does nothing until something is wrapped in it"]
pub struct Cors {
    engine: Engine<HeaderValue>,
    origins: OriginPredicate<ServiceRequest>,
}

impl Cors {
    /// A middleware that answers by a [`Policy`](cors_core::Policy), or by the one that a `PolicyHandle` has.
    ///
    /// ```
    /// use cors_actix::{Cors, Policy};
    ///
    /// let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
    /// let cors = Cors::new(policy);
    /// # Ok::<(), cors_actix::PolicyErrors>(())
    /// ```
    pub fn new(policy: impl Into<Deployment>) -> Self {
        Self { engine: policy.into().compile(), origins: OriginPredicate::default() }
    }

    /// Sets who decides on origins that the policy leaves to the application.
    ///
    /// ```
    /// use cors_actix::{Cors, OriginPredicate, Policy};
    ///
    /// let policy = Policy::builder().allow_origins_by_predicate(true).build()?;
    /// let tenants = OriginPredicate::predicate(|origin, _request| {
    ///     origin.host().ends_with(".tenants.example")
    /// });
    /// let cors = Cors::new(policy).origin_predicate(tenants);
    /// # Ok::<(), cors_actix::PolicyErrors>(())
    /// ```
    pub fn origin_predicate(self, origins: OriginPredicate<ServiceRequest>) -> Self {
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
    origins: OriginPredicate<ServiceRequest>,
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
        let parts = Parts { request: &request, headers: RequestHeaders(request.headers()) };
        match self.engine.decide(&parts) {
            Decision::Forward(headers) => CorsFuture::forward(self.inner.call(request), headers),
            Decision::Respond { status, headers } => CorsFuture::respond(status, headers, request),
            Decision::Ask(question) => {
                let asking = self.origins.ask(question, &request);
                let inner = self.inner.clone();
                CorsFuture::ask(
                    async move { CorsFuture::decided(asking.await, &*inner, request).await },
                )
            }
        }
    }
}

/// What the core reads of a request.
struct Parts<'r> {
    request: &'r ServiceRequest,
    headers: RequestHeaders<'r>,
}

impl<'r> Request for Parts<'r> {
    type Headers = RequestHeaders<'r>;

    #[inline]
    fn method(&self) -> &str {
        self.request.method().as_str()
    }

    #[inline]
    fn headers(&self) -> &RequestHeaders<'r> {
        &self.headers
    }

    #[inline]
    fn scheme(&self) -> Option<&str> {
        // Not what `connection_info` says, which reads headers that anybody can send.
        let is_tls = self.request.app_config().secure();
        if is_tls { Some("https") } else { self.request.uri().scheme_str() }
    }

    #[inline]
    fn authority(&self) -> Option<&str> {
        self.request.uri().authority().map(Authority::as_str)
    }
}
