use std::time::Duration;

use axum::http::{Method, header};
use axum::{Router, routing::get};
use cors_axum::{CorsLayer, Policy, PolicyErrors};

pub fn app() -> Result<Router, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["https://app.example.com", "https://*.partner.example"])
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::PUT])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .max_age(Duration::from_secs(600))
        .build()?;
    let cors = CorsLayer::new(policy);
    Ok(Router::new().route("/items", get(async || "[]").put(async || "")).layer(cors))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app()?).await
}
