use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use cors_core::ResponseHeaders;
use pin_project_lite::pin_project;
use poem::http::{HeaderValue, StatusCode};
use poem::{Error, IntoResponse, Response, Result};

pin_project! {
    /// The response of [`CorsEndpoint`](crate::CorsEndpoint). An `async fn` would be several times
    /// as large, as it keeps the request twice, and poem boxes it for each route.
    #[project = CorsFutureProjection]
    pub(crate) enum CorsFuture<F> {
        Forward { #[pin] future: F, headers: ResponseHeaders<HeaderValue> },
        Respond { #[pin] response: Ready<Result<Response>> },
    }
}

impl<F> CorsFuture<F> {
    pub(crate) const fn forward(future: F, headers: ResponseHeaders<HeaderValue>) -> Self {
        Self::Forward { future, headers }
    }

    pub(crate) fn respond(headers: ResponseHeaders<HeaderValue>) -> Self {
        let status = StatusCode::from_u16(headers.status()).unwrap_or_default();
        let mut response = status.into_response();
        headers.apply(response.headers_mut());
        Self::Respond { response: ready(Ok(response)) }
    }
}

impl<F, T> Future for CorsFuture<F>
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
        }
    }
}
