//! A policy that is changed while the service runs, and another that is tried beside it, on axum.
//!
//! ```sh
//! cargo run -p example-operations    # on port 3000, or on $PORT
//!
//! # Allowed, though not by the candidate; and refused.
//! curl -i http://127.0.0.1:3000/items -H 'Origin: https://shop.example.com'
//! curl -i http://127.0.0.1:3000/items -H 'Origin: https://example.org'
//! curl http://127.0.0.1:3000/metrics
//! ```
//!
//! Then change `policies/policy.toml` or `policies/candidate.toml`, rightly or wrongly, and look at
//! the metrics again. The log has each refused request, each difference and each mistake.

use std::sync::Arc;
use std::{env, error::Error, net::Ipv4Addr, path::Path};

use axum::http::{StatusCode, header::CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::{Router, extract::State, routing::get};
use cors_axum::{CorsLayer, Deployment, LoadError, Policy, PolicyHandle, PolicyWatch};
use prometheus_client::{encoding::text::encode, registry::Registry};
use tokio::net::TcpListener;
use tracing_subscriber::filter::LevelFilter;

use crate::metrics::Metrics;

mod metrics;

/// The service; its policies follow their files for as long as the watches are kept.
fn app(policies: &Path) -> Result<(Router, [PolicyWatch; 2]), LoadError> {
    let mut registry = Registry::default();
    let metrics = Metrics::register(&mut registry);
    let (policy, policy_watch) = follow(policies, "policy.toml", &metrics)?;
    let (candidate, candidate_watch) = follow(policies, "candidate.toml", &metrics)?;
    let deployment = Deployment::new(&policy).report_only(&candidate).observe(Arc::new(metrics));
    let app = Router::new()
        .route("/items", get("apple\n").put(StatusCode::NO_CONTENT))
        .layer(CorsLayer::new(deployment))
        // After the layer: no page has to read them.
        .route("/metrics", get(metrics_text).with_state(Arc::new(registry)));
    Ok((app, [policy_watch, candidate_watch]))
}

fn follow(
    policies: &Path,
    file: &'static str,
    metrics: &Metrics,
) -> Result<(PolicyHandle, PolicyWatch), LoadError> {
    let path = policies.join(file);
    let handle = PolicyHandle::new(Policy::from_path(&path)?);
    let metrics = metrics.clone();
    let watch = handle.watch(&path, move |result| metrics.reloaded(file, result))?;
    Ok((handle, watch))
}

async fn metrics_text(State(registry): State<Arc<Registry>>) -> Response {
    const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    let mut text = String::new();
    match encode(&mut text, &registry) {
        Ok(()) => ([(CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_max_level(LevelFilter::DEBUG).init();
    let (app, _watches) = app(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/policies")))?;
    let port = env::var("PORT").as_deref().unwrap_or("3000").parse()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    println!("listening on {}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

#[cfg(test)]
mod tests;
