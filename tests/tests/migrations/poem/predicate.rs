use cors_poem::{Cors, OriginPredicate, Policy, PolicyErrors};
use poem::Request;

pub fn tenants() -> Result<Cors, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["https://app.example.com"])
        .next_rule()
        .allow_origins_by_predicate(true)
        .predicate_vary(["x-tenant"])
        .build()?;
    Ok(Cors::new(policy).origin_predicate(OriginPredicate::predicate(
        |origin, request: &Request| {
            origin.scheme() == "https" && request.header("x-tenant").is_some()
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
