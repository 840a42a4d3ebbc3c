use std::time::Duration;

use axum::http::{HeaderValue, Method, header};
use axum::{Router, routing::get};
use tower_http::cors::{AllowOrigin, CorsLayer};

pub fn app() -> Router {
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(|origin: &HeaderValue, _| {
            origin == "https://app.example.com" || origin.as_bytes().ends_with(b".partner.example")
        }))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::PUT])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .max_age(Duration::from_secs(600));
    Router::new().route("/items", get(async || "[]").put(async || "")).layer(cors)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app()).await
}
