use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_http::Request;
use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderName, HeaderValue, ORIGIN, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::rt::System;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpResponse, web};
use cors_actix::Cors;

use super::floor::{self, ByText, Floor, Strict};
use super::scenario::{Allows, EXPOSED, HEADERS, MAX_AGE, METHODS, is_subdomain};
use super::{Middleware, Scenario, Use, finish};

async fn handler() -> &'static str {
    "hello"
}

pub(super) fn run(middleware: Middleware, scenario: &Scenario, with: &mut Use<'_>) {
    System::new().block_on(async {
        let app = App::new().route("/", web::route().to(handler));
        match middleware {
            Middleware::None => drive(&init_service(app).await, scenario, with),
            Middleware::Floor => {
                drive(&init_service(app.wrap(FloorTransform(ByText))).await, scenario, with);
            }
            Middleware::Strict => {
                drive(&init_service(app.wrap(FloorTransform(Strict))).await, scenario, with);
            }
            Middleware::Ours | Middleware::Handle => {
                let app = app.wrap(Cors::new(scenario.deployment(middleware)));
                drive(&init_service(app).await, scenario, with);
            }
            Middleware::Peer => {
                drive(&init_service(app.wrap(peer(scenario))).await, scenario, with);
            }
        }
    });
}

fn drive<S, B>(app: &S, scenario: &Scenario, with: &mut Use<'_>)
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
{
    let method = Method::from_bytes(scenario.method.as_bytes()).expect("a method");
    let headers = scenario
        .headers
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    let headers: Vec<_> = headers.collect();
    with(&mut || {
        let mut request = TestRequest::with_uri("/").method(method.clone());
        for header in &headers {
            request = request.insert_header(header.clone());
        }
        finish(app.call(request.to_request()));
    });
}

/// Not to be made [`apart`], as it is not `Send`.
fn peer(scenario: &Scenario) -> actix_cors::Cors {
    let cors = actix_cors::Cors::default()
        .supports_credentials()
        .expose_headers([EXPOSED])
        .max_age(usize::from(MAX_AGE));
    let cors = if scenario.allows == Allows::Subdomains {
        cors.allowed_origin_fn(|origin, _| is_subdomain(origin.as_bytes()))
    } else {
        scenario.origins().iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
    };
    if scenario.mirrors() {
        cors.allow_any_method().allow_any_header()
    } else {
        cors.allowed_methods(METHODS).allowed_headers(HEADERS)
    }
}

struct FloorTransform<F>(F);

impl<S, F, B> Transform<S, ServiceRequest> for FloorTransform<F>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    F: Floor<HeaderMap, Value = HeaderValue>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = FloorService<S, F>;
    type InitError = ();
    type Future = Ready<Result<FloorService<S, F>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(FloorService { inner, floor: self.0 }))
    }
}

struct FloorService<S, F> {
    inner: S,
    floor: F,
}

impl<S, F, B> Service<ServiceRequest> for FloorService<S, F>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    F: Floor<HeaderMap, Value = HeaderValue>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = FloorFuture<S::Future, F, B>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let floor = self.floor;
        let origin = floor.origin(request.headers());
        let is_preflight =
            request.method() == Method::OPTIONS && floor.asks_for_a_method(request.headers());
        match origin {
            Some(origin) if is_preflight => {
                let mut response = HttpResponse::new(StatusCode::NO_CONTENT);
                floor.preflight(response.headers_mut(), origin);
                let response = request.into_response(response).map_into_right_body();
                FloorFuture::Preflight { response: ready(Ok(response)) }
            }
            origin => FloorFuture::Actual { future: self.inner.call(request), floor, origin },
        }
    }
}

pin_project_lite::pin_project! {
    #[project = FloorProjection]
    enum FloorFuture<S, F, B> {
        Actual { #[pin] future: S, floor: F, origin: Option<HeaderValue> },
        Preflight { #[pin] response: Ready<Result<ServiceResponse<EitherBody<B>>, Error>> },
    }
}

impl<S, F, B> Future for FloorFuture<S, F, B>
where
    S: Future<Output = Result<ServiceResponse<B>, Error>>,
    F: Floor<HeaderMap, Value = HeaderValue>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            FloorProjection::Actual { future, floor, origin } => {
                let mut response = std::task::ready!(future.poll(cx))?;
                floor.actual(response.headers_mut(), origin.take());
                Poll::Ready(Ok(response.map_into_left_body()))
            }
            FloorProjection::Preflight { response } => response.poll(cx),
        }
    }
}

fn insert(response: &mut HeaderMap, name: &'static str, value: &'static str) {
    response.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
}

impl Floor<HeaderMap> for ByText {
    type Value = HeaderValue;

    fn origin(self, request: &HeaderMap) -> Option<HeaderValue> {
        request.get("origin").cloned()
    }

    fn asks_for_a_method(self, request: &HeaderMap) -> bool {
        request.contains_key("access-control-request-method")
    }

    fn actual(self, response: &mut HeaderMap, origin: Option<HeaderValue>) {
        if let Some(origin) = origin {
            response.insert(HeaderName::from_static("access-control-allow-origin"), origin);
            insert(response, "access-control-allow-credentials", "true");
            insert(response, "access-control-expose-headers", EXPOSED);
        }
        response.append(HeaderName::from_static("vary"), HeaderValue::from_static("Origin"));
    }

    fn preflight(self, response: &mut HeaderMap, origin: HeaderValue) {
        response.insert(HeaderName::from_static("access-control-allow-origin"), origin);
        insert(response, "access-control-allow-credentials", "true");
        insert(response, "access-control-allow-methods", floor::METHODS);
        insert(response, "access-control-allow-headers", floor::HEADERS);
        insert(response, "access-control-max-age", floor::MAX_AGE);
        insert(response, "vary", floor::VARY_OF_PREFLIGHT);
    }
}

impl Floor<HeaderMap> for Strict {
    type Value = HeaderValue;

    fn origin(self, request: &HeaderMap) -> Option<HeaderValue> {
        request.get(ORIGIN).cloned()
    }

    fn asks_for_a_method(self, request: &HeaderMap) -> bool {
        request.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
    }

    fn actual(self, response: &mut HeaderMap, origin: Option<HeaderValue>) {
        if let Some(origin) = origin {
            response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            response.insert(
                ACCESS_CONTROL_ALLOW_CREDENTIALS,
                const { HeaderValue::from_static("true") },
            );
            response
                .insert(ACCESS_CONTROL_EXPOSE_HEADERS, const { HeaderValue::from_static(EXPOSED) });
        }
        response.append(VARY, const { HeaderValue::from_static("Origin") });
    }

    fn preflight(self, response: &mut HeaderMap, origin: HeaderValue) {
        response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response
            .insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, const { HeaderValue::from_static("true") });
        response.insert(
            ACCESS_CONTROL_ALLOW_METHODS,
            const { HeaderValue::from_static(floor::METHODS) },
        );
        response.insert(
            ACCESS_CONTROL_ALLOW_HEADERS,
            const { HeaderValue::from_static(floor::HEADERS) },
        );
        response.insert(ACCESS_CONTROL_MAX_AGE, const { HeaderValue::from_static(floor::MAX_AGE) });
        response.insert(VARY, const { HeaderValue::from_static(floor::VARY_OF_PREFLIGHT) });
    }
}
