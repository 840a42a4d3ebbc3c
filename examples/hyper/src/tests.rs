use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::{HeaderMap, Request};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use tokio::net::TcpListener;

const PAGE: &str = "http://localhost:8080";
const STRANGER: &str = "https://stranger.example";

/// Sends a request to a server of its own.
async fn send(method: &str, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, Bytes) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}{path}", listener.local_addr().unwrap());
    tokio::spawn(super::serve(listener, super::cors().unwrap()));
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let client = Client::builder(TokioExecutor::new()).build_http();
    let response = client.request(request.body(Empty::<Bytes>::new()).unwrap()).await.unwrap();
    let (head, body) = response.into_parts();
    (head.status.as_u16(), head.headers, body.collect().await.unwrap().to_bytes())
}

#[tokio::test]
async fn a_preflight_is_answered() {
    let asks_for = ("access-control-request-method", "PUT");
    let (status, headers, _) = send("OPTIONS", "/items", &[("origin", PAGE), asks_for]).await;
    assert_eq!(status, 204);
    assert_eq!(headers["access-control-allow-origin"], PAGE);
    assert_eq!(headers["access-control-allow-methods"], "PUT");

    let (status, headers, _) = send("OPTIONS", "/items", &[("origin", STRANGER), asks_for]).await;
    assert_eq!(status, 403);
    assert!(!headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn every_response_can_be_read() {
    for (method, path, status, text) in [
        ("GET", "/items", 200, "apple\n"),
        ("PUT", "/items", 204, ""),
        ("OPTIONS", "/items", 405, ""),
        ("GET", "/nothing", 404, ""),
    ] {
        let (found, headers, body) = send(method, path, &[("origin", PAGE)]).await;
        assert_eq!((found, &body[..]), (status, text.as_bytes()), "{method} {path}");
        assert_eq!(headers["access-control-allow-origin"], PAGE, "{method} {path}");

        let (found, headers, _) = send(method, path, &[("origin", STRANGER)]).await;
        assert_eq!(found, status, "{method} {path}");
        assert!(!headers.contains_key("access-control-allow-origin"));
    }
}
