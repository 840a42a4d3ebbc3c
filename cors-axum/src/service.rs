use std::task::{Context, Poll};

use cors_core::adapter::Engine;
use cors_core::{Deployment, OriginPredicate};
use http::request::Parts;
use http::{HeaderValue, Request, Response};
use tower_layer::{Layer, Stack};
use tower_service::Service;

use crate::asking::AskingCorsLayer;
use crate::body::AnyBodyLayer;
use crate::future::ResponseFuture;

/// Applies a [`Policy`](cors_core::Policy) to a service. Cloning it, and layering it, counts a reference.
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until a service is wrapped in it"]
pub struct CorsLayer {
    engine: Engine<HeaderValue>,
}

impl CorsLayer {
    /// A layer that answers by a [`Policy`](cors_core::Policy), or by the one that a `PolicyHandle` has.
    ///
    /// ```
    /// use cors_axum::{CorsLayer, Policy};
    ///
    /// let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
    /// let cors = CorsLayer::new(policy);
    /// # Ok::<(), cors_axum::PolicyErrors>(())
    /// ```
    pub fn new(policy: impl Into<Deployment>) -> Self {
        Self { engine: policy.into().compile() }
    }

    /// Wraps a finished service, such as a whole `Router`: outermost, whatever the order of calls.
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// use cors_axum::{CorsLayer, Policy};
    ///
    /// let app: Router = Router::new().route("/", get(|| async { "hello" }));
    /// let app = CorsLayer::new(Policy::permissive()).wrap(app); // a service, for `axum::serve` too
    /// ```
    #[must_use]
    pub fn wrap<S>(self, inner: S) -> Cors<S> {
        Cors { inner, engine: self.engine }
    }

    /// Sets who decides on origins that the policy leaves to the application. The services then
    /// have to be `Clone`, `Send` and `'static`, as all of axum's are.
    ///
    /// ```
    /// use cors_axum::{CorsLayer, OriginPredicate, Policy};
    ///
    /// let policy = Policy::builder().allow_origins_by_predicate(true).build()?;
    /// let tenants = OriginPredicate::predicate(|origin, _request| {
    ///     origin.host().ends_with(".tenants.example")
    /// });
    /// let cors = CorsLayer::new(policy).origin_predicate(tenants);
    /// # Ok::<(), cors_axum::PolicyErrors>(())
    /// ```
    pub fn origin_predicate(self, origins: OriginPredicate<Parts>) -> AskingCorsLayer {
        AskingCorsLayer::new(self.engine, origins)
    }

    /// A layer for services whose response body has no empty default, such as a proxy that
    /// passes on hyper's `Incoming`. Its responses become [`CorsBody`](crate::body::CorsBody)s.
    #[must_use]
    pub fn any_body(self) -> Stack<AnyBodyLayer, Self> {
        Stack::new(AnyBodyLayer, self)
    }
}

impl<S> Layer<S> for CorsLayer {
    type Service = Cors<S>;

    fn layer(&self, inner: S) -> Cors<S> {
        self.clone().wrap(inner)
    }
}

/// A service under a [`Policy`](cors_core::Policy); see [`CorsLayer`].
#[derive(Clone, Debug)]
pub struct Cors<S> {
    inner: S,
    engine: Engine<HeaderValue>,
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for Cors<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: Default,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, ResBody>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let decision = self.engine.decide(&request);
        ResponseFuture::new(decision, &mut self.inner, request)
    }
}
