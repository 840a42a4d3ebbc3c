use axum::body::Body;
use axum::http::Response;
use axum::http::header::{self, HeaderValue};
use axum::routing::{Router, any};
use cors_axum::CorsLayer;
use tower::Service;
use tower::layer::layer_fn;

use super::floor::{ByText, Strict};
use super::tower::{FloorService, peer};
use super::{Middleware, Scenario, Use, apart, finish};

async fn handler() -> Response<Body> {
    let mut response = Response::new(Body::from("hello"));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}

pub(super) fn router(middleware: Middleware, scenario: &Scenario) -> Router {
    let router = Router::new().route("/", any(handler));
    match middleware {
        Middleware::None => router,
        Middleware::Floor => router.layer(layer_fn(|inner| FloorService(inner, ByText))),
        Middleware::Strict => router.layer(layer_fn(|inner| FloorService(inner, Strict))),
        Middleware::Ours | Middleware::Handle => {
            router.layer(CorsLayer::new(scenario.deployment(middleware)))
        }
        Middleware::Peer => router.layer(apart(|| peer(scenario))),
    }
}

pub(super) fn run(middleware: Middleware, scenario: &Scenario, with: &mut Use<'_>) {
    // As `axum::serve` does: the layers are then applied once, not for each request.
    let mut router: Router = router(middleware, scenario).with_state(());
    let request = scenario.requests::<Body>();
    with(&mut || {
        finish(Service::call(&mut router, request()));
    });
}
