//! A layer that asks the application about origins.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use cors_core::OriginPredicate;
use cors_core::adapter::{Decision, Engine};
use http::request::Parts;
use http::{HeaderValue, Request, Response};
use pin_project_lite::pin_project;
use tower_layer::{Layer, Stack};
use tower_service::Service;

use crate::body::AnyBodyLayer;
use crate::future::ResponseFuture;

/// A [`CorsLayer`](crate::CorsLayer) that asks the application about origins; see
/// [`CorsLayer::origin_predicate`](crate::CorsLayer::origin_predicate).
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until a service is wrapped in it"]
pub struct AskingCorsLayer {
    engine: Engine<HeaderValue>,
    origins: OriginPredicate<Parts>,
}

impl AskingCorsLayer {
    pub(crate) const fn new(engine: Engine<HeaderValue>, origins: OriginPredicate<Parts>) -> Self {
        Self { engine, origins }
    }

    /// As [`CorsLayer::any_body`](crate::CorsLayer::any_body).
    #[must_use]
    pub fn any_body(self) -> Stack<AnyBodyLayer, Self> {
        Stack::new(AnyBodyLayer, self)
    }

    /// Wraps a finished service, such as a whole `Router`: outermost, whatever the order of calls.
    #[must_use]
    pub fn wrap<S>(self, inner: S) -> AskingCors<S> {
        AskingCors { inner, engine: self.engine, origins: self.origins }
    }
}

impl<S> Layer<S> for AskingCorsLayer {
    type Service = AskingCors<S>;

    fn layer(&self, inner: S) -> AskingCors<S> {
        self.clone().wrap(inner)
    }
}

/// A service under a policy that leaves origins to the application; see [`AskingCorsLayer`].
///
/// The service is cloned for each request that has to ask, as it is called only then.
#[derive(Clone, Debug)]
pub struct AskingCors<S> {
    inner: S,
    engine: Engine<HeaderValue>,
    origins: OriginPredicate<Parts>,
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for AskingCors<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone + Send + 'static,
    S::Future: Send,
    ReqBody: Send + 'static,
    ResBody: Default + Send + 'static,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = AskingFuture<S::Future, ResBody, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        let state = match self.engine.decide(&request) {
            Decision::Ask(question) => {
                let (parts, body) = request.into_parts();
                let asking = self.origins.ask(question, &parts);
                // The service that is ready is the one to call.
                let later = self.inner.clone();
                let mut inner = std::mem::replace(&mut self.inner, later);
                let future = Box::pin(async move {
                    let decision = asking.await;
                    let request = Request::from_parts(parts, body);
                    ResponseFuture::new(decision, &mut inner, request).await
                });
                State::Asked { future }
            }
            decision => {
                let future = ResponseFuture::new(decision, &mut self.inner, request);
                State::Decided { future }
            }
        };
        AskingFuture { state }
    }
}

pin_project! {
    /// The response of [`AskingCors`].
    pub struct AskingFuture<F, B, E> {
        #[pin]
        state: State<F, B, E>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, B, E> {
        Decided { #[pin] future: ResponseFuture<F, B> },
        Asked { future: BoxFuture<B, E> },
    }
}

type BoxFuture<B, E> = Pin<Box<dyn Future<Output = Result<Response<B>, E>> + Send>>;

impl<F, B, E> Future for AskingFuture<F, B, E>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match self.project().state.project() {
            StateProjection::Decided { future } => future.poll(cx),
            StateProjection::Asked { future } => future.as_mut().poll(cx),
        }
    }
}

impl<F, B, E> fmt::Debug for AskingFuture<F, B, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AskingFuture").finish_non_exhaustive()
    }
}
