//! An application without middleware, which leaves CORS to the gateway.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tests::{Probe, Reply, listen};

/// What stands at each path.
pub(crate) type Routes = HashMap<String, (Reply, Probe)>;

/// Serves the routes until the process ends.
pub(crate) fn serve(routes: Routes) -> io::Result<SocketAddr> {
    let routes = Arc::new(routes);
    let app = Router::new().fallback(move |request: Request| {
        let routes = routes.clone();
        async move { answer(&routes, request.uri().path()) }
    });
    let listener = listen()?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    thread::spawn(move || {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            axum::serve(listener, app).await
        })
    });
    Ok(address)
}

fn answer(routes: &Routes, path: &str) -> Response {
    let Some((reply, probe)) = routes.get(path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    probe.reach();
    let mut response = http::Response::builder().status(reply.head.status);
    for (name, value) in reply.headers() {
        response = response.header(name, value);
    }
    let is_empty = matches!(reply.head.status, 204 | 304);
    let body = if is_empty { Body::empty() } else { Body::from(reply.body.clone()) };
    response.body(body).expect("a reply of the data is a response")
}
