use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use tokio::net::TcpListener;

const PAGE: &str = "http://localhost:8080";
const STRANGER: &str = "https://stranger.example";

/// Sends a request to a server of its own.
async fn send(request: http::request::Builder, body: &[u8]) -> (u16, HeaderMap, Bytes) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    tokio::spawn(super::serve(listener, super::cors().unwrap()));
    let request = request.uri(format!("http://{server}/grpc.health.v1.Health/Check"));
    let request = request.body(Full::new(Bytes::copy_from_slice(body))).unwrap();
    let client = Client::builder(TokioExecutor::new()).build_http();
    let (head, body) = client.request(request).await.unwrap().into_parts();
    (head.status.as_u16(), head.headers, body.collect().await.unwrap().to_bytes())
}

fn call(origin: &str) -> http::request::Builder {
    Request::builder()
        .method("POST")
        .header("origin", origin)
        .header("content-type", "application/grpc-web+proto")
        .header("x-grpc-web", "1")
}

/// A [message] of gRPC-Web.
///
/// [message]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
fn message(protobuf: &[u8]) -> Vec<u8> {
    let length = u32::try_from(protobuf.len()).unwrap().to_be_bytes();
    [&[0], &length[..], protobuf].concat()
}

#[tokio::test]
async fn a_preflight_is_answered() {
    let preflight = |origin| {
        Request::builder()
            .method("OPTIONS")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type,x-grpc-web,x-user-agent")
    };
    let (status, headers, _) = send(preflight(PAGE), &[]).await;
    assert_eq!(status, 204);
    assert_eq!(headers["access-control-allow-origin"], PAGE);
    let allowed = "content-type,grpc-timeout,x-grpc-web,x-user-agent";
    assert_eq!(headers["access-control-allow-headers"], allowed);

    let (status, headers, _) = send(preflight(STRANGER), &[]).await;
    assert_eq!(status, 403);
    assert!(!headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn a_call_can_be_read() {
    let (status, headers, body) = send(call(PAGE), &message(b"")).await;
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "application/grpc-web+proto");
    assert_eq!(headers["access-control-allow-origin"], PAGE);
    // The status is 1, SERVING; the trailers are a message of their own.
    let trailers = body.strip_prefix(&message(b"\x08\x01")[..]).unwrap();
    assert_eq!(trailers[0], 0x80);
    assert!(trailers[5..].starts_with(b"grpc-status:0\r\n"), "{trailers:?}");
}

#[tokio::test]
async fn a_failed_call_can_be_read() {
    let (status, headers, _) = send(call(PAGE), &message(b"\x0a\x07unknown")).await;
    assert_eq!(status, 200);
    assert_eq!(headers["grpc-status"], "5", "NOT_FOUND");
    assert_eq!(headers["access-control-allow-origin"], PAGE);
    let exposed = "grpc-status,grpc-message,grpc-status-details-bin";
    assert_eq!(headers["access-control-expose-headers"], exposed);
}

#[tokio::test]
async fn strangers_read_nothing() {
    let (_, headers, _) = send(call(STRANGER), &message(b"")).await;
    assert!(!headers.contains_key("access-control-allow-origin"));
    assert!(!headers.contains_key("access-control-expose-headers"));
}
