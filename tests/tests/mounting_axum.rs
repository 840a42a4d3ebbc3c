//! What the documentation of `cors-axum` says about mounting, failures included.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::error_handling::HandleErrorLayer;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use bytes::Bytes;
use cors_axum::{Cors, CorsLayer};
use http_body_util::{BodyExt, Full};
use tests::adapters::axum::respond;
use tests::{Coverage, has_headers, request};
use tower::limit::ConcurrencyLimit;
use tower::timeout::TimeoutLayer;
use tower::{BoxError, Layer, Service, ServiceBuilder, ServiceExt, service_fn};
use tower_http::catch_panic::CatchPanicLayer;

fn cors() -> CorsLayer {
    CorsLayer::new(Coverage::policy())
}

fn handler() -> MethodRouter {
    get(|| async { "handler" })
}

fn coverage(app: Router, path: &str) -> Coverage {
    Coverage::of(path, |request| respond(app.clone(), request))
}

#[test]
fn around_the_finished_router() {
    let app = Router::new().route("/known", handler());
    let service = cors().layer(app.clone());
    assert_eq!(Coverage::of("/known", |r| respond(service.clone(), r)), Coverage::ALL);
    let router = Router::new().fallback_service(cors().layer(app));
    assert_eq!(coverage(router, "/known"), Coverage::ALL);
}

#[test]
fn router_layer_last() {
    let app = Router::new().route("/known", handler()).fallback(StatusCode::NOT_FOUND);
    assert_eq!(coverage(app.layer(cors()), "/known"), Coverage::ALL);
    let app = Router::new().route("/known", handler());
    assert_eq!(coverage(app.layer(cors()), "/known"), Coverage::ALL);
}

#[test]
fn router_layer_misses_what_is_added_later() {
    let app = Router::new().route("/known", handler()).layer(cors());
    let app = app.route("/later", handler()).fallback(StatusCode::NOT_FOUND);
    let earlier = Coverage { preflight_unknown_path: false, unknown_path: false, ..Coverage::ALL };
    assert_eq!(coverage(app.clone(), "/known"), earlier);
    let response = respond(app.clone(), request(Method::OPTIONS, "/later", true));
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    let response = respond(app, request(Method::GET, "/later", false));
    assert_eq!(response.status(), StatusCode::OK);
    assert!(!has_headers(response.headers()));
}

#[test]
fn route_layer_and_nest_miss_unknown_paths() {
    let known = Coverage { preflight_unknown_path: false, unknown_path: false, ..Coverage::ALL };
    let sub = Router::new().route("/known", handler());
    assert_eq!(coverage(sub.clone().route_layer(cors()), "/known"), known);
    let nested = Router::new().nest("/sub", sub.layer(cors()));
    assert_eq!(coverage(nested, "/sub/known"), known);
}

#[test]
fn nest_service_covers_all_below() {
    let sub = Router::new().route("/known", handler());
    let app = Router::new().nest_service("/sub", cors().layer(sub.clone()));
    assert_eq!(coverage(app, "/sub/known"), Coverage::ALL);
    // A fallback of its own keeps the nested router from losing unknown paths to the outer one.
    let app = Router::new().nest("/sub", sub.fallback(StatusCode::NOT_FOUND).layer(cors()));
    assert_eq!(coverage(app, "/sub/known"), Coverage::ALL);
}

#[test]
fn merging_decides_who_answers_unknown_paths() {
    let ours = || Router::new().route("/ours", handler()).layer(cors());
    let others = || Router::new().route("/others", handler());
    let known = Coverage { preflight_unknown_path: false, unknown_path: false, ..Coverage::ALL };
    assert_eq!(coverage(ours().merge(others()), "/ours"), known);
    assert_eq!(coverage(others().merge(ours()), "/ours"), Coverage::ALL);
    for app in [ours().merge(others()), others().merge(ours())] {
        let response = respond(app, request(Method::OPTIONS, "/others", true));
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[test]
fn method_router_layer_covers_its_path() {
    let known = Coverage { preflight_unknown_path: false, unknown_path: false, ..Coverage::ALL };
    let app = Router::new().route("/known", handler().layer(cors()));
    assert_eq!(coverage(app, "/known"), known);
}

#[test]
fn inside_of_the_method_no_preflight_arrives() {
    let app = Router::new().route("/known", handler().route_layer(cors()));
    assert_eq!(coverage(app, "/known"), Coverage::NONE);
    let layered = (async || "handler").layer(cors());
    assert_eq!(coverage(Router::new().route("/known", get(layered)), "/known"), Coverage::NONE);
}

#[test]
fn the_router_says_which_methods_are_allowed() {
    let app = Router::new().fallback_service(cors().layer(Router::new().route("/", handler())));
    let response = respond(app, request(Method::DELETE, "/", false));
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.headers()[header::ALLOW], "GET,HEAD");
}

#[test]
fn what_answers_by_itself_belongs_inside() {
    let panicking = || {
        let app: Router<()> = Router::new()
            .route("/", get(async || -> () { std::panic::resume_unwind(Box::new(())) }));
        app
    };
    let inside = panicking().layer(CatchPanicLayer::new()).layer(cors());
    let outside = panicking().layer(cors()).layer(CatchPanicLayer::new());

    let slow = || Router::new().route("/", get(std::future::pending::<()>));
    let timeout = || {
        ServiceBuilder::new()
            .layer(HandleErrorLayer::new(async |_: BoxError| StatusCode::REQUEST_TIMEOUT))
            .layer(TimeoutLayer::new(Duration::from_millis(1)))
    };
    let timeout_inside = slow().layer(timeout()).layer(cors());
    let timeout_outside = slow().layer(cors()).layer(timeout());

    for (app, status, covered) in [
        (inside, StatusCode::INTERNAL_SERVER_ERROR, true),
        (outside, StatusCode::INTERNAL_SERVER_ERROR, false),
        (timeout_inside, StatusCode::REQUEST_TIMEOUT, true),
        (timeout_outside, StatusCode::REQUEST_TIMEOUT, false),
    ] {
        let response = respond(app, request(Method::GET, "/", false));
        assert_eq!(response.status(), status);
        assert_eq!(has_headers(response.headers()), covered);
    }
}

/// A body without a `Default`, as `hyper::body::Incoming` is.
struct Incoming(Full<Bytes>);

impl http_body::Body for Incoming {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.0).poll_frame(cx)
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.0.size_hint()
    }
}

#[test]
fn a_proxy_passes_on_any_body() {
    let upstream = service_fn(async |_: Request| {
        let body = Incoming(Full::from("upstream"));
        let response = Response::builder().header(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        Ok::<_, Infallible>(response.body(body).unwrap())
    });
    let proxy = cors().any_body().layer(upstream);

    let response = respond(proxy.clone(), request(Method::GET, "/", false));
    assert!(has_headers(response.headers()));
    assert_eq!(response.body(), "upstream");
    let response = respond(proxy, request(Method::OPTIONS, "/", true));
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.body(), "");
}

#[tokio::test]
async fn any_body_says_how_long_the_body_is() {
    let upstream =
        service_fn(async |_: Request| Ok::<_, Infallible>(Response::new(Incoming("four".into()))));
    let proxy = cors().any_body().layer(upstream);
    let get = request(Method::GET, "/", false).map(Body::from);
    let body = proxy.clone().oneshot(get).await.unwrap().into_body();
    assert_eq!(http_body::Body::size_hint(&body).exact(), Some(4));
    let preflight = request(Method::OPTIONS, "/", true).map(Body::from);
    let body = proxy.oneshot(preflight).await.unwrap().into_body();
    assert!(http_body::Body::is_end_stream(&body));
}

impl From<&'static str> for Incoming {
    fn from(body: &'static str) -> Self {
        Self(Full::from(body))
    }
}

/// Panics when it is called without having been ready, and counts its calls.
#[derive(Default)]
struct Strict {
    ready: bool,
    calls: Arc<AtomicUsize>,
}

/// Not ready.
impl Clone for Strict {
    fn clone(&self) -> Self {
        Self { ready: false, calls: self.calls.clone() }
    }
}

impl Service<Request> for Strict {
    type Response = Response;
    type Error = &'static str;
    type Future = std::future::Ready<Result<Response, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        assert!(std::mem::take(&mut self.ready), "called before it was ready");
        self.calls.fetch_add(1, Ordering::SeqCst);
        std::future::ready(match request.uri().path() {
            "/error" => Err("an error without a response"),
            _ => Ok(Response::default()),
        })
    }
}

#[tokio::test]
async fn the_service_that_was_ready_is_called() {
    let inner = Strict::default();
    let calls = inner.calls.clone();
    let mut service = cors().layer(inner);
    for expected in 1..=2 {
        let get = request(Method::GET, "/", false).map(Body::from);
        let response = service.ready().await.unwrap().call(get).await.unwrap();
        assert!(has_headers(response.headers()));
        assert_eq!(calls.load(Ordering::SeqCst), expected);
    }
    let preflight = request(Method::OPTIONS, "/", true).map(Body::from);
    let response = service.ready().await.unwrap().call(preflight).await.unwrap();
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn errors_without_a_response_pass_through() {
    let service = cors().layer(Strict::default());
    let get = request(Method::GET, "/error", false).map(Body::from);
    assert_eq!(service.oneshot(get).await.unwrap_err(), "an error without a response");
}

#[tokio::test]
async fn a_limit_inside_holds() {
    let pending = service_fn(async |_: Request| {
        std::future::pending::<()>().await;
        Ok::<_, Infallible>(Response::new(Body::empty()))
    });
    let mut service = cors().layer(ConcurrencyLimit::new(pending, 1));
    let get = request(Method::GET, "/", false).map(Body::from);
    let running = service.ready().await.unwrap().call(get);

    let mut other = service.clone();
    let not_ready = std::future::poll_fn(|cx| Poll::Ready(other.poll_ready(cx).is_pending()));
    assert!(not_ready.await);
    drop(running);
    let ready = std::future::poll_fn(|cx| Poll::Ready(other.poll_ready(cx).is_ready()));
    assert!(ready.await);
}

#[tokio::test]
async fn upgrades_pass_through() {
    let upgrade = service_fn(async |_: Request| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        response.extensions_mut().insert("upgrade");
        Ok::<_, Infallible>(response)
    });
    let get = request(Method::GET, "/", false).map(Body::from);
    let response = cors().layer(upgrade).oneshot(get).await.unwrap();
    assert_eq!(response.status(), StatusCode::SWITCHING_PROTOCOLS);
    assert!(has_headers(response.headers()));
    assert_eq!(response.extensions().get(), Some(&"upgrade"));
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "");
}

#[test]
fn a_service_is_as_shareable_as_what_it_wraps() {
    fn check<T: Clone + Send + Sync + 'static>() {}
    check::<CorsLayer>();
    check::<Cors<Strict>>();
}
