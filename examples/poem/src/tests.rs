use poem::{Endpoint, Request, Response};

const PAGE: &str = "http://localhost:8080";

async fn send(method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Request::builder()
        .method(method.parse().unwrap())
        .uri(path.parse().unwrap())
        .header("origin", PAGE);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    super::app().unwrap().get_response(request.finish()).await
}

#[tokio::test]
async fn a_preflight_is_answered() {
    let asks_for = [
        ("access-control-request-method", "DELETE"),
        ("access-control-request-headers", "authorization"),
    ];
    let response = send("OPTIONS", "/items/1", &asks_for).await;
    assert_eq!(response.status(), 204);
    assert_eq!(response.headers()["access-control-allow-origin"], PAGE);
    assert_eq!(response.headers()["access-control-allow-methods"], "PUT,DELETE");
    assert_eq!(response.headers()["access-control-max-age"], "600");
}

#[tokio::test]
async fn every_response_can_be_read() {
    for (method, path, status) in [
        ("GET", "/items", 200),
        ("DELETE", "/items/1", 204),
        ("GET", "/me", 401),
        ("GET", "/nothing", 404),
        ("PATCH", "/items", 405),
        ("GET", "/error", 500),
    ] {
        let response = send(method, path, &[]).await;
        assert_eq!(response.status(), status, "{method} {path}");
        assert_eq!(response.headers()["access-control-allow-origin"], PAGE, "{method} {path}");
    }
}
