use axum::{Router, routing::get};
use cors_axum::{CorsLayer, Policy, PolicyErrors};

pub fn app() -> Result<Router, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["https://app.example"]) // or Policy::none(), if there is none
        .enforce_origins(true)
        .own_origins(["https://bank.example"])
        .build()?;
    Ok(Router::new()
        .route("/items", get(async || "[]").post(async || ""))
        .layer(CorsLayer::new(policy)))
}
