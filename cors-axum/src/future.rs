use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use cors_core::{Decision, ResponseHeaders};
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_service::Service;

pin_project! {
    /// The response of [`Cors`](crate::Cors).
    #[derive(Debug)]
    pub struct ResponseFuture<F, B> {
        #[pin]
        state: State<F, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    #[derive(Debug)]
    enum State<F, B> {
        Forward { #[pin] future: F, headers: ResponseHeaders<HeaderValue> },
        Respond { #[pin] response: Ready<Response<B>> },
    }
}

impl<F, B> ResponseFuture<F, B> {
    #[inline(always)]
    pub(crate) const fn forward(future: F, headers: ResponseHeaders<HeaderValue>) -> Self {
        Self { state: State::Forward { future, headers } }
    }
}

impl<F, B: Default> ResponseFuture<F, B> {
    // Not given a closure that calls the service, which would copy the request once more.
    #[inline]
    pub(crate) fn new<R>(
        decision: Decision<HeaderValue>,
        inner: &mut impl Service<R, Future = F>,
        request: R,
    ) -> Self {
        match decision {
            Decision::Forward(headers) => Self::forward(inner.call(request), headers),
            Decision::Respond { status, headers } => Self::respond(status, &headers),
        }
    }

    #[inline(always)]
    pub(crate) fn respond(status: u16, headers: &ResponseHeaders<HeaderValue>) -> Self {
        Self { state: State::Respond { response: ready(respond(status, headers)) } }
    }
}

fn respond<B: Default>(status: u16, headers: &ResponseHeaders<HeaderValue>) -> Response<B> {
    let mut response = Response::new(B::default());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    apply(headers, response.headers_mut());
    response
}

// Inlined, it would make the compiler copy the response.
#[inline(never)]
fn apply(headers: &ResponseHeaders<HeaderValue>, response: &mut HeaderMap) {
    headers.apply(response);
}

impl<F, B, E> Future for ResponseFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match self.project().state.project() {
            StateProjection::Forward { future, headers } => {
                // The response is changed where it is: it is large to move.
                let mut poll = future.poll(cx);
                if let Poll::Ready(Ok(response)) = &mut poll {
                    apply(headers, response.headers_mut());
                }
                poll
            }
            StateProjection::Respond { response } => response.poll(cx).map(Ok),
        }
    }
}
