//! The middleware that is compared, each around the same handler.

use actix_web::{App, HttpRequest, HttpResponse, web};
use axum::Router;
use bytes::Bytes;
use cors_core::Policy;
use http::{HeaderName, HeaderValue, Method, Request, Response};
use poem::EndpointExt;
use poem::endpoint::make_sync;
use salvo::{Depot, FlowCtrl, Handler, Service, async_trait};
use tests::Probe;
use tests::adapters;
use tower_http::cors::AllowOrigin;

/// Header lines that the handler sets.
pub(crate) type Lines<'a> = &'a [(&'static str, &'static str)];

type Send = fn(&Settings, Lines<'_>, Probe, Request<Bytes>) -> Response<Bytes>;

/// One middleware.
#[derive(Clone, Copy)]
pub(crate) struct Peer {
    /// Sends a request through the middleware to a handler of all methods.
    pub(crate) send: Send,
}

/// In the order of the page's columns.
pub(crate) const ALL: [Peer; 5] = [
    Peer { send: ours },
    Peer { send: tower_http },
    Peer { send: actix_cors },
    Peer { send: poem },
    Peer { send: salvo_cors },
];

/// What each of them is told. Besides: PUT, the header `x-a`, and credentials.
pub(crate) struct Settings {
    pub(crate) origins: &'static [&'static str],
}

impl Default for Settings {
    fn default() -> Self {
        Self { origins: &["https://app.example", "https://admin.example"] }
    }
}

impl Settings {
    fn is_any(&self) -> bool {
        self.origins == ["*"]
    }
}

/// Marks a response that stands for settings which were refused with an error.
#[derive(Clone)]
pub(crate) struct Refused;

fn refused() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    response.extensions_mut().insert(Refused);
    response
}

/// Around axum, as tower-http's.
fn ours(
    settings: &Settings,
    lines: Lines<'_>,
    probe: Probe,
    request: Request<Bytes>,
) -> Response<Bytes> {
    let policy = Policy::builder()
        .allow_origins(settings.origins.iter().copied())
        .allow_credentials(true)
        .allow_methods(["PUT"])
        .allow_headers(["x-a"])
        .expose_headers(["x-id"])
        .build();
    match policy {
        Ok(policy) => {
            let layer = cors_axum::CorsLayer::new(policy);
            adapters::axum::respond(router(lines, probe).layer(layer), request)
        }
        Err(_) => refused(),
    }
}

fn tower_http(
    settings: &Settings,
    lines: Lines<'_>,
    probe: Probe,
    request: Request<Bytes>,
) -> Response<Bytes> {
    let value = |origin: &&'static str| HeaderValue::from_static(origin);
    let origins = match settings.origins {
        ["*"] => AllowOrigin::any(),
        [only] => AllowOrigin::exact(value(only)),
        origins => AllowOrigin::list(origins.iter().map(value)),
    };
    let layer = tower_http::cors::CorsLayer::new()
        .allow_origin(origins)
        .allow_credentials(true)
        .allow_methods([Method::PUT])
        .allow_headers([HeaderName::from_static("x-a")])
        .expose_headers([HeaderName::from_static("x-id")]);
    adapters::axum::respond(router(lines, probe).layer(layer), request)
}

fn router(lines: Lines<'_>, probe: Probe) -> Router {
    let lines = lines.to_vec();
    Router::new().fallback(async move || {
        probe.reach();
        let mut response = Response::new(axum::body::Body::empty());
        for (name, value) in lines {
            response.headers_mut().append(name, HeaderValue::from_static(value));
        }
        response
    })
}

fn actix_cors(
    settings: &Settings,
    lines: Lines<'_>,
    probe: Probe,
    request: Request<Bytes>,
) -> Response<Bytes> {
    let mut cors = actix_cors::Cors::default()
        .supports_credentials()
        .allowed_methods(["PUT"])
        .allowed_header("x-a")
        .expose_headers(["x-id"]);
    if settings.is_any() {
        cors = cors.allow_any_origin();
    } else {
        for origin in settings.origins {
            cors = cors.allowed_origin(origin);
        }
    }
    let lines = lines.to_vec();
    let handler = move |_: HttpRequest| {
        probe.reach();
        let mut response = HttpResponse::Ok();
        for line in &lines {
            response.append_header(*line);
        }
        async move { response.finish() }
    };
    let app = App::new().default_service(web::to(handler)).wrap(cors);
    adapters::actix::respond(app, request)
}

fn poem(
    settings: &Settings,
    lines: Lines<'_>,
    probe: Probe,
    request: Request<Bytes>,
) -> Response<Bytes> {
    let mut cors = poem::middleware::Cors::new()
        .allow_credentials(true)
        .allow_method(Method::PUT)
        .allow_header("x-a")
        .expose_header("x-id");
    if !settings.is_any() {
        cors = cors.allow_origins(settings.origins.iter().copied());
    }
    let lines = lines.to_vec();
    let handler = make_sync(move |_| {
        probe.reach();
        let mut response = poem::Response::default();
        for (name, value) in &lines {
            response.headers_mut().append(*name, HeaderValue::from_static(value));
        }
        response
    });
    adapters::poem::respond(&handler.with(cors), request)
}

fn salvo_cors(
    settings: &Settings,
    lines: Lines<'_>,
    probe: Probe,
    request: Request<Bytes>,
) -> Response<Bytes> {
    let cors = salvo_cors::Cors::new()
        .allow_credentials(true)
        .allow_methods([salvo::http::Method::PUT])
        .allow_headers("x-a")
        .expose_headers("x-id");
    let cors = match settings.origins {
        ["*"] => cors.allow_origin(salvo_cors::Any),
        [only] => cors.allow_origin(*only),
        origins => cors.allow_origin(origins.to_vec()),
    };
    let handler = Answers { lines: lines.to_vec(), probe };
    let router = salvo::Router::with_path("{**rest}").goal(handler);
    adapters::salvo::respond(&Service::new(router).hoop(cors.into_handler()), request)
}

struct Answers {
    lines: Vec<(&'static str, &'static str)>,
    probe: Probe,
}

#[async_trait]
impl Handler for Answers {
    async fn handle(
        &self,
        _: &mut salvo::Request,
        _: &mut Depot,
        response: &mut salvo::Response,
        _: &mut FlowCtrl,
    ) {
        self.probe.reach();
        response.status_code(salvo::http::StatusCode::OK);
        for (name, value) in &self.lines {
            response.headers_mut().append(*name, HeaderValue::from_static(value));
        }
    }
}
