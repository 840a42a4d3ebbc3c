//! An API under a CORS policy, on axum.
//!
//! ```sh
//! cargo run -p example-axum    # on port 3000, or on $PORT
//!
//! curl -i http://127.0.0.1:3000/items -H 'Origin: http://localhost:8080'
//!
//! curl -i http://127.0.0.1:3000/items/1 -X OPTIONS -H 'Origin: http://localhost:8080' \
//!     -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: content-type'
//! ```

use std::{env, error::Error, net::Ipv4Addr, time::Duration};

use axum::extract::Path;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, put};
use axum::{Json, Router, response::IntoResponse};
use cors_axum::{CorsLayer, Policy, PolicyErrors};
use serde_json::{Value, json};
use tokio::net::TcpListener;

fn app() -> Result<Router, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["http://localhost:8080", "https://app.example.com"])
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["authorization", "content-type"])
        .max_age(Duration::from_secs(600))
        .build()?;
    Ok(Router::new()
        .route("/items", get(list).post(create))
        .route("/items/{id}", put(replace).delete(remove))
        .route("/me", get(me))
        .route("/error", get(StatusCode::INTERNAL_SERVER_ERROR))
        .layer(CorsLayer::new(policy))) // last: it covers what was added before it
}

async fn list() -> impl IntoResponse {
    Json(json!([{ "id": 1, "name": "apple" }]))
}

async fn create(Json(item): Json<Value>) -> impl IntoResponse {
    (StatusCode::CREATED, Json(item))
}

async fn replace(Path(id): Path<u64>, Json(item): Json<Value>) -> impl IntoResponse {
    Json(json!({ "id": id, "item": item }))
}

async fn remove(Path(_id): Path<u64>) -> impl IntoResponse {
    StatusCode::NO_CONTENT
}

async fn me(headers: HeaderMap) -> impl IntoResponse {
    match headers.get(AUTHORIZATION) {
        Some(_) => "you".into_response(),
        None => (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")]).into_response(),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = env::var("PORT").as_deref().unwrap_or("3000").parse()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    println!("listening on {}", listener.local_addr()?);
    Ok(axum::serve(listener, app()?).await?)
}

#[cfg(test)]
mod tests;
