use rocket::Config;
use rocket::http::{Header, Method, Status};
use rocket::local::blocking::Client;

const PAGE: &str = "http://localhost:8080";

/// The status, and the origin, the methods and the age that are allowed.
fn send(
    method: Method,
    path: &str,
    headers: &[(&'static str, &'static str)],
) -> (Status, [String; 3]) {
    let client = Client::untracked(super::app(Config::debug_default()).unwrap()).unwrap();
    let mut request = client.req(method, path.to_owned()).header(Header::new("origin", PAGE));
    for (name, value) in headers {
        request.add_header(Header::new(*name, *value));
    }
    let response = request.dispatch();
    let header = |name| response.headers().get_one(name).unwrap_or_default().to_owned();
    let names =
        ["access-control-allow-origin", "access-control-allow-methods", "access-control-max-age"];
    (response.status(), names.map(header))
}

#[test]
fn a_preflight_is_answered() {
    let asks_for = [
        ("access-control-request-method", "DELETE"),
        ("access-control-request-headers", "authorization"),
    ];
    let (status, headers) = send(Method::Options, "/items/1", &asks_for);
    assert_eq!(status, Status::NoContent);
    assert_eq!(headers, [PAGE, "PUT,DELETE", "600"]);
}

#[test]
fn every_response_can_be_read() {
    for (method, path, status) in [
        (Method::Get, "/items", 200),
        (Method::Delete, "/items/1", 204),
        (Method::Get, "/me", 401),
        (Method::Get, "/nothing", 404),
        (Method::Patch, "/items", 404),
        (Method::Get, "/error", 500),
    ] {
        let (got, [origin, ..]) = send(method, path, &[]);
        assert_eq!(got.code, status, "{method} {path}");
        assert_eq!(origin, PAGE, "{method} {path}");
    }
}
