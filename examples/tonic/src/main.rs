//! gRPC-Web under a CORS policy, on tonic: pages call the health service as `grpc-web` clients do.
//!
//! ```sh
//! cargo run -p example-tonic    # on port 3000, or on $PORT
//!
//! curl -i http://127.0.0.1:3000/grpc.health.v1.Health/Check -X OPTIONS \
//!     -H 'Origin: http://localhost:8080' -H 'Access-Control-Request-Method: POST' \
//!     -H 'Access-Control-Request-Headers: content-type,x-grpc-web'
//!
//! # An empty message: how is the server?
//! printf '\0\0\0\0\0' | curl -i http://127.0.0.1:3000/grpc.health.v1.Health/Check \
//!     -H 'Origin: http://localhost:8080' -H 'Content-Type: application/grpc-web+proto' \
//!     -H 'X-Grpc-Web: 1' --data-binary @- --output -
//! ```

use std::{env, error::Error, net::Ipv4Addr};

use cors_axum::{CorsLayer, Policy, PolicyErrors};
use tokio::net::TcpListener;
use tonic::transport::{Server, server::TcpIncoming};
use tonic_web::GrpcWebLayer;

fn cors() -> Result<CorsLayer, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["http://localhost:8080", "https://app.example.com"])
        // What `grpc-web` clients send; and what your calls have as metadata.
        .allow_headers(["content-type", "grpc-timeout", "x-grpc-web", "x-user-agent"])
        // Where a call fails at once, its status stands in the headers.
        .expose_headers(["grpc-status", "grpc-message", "grpc-status-details-bin"])
        .build()?;
    Ok(CorsLayer::new(policy))
}

async fn serve(listener: TcpListener, cors: CorsLayer) -> Result<(), tonic::transport::Error> {
    let (_reporter, health) = tonic_health::server::health_reporter();
    Server::builder()
        .accept_http1(true) // as browsers speak without TLS
        .layer(cors) // the first layer is outermost
        .layer(GrpcWebLayer::new())
        .add_service(health)
        .serve_with_incoming(TcpIncoming::from(listener))
        .await
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
