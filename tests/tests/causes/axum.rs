use axum::Router;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, LOCATION};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use cors_axum::testing::Browser;
use cors_axum::{CorsLayer, explain::Cause};

use crate::{ALLOW_ORIGIN, Edit, Fault, PAGE, block_on, check};

fn app(fault: Fault) -> Router {
    let late = async move || match fault.own_header() {
        Some(value) => [(ALLOW_ORIGIN, value)].into_response(),
        None => "late".into_response(),
    };
    Router::new()
        .route("/api/items", get("items").put(()))
        .layer(CorsLayer::new(fault.policy()))
        .route("/late", get(late).put(()))
        .layer(from_fn(move |request, next| outer(fault, request, next)))
}

async fn outer(fault: Fault, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let authorized = request.headers().contains_key(AUTHORIZATION);
    if let Some((status, location)) =
        fault.answer(method.as_str(), request.uri().path(), authorized)
    {
        let status = StatusCode::from_u16(status).unwrap();
        return (status, [(LOCATION, location)]).into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let value = HeaderValue::from_static;
    match fault.edit(method.as_str()) {
        Some(Edit::Append(name, text)) => {
            headers.append(HeaderName::from_static(name), value(text));
        }
        Some(Edit::Replace(name, text)) => {
            headers.insert(HeaderName::from_static(name), value(text));
        }
        Some(Edit::Remove(name)) => {
            headers.remove(name);
        }
        None => {}
    }
    response
}

#[test]
fn faults() {
    for fault in Fault::ALL {
        block_on(check(fault, Browser::new(app(fault)), 405));
    }
}

/// What the documentation calls a trap: a method router's own layer.
#[test]
fn a_layer_of_a_route_covers_no_preflight() {
    let cors = CorsLayer::new(Fault::None.policy());
    let app: Router = Router::new().route("/api/items", put(()).route_layer(cors));
    let browser = Browser::new(app);
    let verdict = block_on(browser.page(PAGE).fetch("PUT", "/api/items").into_future());
    assert_eq!(verdict.causes(), [Cause::PreflightNotCovered { status: 405 }], "{verdict}");
}

/// A handler's panic that is caught outside of the layer.
#[test]
fn a_panic_caught_outside() {
    let panic = async || -> () { std::panic::resume_unwind(Box::new(())) };
    let app: Router = Router::new()
        .route("/", get(panic))
        .layer(CorsLayer::new(Fault::None.policy()))
        .layer(tower_http::catch_panic::CatchPanicLayer::new());
    let browser = Browser::new(app);
    let verdict = block_on(browser.page(PAGE).fetch("GET", "/").into_future());
    assert_eq!(verdict.causes(), [Cause::ErrorNotCovered { status: 500 }], "{verdict}");
}
