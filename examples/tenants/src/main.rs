//! An API whose tenants bring their own origins, which a database knows, on axum.
//!
//! ```sh
//! cargo run -p example-tenants    # on port 3000, or on $PORT
//!
//! # A page of a tenant may read what is the tenant's, and nobody else's.
//! curl -i http://127.0.0.1:3000/acme/items -H 'Origin: https://shop.acme.example'
//! curl -i http://127.0.0.1:3000/globex/items -H 'Origin: https://shop.acme.example'
//!
//! # The database was asked twice: not about an origin that the policy lists, nor ever again about
//! # a page while the answer is kept.
//! curl -i http://127.0.0.1:3000/acme/items -H 'Origin: https://console.example.com'
//! curl http://127.0.0.1:3000/cache
//!
//! # Once a tenant is removed, its pages are refused.
//! curl -i http://127.0.0.1:3000/acme -X DELETE -H 'Origin: https://console.example.com'
//! curl -i http://127.0.0.1:3000/acme/items -H 'Origin: https://shop.acme.example'
//! ```
//!
//! The database is a file, whose path is printed: what another program changes in it, such as
//! `sqlite3`, counts as soon as the cache's answer has expired.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;
use std::{env, net::Ipv4Addr, path::Path as FilePath};

use axum::extract::{Path, State};
use axum::http::{StatusCode, request::Parts};
use axum::response::IntoResponse;
use axum::routing::{delete, get};
use axum::{Json, Router};
use cors_axum::{
    CorsLayer, Deployment, LoadError, ObservedRequest, Observer, OriginPredicate, Policy,
};
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use tokio::net::TcpListener;

use crate::tenants::{Lifetimes, Page, Tenants};

mod tenants;

fn app(tenants: Tenants, observer: Arc<dyn Observer>) -> Result<Router, LoadError> {
    let policy = Policy::from_path(concat!(env!("CARGO_MANIFEST_DIR"), "/policy.toml"))?;
    let cors = CorsLayer::new(Deployment::new(policy).observe(observer));
    Ok(Router::new()
        .route("/{tenant}/items", get(list).post(order))
        .route("/{tenant}", delete(remove))
        .route("/cache", get(cache))
        .with_state(tenants.clone())
        .layer(cors.origin_predicate(origins_of(tenants))))
}

/// The tenant stands in the path, which a preflight has too. A header would have to be one that
/// preflights carry, and to be named by `predicate_vary`.
fn origins_of(tenants: Tenants) -> OriginPredicate<Parts> {
    OriginPredicate::async_predicate(move |origin, request: &Parts| {
        let tenants = tenants.clone();
        let tenant = request.uri.path().split('/').nth(1).unwrap_or_default();
        let page = Page { origin: origin.to_string(), tenant: tenant.to_owned() };
        async move { tenants.allow(page).await }
    })
}

async fn list(Path(tenant): Path<String>) -> impl IntoResponse {
    Json(json!([{ "id": 1, "name": "apple", "tenant": tenant }]))
}

async fn order(Path(_tenant): Path<String>) -> impl IntoResponse {
    StatusCode::CREATED
}

/// Of all pages, only the console's can send a DELETE. Who else may is no question of CORS.
async fn remove(State(tenants): State<Tenants>, Path(tenant): Path<String>) -> impl IntoResponse {
    match tenants.remove(tenant).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(error) => {
            eprintln!("{error}");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

async fn cache(State(tenants): State<Tenants>) -> impl IntoResponse {
    Json(json!({ "lookups": tenants.lookups(), "kept_bytes": tenants.kept_bytes().await }))
}

/// A request is refused while the database fails, which somebody has to know.
struct FailureLog;

impl Observer for FailureLog {
    fn failed(&self, request: &ObservedRequest<'_>, error: &(dyn StdError + 'static)) {
        eprintln!("refused {request:?}: {error}");
    }
}

async fn open(database: &FilePath) -> sqlx::Result<Tenants> {
    let options = SqliteConnectOptions::new().filename(database).create_if_missing(true);
    // Requests wait for the database: not for long, and not all at once.
    let pool = SqlitePoolOptions::new().max_connections(4).acquire_timeout(Duration::from_secs(2));
    let lifetimes =
        Lifetimes { allowed: Duration::from_secs(60), refused: Duration::from_secs(10) };
    Tenants::new(pool.connect_with(options).await?, lifetimes).await
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn StdError>> {
    let directory = tempfile::tempdir()?;
    let database = directory.path().join("tenants.sqlite");
    let app = app(open(&database).await?, Arc::new(FailureLog))?;
    let port = env::var("PORT").as_deref().unwrap_or("3000").parse()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    println!("listening on {}, with {}", listener.local_addr()?, database.display());
    Ok(axum::serve(listener, app).await?)
}

#[cfg(test)]
mod tests;
