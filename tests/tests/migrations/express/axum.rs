use axum::{Router, routing::get};
use cors_axum::{CorsLayer, Policy};

pub fn routes() -> Router {
    Router::new().route("/", get(async || "Hello").post(async || "Saved").put(async || "Saved"))
}

pub fn app(policy: Policy) -> Router {
    routes().layer(CorsLayer::new(policy)) // last: it covers what was added before it
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app(Policy::any_origin().build()?)).await
}
