use std::fmt;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::body::EitherBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use actix_web::{Error, HttpResponse};
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
    }
}

impl<F, B> CorsFuture<F, B> {
    pub(crate) fn forward(future: F, headers: Decided) -> Self {
        Self { state: State::Forward { future, headers } }
    }

    pub(crate) fn respond(request: ServiceRequest, headers: Decided) -> Self {
        let status = StatusCode::from_u16(headers.status()).unwrap_or_default();
        let mut response = HttpResponse::new(status);
        headers.apply(&mut ResponseHeaders(response.headers_mut()));
        let response = request.into_response(response).map_into_right_body();
        Self { state: State::Respond { response: ready(response) } }
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
