use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_http::Request;
use actix_web::body::EitherBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::rt::System;
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpResponse, web};
use cors_actix::Cors;

use super::scenario::{Allows, EXPOSED, HEADERS, MAX_AGE, METHODS, is_subdomain};
use super::{Middleware, Scenario, Use, apart, finish};

async fn handler() -> &'static str {
    "hello"
}

pub(super) fn run(middleware: Middleware, scenario: &Scenario, with: &mut Use<'_>) {
    System::new().block_on(async {
        let app = App::new().route("/", web::route().to(handler));
        match middleware {
            Middleware::None => drive(&init_service(app).await, scenario, with),
            Middleware::Floor => drive(&init_service(app.wrap(Floor)).await, scenario, with),
            Middleware::Ours => {
                let app = app.wrap(Cors::new(apart(|| scenario.policy())));
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

struct Floor;

impl<S, B> Transform<S, ServiceRequest> for Floor
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = FloorService<S>;
    type InitError = ();
    type Future = Ready<Result<FloorService<S>, ()>>;

    fn new_transform(&self, inner: S) -> Self::Future {
        ready(Ok(FloorService { inner }))
    }
}

struct FloorService<S> {
    inner: S,
}

impl<S, B> Service<ServiceRequest> for FloorService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = FloorFuture<S::Future, B>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let origin = request.headers().get("origin").cloned();
        let is_preflight = request.method() == Method::OPTIONS
            && request.headers().contains_key("access-control-request-method");
        match origin {
            Some(origin) if is_preflight => {
                let mut response = HttpResponse::new(StatusCode::NO_CONTENT);
                preflight(response.headers_mut(), origin);
                let response = request.into_response(response).map_into_right_body();
                FloorFuture::Preflight { response: ready(Ok(response)) }
            }
            origin => FloorFuture::Actual { future: self.inner.call(request), origin },
        }
    }
}

pin_project_lite::pin_project! {
    #[project = FloorProjection]
    enum FloorFuture<F, B> {
        Actual { #[pin] future: F, origin: Option<HeaderValue> },
        Preflight { #[pin] response: Ready<Result<ServiceResponse<EitherBody<B>>, Error>> },
    }
}

impl<F, B> Future for FloorFuture<F, B>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            FloorProjection::Actual { future, origin } => {
                let mut response = std::task::ready!(future.poll(cx))?;
                actual(response.headers_mut(), origin.take());
                Poll::Ready(Ok(response.map_into_left_body()))
            }
            FloorProjection::Preflight { response } => response.poll(cx),
        }
    }
}

fn insert(headers: &mut HeaderMap, name: &'static str, value: &'static str) {
    headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
}

fn actual(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    if let Some(origin) = origin {
        headers.insert(HeaderName::from_static("access-control-allow-origin"), origin);
        insert(headers, "access-control-allow-credentials", "true");
        insert(headers, "access-control-expose-headers", EXPOSED);
    }
    headers.append(HeaderName::from_static("vary"), HeaderValue::from_static("Origin"));
}

fn preflight(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(HeaderName::from_static("access-control-allow-origin"), origin);
    insert(headers, "access-control-allow-credentials", "true");
    insert(headers, "access-control-allow-methods", "GET,POST,PUT,DELETE");
    insert(headers, "access-control-allow-headers", "authorization,content-type,x-csrf-token");
    insert(headers, "access-control-max-age", "600");
    let vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    insert(headers, "vary", vary);
}
