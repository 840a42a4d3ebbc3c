use cors_axum::{Policy, PolicyErrors}; // or of cors_actix: they are the same

pub fn every_page() -> Result<Policy, PolicyErrors> {
    Policy::any_origin().build()
}

pub fn every_page_with_json() -> Result<Policy, PolicyErrors> {
    Policy::any_origin().allow_headers(["content-type"]).build()
}

pub fn our_page() -> Result<Policy, PolicyErrors> {
    Policy::builder()
        .allow_origins(["http://localhost:4321"])
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["content-type", "authorization"])
        .build()
}

pub fn our_page_with_cookies() -> Result<Policy, PolicyErrors> {
    Policy::builder()
        .allow_origins(["http://localhost:4321"])
        .allow_credentials(true)
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["content-type", "authorization"])
        .max_age(std::time::Duration::from_secs(600))
        .build()
}
