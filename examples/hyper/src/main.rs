//! An API under a CORS policy, on hyper alone: the layer of `cors-axum` is one of tower's, and
//! hyper-util serves tower's services.
//!
//! ```sh
//! cargo run -p example-hyper    # on port 3000, or on $PORT
//!
//! curl -i http://127.0.0.1:3000/items -H 'Origin: http://localhost:8080'
//!
//! curl -i http://127.0.0.1:3000/items -X OPTIONS -H 'Origin: http://localhost:8080' \
//!     -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: content-type'
//! ```

use std::{convert::Infallible, env, error::Error, io, net::Ipv4Addr};

use bytes::Bytes;
use cors_axum::{CorsLayer, Policy, PolicyErrors};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::service_fn;

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (status, body) = match (request.method(), request.uri().path()) {
        (&Method::GET, "/items") => (StatusCode::OK, "apple\n"),
        (&Method::PUT, "/items") => (StatusCode::NO_CONTENT, ""),
        (_, "/items") => (StatusCode::METHOD_NOT_ALLOWED, ""),
        _ => (StatusCode::NOT_FOUND, ""),
    };
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    Ok(response)
}

async fn serve(listener: TcpListener, cors: CorsLayer) -> io::Result<()> {
    let service = TowerToHyperService::new(cors.wrap(service_fn(answer)));
    loop {
        let (stream, _) = listener.accept().await?;
        let service = service.clone();
        tokio::spawn(async move {
            let server = Builder::new(TokioExecutor::new());
            if let Err(error) = server.serve_connection(TokioIo::new(stream), service).await {
                eprintln!("{error}");
            }
        });
    }
}

fn cors() -> Result<CorsLayer, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["http://localhost:8080", "https://app.example.com"])
        .allow_methods(["PUT"])
        .allow_headers(["content-type"])
        .build()?;
    Ok(CorsLayer::new(policy))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = env::var("PORT").as_deref().unwrap_or("3000").parse()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    println!("listening on {}", listener.local_addr()?);
    Ok(serve(listener, cors()?).await?)
}

#[cfg(test)]
mod tests;
