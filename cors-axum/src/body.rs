//! Responses whose body has no empty default.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

pin_project! {
    /// A response body, or nothing: the answer to a preflight.
    #[derive(Clone, Debug)]
    pub struct CorsBody<B> {
        #[pin]
        inner: Option<B>,
    }
}

/// An empty body.
impl<B> Default for CorsBody<B> {
    fn default() -> Self {
        Self { inner: None }
    }
}

impl<B> From<B> for CorsBody<B> {
    fn from(body: B) -> Self {
        Self { inner: Some(body) }
    }
}

impl<B: Body> Body for CorsBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        match self.project().inner.as_pin_mut() {
            Some(body) => body.poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or(SizeHint::with_exact(0), Body::size_hint)
    }
}

/// Turns the bodies of a service's responses into [`CorsBody`]s, which have an empty default;
/// see [`CorsLayer::any_body`](crate::CorsLayer::any_body).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AnyBodyLayer;

impl<S> Layer<S> for AnyBodyLayer {
    type Service = AnyBody<S>;

    fn layer(&self, inner: S) -> AnyBody<S> {
        AnyBody { inner }
    }
}

/// A service whose response bodies are [`CorsBody`]s; see [`AnyBodyLayer`].
#[derive(Clone, Copy, Debug)]
pub struct AnyBody<S> {
    inner: S,
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for AnyBody<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
{
    type Response = Response<CorsBody<ResBody>>;
    type Error = S::Error;
    type Future = AnyBodyFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        AnyBodyFuture { inner: self.inner.call(request) }
    }
}

pin_project! {
    /// The response of [`AnyBody`].
    #[derive(Debug)]
    pub struct AnyBodyFuture<F> {
        #[pin]
        inner: F,
    }
}

impl<F, B, E> Future for AnyBodyFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<CorsBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(self.project().inner.poll(cx))?;
        Poll::Ready(Ok(response.map(CorsBody::from)))
    }
}
