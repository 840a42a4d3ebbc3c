use actix_web::dev::ServiceRequest;
use cors_actix::{Cors, OriginPredicate, Policy, PolicyErrors};

pub fn tenants() -> Result<Cors, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["https://app.example.com"])
        .next_rule()
        .allow_origins_by_predicate(true)
        .predicate_vary(["x-tenant"])
        .build()?;
    Ok(Cors::new(policy).origin_predicate(OriginPredicate::predicate(
        |origin, request: &ServiceRequest| {
            origin.scheme() == "https" && request.headers().contains_key("x-tenant")
        },
    )))
}

pub fn every_website_with_cookies() -> Result<Cors, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins_by_predicate(true)
        .allow_credentials(true)
        .dangerously_allow_predicate_origins_with_credentials(true)
        .build()?;
    Ok(Cors::new(policy).origin_predicate(OriginPredicate::predicate(|_, _| true)))
}
