use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, header};
use tower::ServiceExt;

use super::{BURST, TOKEN};

const PAGE: &str = "http://localhost:8080";
const STRANGER: &str = "https://stranger.example";

async fn send(app: &Router, request: Request<Body>) -> Response<Body> {
    app.clone().oneshot(request).await.unwrap()
}

fn get(origin: &str, path: &str, token: Option<&str>) -> Request<Body> {
    let mut request = Request::get(path).header("origin", origin);
    if let Some(token) = token {
        request = request.header("authorization", token);
    }
    request.body(Body::empty()).unwrap()
}

fn preflight(origin: &str) -> Request<Body> {
    Request::options("/items")
        .header("origin", origin)
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "authorization")
        .body(Body::empty())
        .unwrap()
}

/// Whether a script may read the response, which has each header once.
fn is_read(headers: &HeaderMap, origin: &str) -> bool {
    for name in headers.keys() {
        assert_eq!(headers.get_all(name).iter().count(), 1, "{name}");
    }
    assert_eq!(headers[header::VARY], "Origin");
    match headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        Some(allowed) => {
            assert_eq!(allowed, origin);
            assert_eq!(headers["access-control-expose-headers"], "retry-after,www-authenticate");
            true
        }
        None => {
            assert!(!headers.contains_key("access-control-expose-headers"));
            false
        }
    }
}

#[tokio::test]
async fn the_rate_limit_can_be_read() {
    let app = crate::app().unwrap();
    for origin in [PAGE, STRANGER] {
        for _ in 0..BURST.get() {
            let response = send(&app, get(origin, "/items", Some(TOKEN))).await;
            assert_eq!(response.status(), 200);
            assert_eq!(is_read(response.headers(), origin), origin == PAGE);
        }
        let response = send(&app, get(origin, "/items", Some(TOKEN))).await;
        assert_eq!(response.status(), 429);
        let seconds: u32 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=13).contains(&seconds), "{seconds}, with five a minute");
        assert_eq!(is_read(response.headers(), origin), origin == PAGE);
    }
}

#[tokio::test]
async fn pages_of_the_service_itself_are_no_strangers() {
    let app = crate::app().unwrap();
    for _ in 0..BURST.get() {
        send(&app, get(STRANGER, "/items", None)).await;
    }
    assert_eq!(send(&app, get(STRANGER, "/items", None)).await.status(), 429);
    let own = Request::put("/items")
        .header("origin", "https://api.example.com")
        .header("host", "api.example.com")
        .header("authorization", TOKEN);
    assert_eq!(send(&app, own.body(Body::empty()).unwrap()).await.status(), 200);
}

#[tokio::test]
async fn preflights_are_neither_counted_nor_authenticated() {
    let app = crate::app().unwrap();
    for _ in 0..2 * BURST.get() {
        let response = send(&app, preflight(PAGE)).await;
        assert_eq!(response.status(), 204);
        assert_eq!(response.headers()["access-control-allow-origin"], PAGE);
        assert_eq!(send(&app, preflight(STRANGER)).await.status(), 403);
    }
    for origin in [PAGE, STRANGER] {
        assert_eq!(send(&app, get(origin, "/items", Some(TOKEN))).await.status(), 200);
    }
}

#[tokio::test]
async fn other_options_requests_are_counted_and_authenticated() {
    let app = crate::app().unwrap();
    let options = || {
        let request = Request::options("/items").header("origin", PAGE);
        request.body(Body::empty()).unwrap()
    };
    for _ in 0..BURST.get() {
        assert_eq!(send(&app, options()).await.status(), 401);
    }
    assert_eq!(send(&app, options()).await.status(), 429);
}

#[tokio::test]
async fn a_missing_token_can_be_read() {
    let app = crate::app().unwrap();
    for origin in [PAGE, STRANGER] {
        let response = send(&app, get(origin, "/items", None)).await;
        assert_eq!(response.status(), 401);
        assert_eq!(response.headers()["www-authenticate"], "Bearer");
        assert_eq!(is_read(response.headers(), origin), origin == PAGE);
    }
}

// The clock is paused: it advances as soon as there is nothing else to do.
#[tokio::test(start_paused = true)]
async fn a_timeout_can_be_read() {
    let app = crate::app().unwrap();
    for origin in [PAGE, STRANGER] {
        let response = send(&app, get(origin, "/slow", Some(TOKEN))).await;
        assert_eq!(response.status(), 503);
        assert_eq!(is_read(response.headers(), origin), origin == PAGE);
    }
}
