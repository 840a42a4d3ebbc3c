//! Layers that stand outside of CORS and answer by themselves, on axum.
//!
//! Mount CORS outside of such layers where you can. Where something has to stand further out, such
//! as a rate limit before anything else, it can ask the policy itself: otherwise scripts see a
//! network error where the answer was 429, 401 or 503.
//!
//! ```sh
//! cargo run -p example-outer-layers    # on port 3000, or on $PORT
//!
//! # 401, which a script may read.
//! curl -i http://127.0.0.1:3000/items -H 'Origin: http://localhost:8080'
//!
//! # 503 after two seconds.
//! curl -i http://127.0.0.1:3000/slow -H 'Origin: http://localhost:8080' \
//!     -H 'Authorization: Bearer demo'
//!
//! # 429 after the fifth, but no preflight is counted.
//! for n in 1 2 3 4 5 6; do
//!     curl -i http://127.0.0.1:3000/items -H 'Origin: http://localhost:8080'
//! done
//! curl -i http://127.0.0.1:3000/items -X OPTIONS -H 'Origin: http://localhost:8080' \
//!     -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: authorization'
//! ```
//!
//! Under a policy that is replaced while the service runs, `Deployment::from(&handle).compile()`
//! decides in the place of `policy.compile()`.

use std::sync::Arc;
use std::time::Duration;
use std::{env, error::Error, net::Ipv4Addr, num::NonZero};

use axum::error_handling::HandleErrorLayer;
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::{BoxError, Json, Router, response::IntoResponse};
use cors_axum::{CorsLayer, Policy, PolicyErrors};
use governor::{Quota, RateLimiter};
use serde_json::json;
use tokio::{net::TcpListener, time::sleep};
use tower::ServiceBuilder;
use tower::timeout::TimeoutLayer;

use crate::layers::{Quotas, authenticate, limit_rate, timed_out};

mod layers;

const TOKEN: &str = "Bearer demo";
const TIME_LIMIT: Duration = Duration::from_secs(2);
const BURST: NonZero<u32> = NonZero::new(5).unwrap();

fn app() -> Result<Router, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["http://localhost:8080", "https://app.example.com"])
        // The service's own pages, whose PUT requests name their origin too.
        .allow_origins(["https://api.example.com"])
        .allow_methods(["PUT"])
        .allow_headers(["authorization", "content-type"])
        .expose_headers(["retry-after", "www-authenticate"])
        .build()?;
    let cors = policy.compile();
    let quota = || RateLimiter::direct(Quota::per_minute(BURST));
    let quotas = Arc::new(Quotas { allowed: quota(), refused: quota() });
    let on_timeout = {
        let cors = cors.clone();
        move |method: Method, uri: Uri, headers: HeaderMap, _: BoxError| {
            let response = timed_out(&cors, &method, &uri, &headers);
            async move { response }
        }
    };
    // The first of these layers is outermost.
    let outer = ServiceBuilder::new()
        .layer(from_fn_with_state((cors.clone(), quotas), limit_rate))
        .layer(from_fn_with_state((cors, TOKEN), authenticate))
        .layer(HandleErrorLayer::new(on_timeout))
        .layer(TimeoutLayer::new(TIME_LIMIT));
    Ok(Router::new()
        .route("/items", get(list).put(list))
        .route("/slow", get(slow))
        .layer(CorsLayer::new(policy))
        .layer(outer))
}

async fn list() -> impl IntoResponse {
    Json(json!([{ "id": 1, "name": "apple" }]))
}

async fn slow() {
    sleep(10 * TIME_LIMIT).await;
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
