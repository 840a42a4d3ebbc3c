use axum::{Router, routing::get};
use cors_axum::{CorsLayer, Policy};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let cors = CorsLayer::new(Policy::permissive());
    let app = Router::new().route("/", get(|| async { "hello" })).layer(cors);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app).await
}
