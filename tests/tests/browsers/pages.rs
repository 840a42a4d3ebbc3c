//! The servers of the pages.

use std::io;
use std::net::Ipv4Addr;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;

use crate::places::PagePorts;

/// Serves the pages, on two ports.
pub(crate) async fn serve() -> io::Result<PagePorts> {
    Ok(PagePorts { page: serve_one().await?, other: serve_one().await? })
}

async fn serve_one() -> io::Result<u16> {
    let html = |text: &'static str| get(([(CONTENT_TYPE, "text/html")], text));
    let script = |text: &'static str| get(([(CONTENT_TYPE, "text/javascript")], text));
    let pages = Router::new()
        .route("/", html(include_str!("page.html")))
        .route("/page.js", script(include_str!("page.js")))
        .route("/client.html", html(include_str!("client.html")))
        .route("/client.js", script(include_str!("client.js")))
        .fallback(forward);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async { axum::serve(listener, pages).await });
    Ok(port)
}

/// Passes a request on to this machine, as the proxy to which WebKit leaves all other names.
async fn forward(mut request: Request) -> Response {
    let port = request.uri().authority().and_then(|authority| authority.port_u16());
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let Some(uri) =
        port.and_then(|port| format!("http://127.0.0.1:{port}{path}").parse::<Uri>().ok())
    else {
        return StatusCode::NOT_FOUND.into_response();
    };
    *request.uri_mut() = uri;
    match Client::builder(TokioExecutor::new()).build_http::<Body>().request(request).await {
        Ok(response) => response.map(Body::new),
        Err(_) => StatusCode::BAD_GATEWAY.into_response(),
    }
}

/// The response with which a server gives a page that makes requests, or its script.
pub(crate) fn client(path: &str) -> Option<String> {
    let (kind, text) = match path {
        "/client.html" => ("text/html", include_str!("client.html")),
        "/client.js" => ("text/javascript", include_str!("client.js")),
        _ => return None,
    };
    let length = text.len();
    Some(format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}"
    ))
}
