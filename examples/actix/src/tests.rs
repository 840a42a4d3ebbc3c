use actix_web::body::MessageBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::{App, test};

const PAGE: &str = "http://localhost:8080";

async fn send(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> ServiceResponse<impl MessageBody> {
    let app = App::new().configure(super::routes).wrap(super::cors().unwrap());
    let mut request = test::TestRequest::with_uri(path)
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .insert_header(("origin", PAGE));
    for header in headers {
        request = request.insert_header(*header);
    }
    test::call_service(&test::init_service(app).await, request.to_request()).await
}

#[actix_web::test]
async fn a_preflight_is_answered() {
    let asks_for = [
        ("access-control-request-method", "DELETE"),
        ("access-control-request-headers", "authorization"),
    ];
    let response = send("OPTIONS", "/items/1", &asks_for).await;
    assert_eq!(response.status(), 204);
    assert_eq!(response.headers().get("access-control-allow-origin").unwrap(), PAGE);
    assert_eq!(response.headers().get("access-control-allow-methods").unwrap(), "PUT,DELETE");
    assert_eq!(response.headers().get("access-control-max-age").unwrap(), "600");
}

#[actix_web::test]
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
        assert_eq!(
            response.headers().get("access-control-allow-origin").unwrap(),
            PAGE,
            "{method} {path}"
        );
    }
}
