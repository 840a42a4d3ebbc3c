//! The future of a response.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use cors_core::adapter::{Decision, Question, ResponseHeaders};
use http::{HeaderValue, Response, StatusCode};
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

impl<F, B: Default> ResponseFuture<F, B> {
    /// Carries a decision out.
    #[inline(always)]
    pub(crate) fn new<R>(
        decision: Decision<HeaderValue>,
        inner: &mut impl Service<R, Future = F>,
        request: R,
    ) -> Self {
        let state = match decision {
            Decision::Forward(headers) => State::Forward { future: inner.call(request), headers },
            Decision::Respond { status, headers } => {
                State::Respond { response: ready(respond(status, &headers)) }
            }
            Decision::Ask(question) => return Self::refuse(question, inner, request),
        };
        Self { state }
    }

    /// Refuses an origin, because there is no application to ask.
    #[cold]
    fn refuse<R>(
        question: Question<HeaderValue>,
        inner: &mut impl Service<R, Future = F>,
        request: R,
    ) -> Self {
        Self::new(question.refuse(), inner, request)
    }
}

fn respond<B: Default>(status: u16, headers: &ResponseHeaders<HeaderValue>) -> Response<B> {
    let mut response = Response::new(B::default());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    headers.apply(response.headers_mut());
    response
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
                    headers.apply(response.headers_mut());
                }
                poll
            }
            StateProjection::Respond { response } => response.poll(cx).map(Ok),
        }
    }
}
