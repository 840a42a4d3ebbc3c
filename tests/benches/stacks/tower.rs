use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use cors_axum::CorsLayer;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::Full;
use tower::{Layer, Service, service_fn};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin};

use super::floor::{ByText, Floor, Strict};
use super::scenario::{Allows, EXPOSED, HEADERS, MAX_AGE, METHODS, is_subdomain};
use super::{Middleware, Scenario, Use, apart, finish};

type Body = Full<Bytes>;

async fn handler(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    let mut response = Response::new(Full::from("hello"));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    Ok(response)
}

pub(super) fn run(middleware: Middleware, scenario: &Scenario, with: &mut Use<'_>) {
    match middleware {
        Middleware::None => drive(service_fn(handler), scenario, with),
        Middleware::Floor => drive(FloorService(service_fn(handler), ByText), scenario, with),
        Middleware::Strict => drive(FloorService(service_fn(handler), Strict), scenario, with),
        Middleware::Ours | Middleware::Handle => {
            let layer = CorsLayer::new(scenario.deployment(middleware));
            drive(layer.layer(service_fn(handler)), scenario, with);
        }
        Middleware::Peer => {
            drive(apart(|| peer(scenario)).layer(service_fn(handler)), scenario, with)
        }
    }
}

fn drive<S>(mut service: S, scenario: &Scenario, with: &mut Use<'_>)
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
{
    let request = scenario.requests();
    with(&mut || {
        finish(service.call(request()));
    });
}

pub(super) fn peer(scenario: &Scenario) -> tower_http::cors::CorsLayer {
    let layer = tower_http::cors::CorsLayer::new()
        .allow_credentials(true)
        .expose_headers([HeaderName::from_static(EXPOSED)])
        .max_age(Duration::from_secs(MAX_AGE.into()));
    let layer = if scenario.allows == Allows::Subdomains {
        layer.allow_origin(AllowOrigin::predicate(|origin, _| is_subdomain(origin.as_bytes())))
    } else {
        let origins = scenario.origins().into_iter();
        let origins = origins.map(|origin| HeaderValue::try_from(origin).expect("a value"));
        layer.allow_origin(origins.collect::<Vec<_>>())
    };
    if scenario.mirrors() {
        layer
            .allow_methods(AllowMethods::mirror_request())
            .allow_headers(AllowHeaders::mirror_request())
    } else {
        layer
            .allow_methods(METHODS.map(|method| method.parse::<Method>().expect("a method")))
            .allow_headers(HEADERS.map(HeaderName::from_static))
    }
}

/// Inserts constant headers, without a policy.
#[derive(Clone)]
pub(super) struct FloorService<S, F>(pub(super) S, pub(super) F);

impl<S, F, R, B: Default> Service<Request<R>> for FloorService<S, F>
where
    S: Service<Request<R>, Response = Response<B>>,
    F: Floor<HeaderMap, Value = HeaderValue>,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = FloorFuture<S::Future, F, B>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<R>) -> Self::Future {
        let floor = self.1;
        let origin = floor.origin(request.headers());
        let is_preflight =
            request.method() == Method::OPTIONS && floor.asks_for_a_method(request.headers());
        if is_preflight && let Some(origin) = origin {
            let mut response = Response::new(B::default());
            *response.status_mut() = StatusCode::NO_CONTENT;
            floor.preflight(response.headers_mut(), origin);
            return FloorFuture::Preflight { response: ready(response) };
        }
        FloorFuture::Actual { future: self.0.call(request), floor, origin: Some(origin) }
    }
}

pin_project_lite::pin_project! {
    #[project = FloorProjection]
    pub(super) enum FloorFuture<S, F, B> {
        Actual { #[pin] future: S, floor: F, origin: Option<Option<HeaderValue>> },
        Preflight { #[pin] response: Ready<Response<B>> },
    }
}

impl<S, F, B, E> Future for FloorFuture<S, F, B>
where
    S: Future<Output = Result<Response<B>, E>>,
    F: Floor<HeaderMap, Value = HeaderValue>,
{
    type Output = Result<Response<B>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            FloorProjection::Actual { future, floor, origin } => {
                let mut response = std::task::ready!(future.poll(cx))?;
                floor.actual(response.headers_mut(), origin.take().flatten());
                Poll::Ready(Ok(response))
            }
            FloorProjection::Preflight { response } => response.poll(cx).map(Ok),
        }
    }
}
