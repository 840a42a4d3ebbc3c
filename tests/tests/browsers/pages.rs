//! The servers of the pages.

use std::io;
use std::net::Ipv4Addr;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
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
        .route("/client.js", script(include_str!("client.js")));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async { axum::serve(listener, pages).await });
    Ok(port)
}
