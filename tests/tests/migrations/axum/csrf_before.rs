use axum::{Router, routing::get};
use tower_http::csrf::{ConfigError, CsrfLayer};

pub fn app() -> Result<Router, ConfigError> {
    let csrf = CsrfLayer::new().add_trusted_origin("https://app.example")?;
    Ok(Router::new().route("/items", get(async || "[]").post(async || "")).layer(csrf))
}
