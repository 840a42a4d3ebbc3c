use std::net::Ipv4Addr;

use salvo::conn::{Acceptor, Listener, TcpListener};
use salvo::{Server, conn::SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PAGE: &str = "http://localhost:8080";

/// Sends a request to a server of its own; the status line and the headers of the response.
async fn send(method: &str, path: &str, headers: &str) -> String {
    let acceptor = TcpListener::new((Ipv4Addr::LOCALHOST, 0)).try_bind().await.unwrap();
    let SocketAddr::IPv4(address) = acceptor.holdings()[0].local_addr.clone() else {
        panic!("bound to something else than IPv4");
    };
    let server = tokio::spawn(Server::new(acceptor).try_serve(super::app().unwrap()));
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\norigin: {PAGE}\r\nconnection: close\r\n{headers}\r\n"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    server.abort();
    response.split("\r\n\r\n").next().unwrap().to_owned() + "\r\n"
}

#[tokio::test]
async fn a_preflight_is_answered() {
    let asks_for = "access-control-request-method: DELETE\r\n\
                    access-control-request-headers: authorization\r\n";
    let response = send("OPTIONS", "/items/1", asks_for).await;
    assert!(response.starts_with("HTTP/1.1 204 "), "{response}");
    for line in [
        "\r\naccess-control-allow-origin: http://localhost:8080\r\n",
        "\r\naccess-control-allow-methods: PUT,DELETE\r\n",
        "\r\naccess-control-max-age: 600\r\n",
    ] {
        assert!(response.contains(line), "{response}");
    }
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
        let response = send(method, path, "").await;
        assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{method}: {response}");
        let line = "\r\naccess-control-allow-origin: http://localhost:8080\r\n";
        assert!(response.contains(line), "{method} {path}: {response}");
    }
}
