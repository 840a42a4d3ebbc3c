use axum::{Router, routing::get};
use cors_axum::{CorsLayer, Policy};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let policy = Policy::from_path("policy.toml")?;
    let app = Router::new().route("/", get(|| async { "hello" })).layer(CorsLayer::new(policy));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app).await
}
