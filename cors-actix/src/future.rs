use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use actix_web::{Error, HttpResponse};
use cors_core::adapter::Decision;
use pin_project_lite::pin_project;

use crate::headers::ResponseHeaders;

type Decided = cors_core::adapter::ResponseHeaders<HeaderValue>;

pin_project! {
    /// The response of [`CorsMiddleware`](crate::CorsMiddleware).
    pub struct CorsFuture<F, B> {
        #[pin]
        state: State<F, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, B> {
        Forward { #[pin] future: F, headers: Decided },
        // The response is made later, as it is large to move.
        Respond { status: u16, headers: Decided, request: Option<ServiceRequest> },
        Ask { future: BoxFuture<B> },
    }
}

type BoxFuture<B> = Pin<Box<dyn Future<Output = Result<ServiceResponse<EitherBody<B>>, Error>>>>;

impl<F, B> CorsFuture<F, B> {
    pub(crate) const fn forward(future: F, headers: Decided) -> Self {
        Self { state: State::Forward { future, headers } }
    }

    pub(crate) const fn respond(status: u16, headers: Decided, request: ServiceRequest) -> Self {
        Self { state: State::Respond { status, headers, request: Some(request) } }
    }

    /// Carries out the decision that an application was asked for.
    pub(crate) fn decided(
        decision: Decision<HeaderValue>,
        inner: &impl Service<ServiceRequest, Future = F>,
        request: ServiceRequest,
    ) -> Self {
        match decision {
            Decision::Forward(headers) => Self::forward(inner.call(request), headers),
            Decision::Respond { status, headers } => Self::respond(status, headers, request),
            Decision::Ask(question) => Self::decided(question.refuse(), inner, request),
        }
    }

    pub(crate) fn ask(
        future: impl Future<Output = Result<ServiceResponse<EitherBody<B>>, Error>> + 'static,
    ) -> Self {
        Self { state: State::Ask { future: Box::pin(future) } }
    }
}

impl<F, B> Future for CorsFuture<F, B>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    #[inline(always)]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            // The response is changed where it is: it is large to move.
            StateProjection::Forward { future, headers } => {
                let mut poll = future.poll(cx);
                match &mut poll {
                    Poll::Ready(Ok(response)) => headers.apply(&mut headers_of(response)),
                    Poll::Ready(Err(error)) => map_response(error, headers.clone()),
                    Poll::Pending => {}
                }
                poll.map_ok(ServiceResponse::map_into_left_body)
            }
            StateProjection::Respond { status, headers, request } => match request.take() {
                Some(request) => Poll::Ready(Ok(respond(*status, headers, request))),
                // Polled after its end, which futures must not be.
                None => Poll::Pending,
            },
            StateProjection::Ask { future } => future.as_mut().poll(cx),
        }
    }
}

impl<F, B> fmt::Debug for CorsFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CorsFuture").finish_non_exhaustive()
    }
}

fn headers_of<B>(response: &mut ServiceResponse<B>) -> ResponseHeaders<'_> {
    ResponseHeaders(response.headers_mut())
}

#[inline(never)]
fn respond<B>(
    status: u16,
    headers: &Decided,
    request: ServiceRequest,
) -> ServiceResponse<EitherBody<B>> {
    let mut response = HttpResponse::new(StatusCode::from_u16(status).unwrap_or_default());
    headers.apply(&mut ResponseHeaders(response.headers_mut()));
    request.into_response(response).map_into_right_body()
}

/// A middleware's error becomes a response only later, and perhaps more than once.
#[inline(never)]
fn map_response(error: &mut Error, headers: Decided) {
    error.add_response_mapper(move |mut response| {
        headers.apply(&mut ResponseHeaders(response.headers_mut()));
        response
    });
}
