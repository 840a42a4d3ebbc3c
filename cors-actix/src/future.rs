use std::fmt;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::body::EitherBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use actix_web::{Error, HttpResponse};
use cors_core::Decision;
use pin_project_lite::pin_project;

use crate::headers::ResponseHeaders;

type Decided = cors_core::ResponseHeaders<HeaderValue>;

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
        Respond { #[pin] response: Ready<ServiceResponse<EitherBody<B>>> },
        Ask { future: BoxFuture<B> },
    }
}

type BoxFuture<B> = Pin<Box<dyn Future<Output = Result<ServiceResponse<EitherBody<B>>, Error>>>>;

impl<F, B> CorsFuture<F, B> {
    /// `call` calls the service.
    pub(crate) fn decided(
        decision: Decision<HeaderValue>,
        request: ServiceRequest,
        call: impl FnOnce(ServiceRequest) -> F,
    ) -> Self {
        let state = match decision {
            Decision::Forward(headers) => State::Forward { future: call(request), headers },
            Decision::Respond { status, headers } => {
                let status = StatusCode::from_u16(status).unwrap_or_default();
                let mut response = HttpResponse::new(status);
                headers.apply(&mut ResponseHeaders(response.headers_mut()));
                let response = request.into_response(response).map_into_right_body();
                State::Respond { response: ready(response) }
            }
        };
        Self { state }
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

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Forward { future, headers } => {
                let mut result = ready!(future.poll(cx));
                match &mut result {
                    Ok(response) => headers.apply(&mut ResponseHeaders(response.headers_mut())),
                    Err(error) => map_response(error, headers.clone()),
                }
                Poll::Ready(result.map(ServiceResponse::map_into_left_body))
            }
            StateProjection::Respond { response } => response.poll(cx).map(Ok),
            StateProjection::Ask { future } => future.as_mut().poll(cx),
        }
    }
}

impl<F, B> fmt::Debug for CorsFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CorsFuture").finish_non_exhaustive()
    }
}

/// A middleware's error becomes a response only later, and perhaps more than once.
fn map_response(error: &mut Error, headers: Decided) {
    error.add_response_mapper(move |mut response| {
        headers.apply(&mut ResponseHeaders(response.headers_mut()));
        response
    });
}
