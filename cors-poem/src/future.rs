use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use cors_core::adapter::{Decision, ResponseHeaders};
use pin_project_lite::pin_project;
use poem::http::{HeaderValue, StatusCode};
use poem::{Error, IntoResponse, Response, Result};

pin_project! {
    /// The response of [`CorsEndpoint`](crate::CorsEndpoint). An `async fn` would be several times
    /// as large, as it keeps the request twice, and poem boxes it for each route.
    #[project = CorsFutureProjection]
    pub(crate) enum CorsFuture<'a, F> {
        Forward { #[pin] future: F, headers: ResponseHeaders<HeaderValue> },
        Respond { #[pin] response: Ready<Result<Response>> },
        Ask { future: Pin<Box<dyn Future<Output = Result<Response>> + Send + 'a>> },
    }
}

impl<'a, F> CorsFuture<'a, F> {
    pub(crate) fn respond(status: u16, headers: &ResponseHeaders<HeaderValue>) -> Self {
        let mut response = StatusCode::from_u16(status).unwrap_or_default().into_response();
        headers.apply(response.headers_mut());
        Self::Respond { response: ready(Ok(response)) }
    }

    /// Carries out the decision that an application was asked for; `call` calls the endpoint.
    pub(crate) fn decided(decision: Decision<HeaderValue>, call: impl FnOnce() -> F) -> Self {
        match decision {
            Decision::Forward(headers) => Self::Forward { future: call(), headers },
            Decision::Respond { status, headers } => Self::respond(status, &headers),
            Decision::Ask(question) => Self::decided(question.refuse(), call),
        }
    }

    pub(crate) fn ask(future: impl Future<Output = Result<Response>> + Send + 'a) -> Self {
        Self::Ask { future: Box::pin(future) }
    }
}

impl<F, T> Future for CorsFuture<'_, F>
where
    F: Future<Output = Result<T>>,
    T: IntoResponse,
{
    type Output = Result<Response>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Response>> {
        match self.project() {
            CorsFutureProjection::Forward { future, headers } => future.poll(cx).map(|result| {
                // An error is rendered here: as an error it could carry no headers.
                let mut response =
                    result.map_or_else(Error::into_response, IntoResponse::into_response);
                headers.apply(response.headers_mut());
                Ok(response)
            }),
            CorsFutureProjection::Respond { response } => response.poll(cx),
            CorsFutureProjection::Ask { future } => future.as_mut().poll(cx),
        }
    }
}
