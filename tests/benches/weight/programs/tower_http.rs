use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderValue, Method, request::Parts};
use axum::{Router, routing::get};
use tower_http::cors::{AllowOrigin, CorsLayer};

fn is_allowed(origin: &HeaderValue, _: &Parts) -> bool {
    let origin = origin.as_bytes();
    ["http://localhost:5173", "https://app.example.com"].iter().any(|o| o.as_bytes() == origin)
        || origin.starts_with(b"https://") && origin.ends_with(b".partner.example")
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(is_allowed))
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE]);
    let app = Router::new().route("/", get(|| async { "hello" })).layer(cors);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app).await
}
