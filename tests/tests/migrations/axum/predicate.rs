use axum::http::request::Parts;
use cors_axum::asking::AskingCorsLayer;
use cors_axum::{CorsLayer, OriginPredicate, Policy, PolicyErrors};

pub fn tenants() -> Result<AskingCorsLayer, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["https://app.example.com"])
        .next_rule()
        .allow_origins_by_predicate(true)
        .predicate_vary(["x-tenant"])
        .build()?;
    Ok(CorsLayer::new(policy).origin_predicate(OriginPredicate::predicate(
        |origin, head: &Parts| origin.scheme() == "https" && head.headers.contains_key("x-tenant"),
    )))
}

pub fn every_website_with_cookies() -> Result<AskingCorsLayer, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins_by_predicate(true)
        .allow_credentials(true)
        .dangerously_allow_predicate_origins_with_credentials(true)
        .build()?;
    Ok(CorsLayer::new(policy).origin_predicate(OriginPredicate::predicate(|_, _| true)))
}
