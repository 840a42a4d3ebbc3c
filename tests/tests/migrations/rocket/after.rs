use std::time::Duration;

use cors_rocket::{Cors, Policy, PolicyErrors};
use rocket::{Build, Rocket, get, put, routes};

#[get("/items")]
fn list() -> &'static str {
    "[]"
}

#[put("/items")]
fn replace() {}

pub fn app() -> Result<Rocket<Build>, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["https://app.example.com", "https://*.partner.example"])
        .allow_credentials(true)
        .allow_methods(["GET", "PUT"])
        .allow_headers(["authorization", "content-type"])
        .max_age(Duration::from_secs(600))
        .build()?;
    Ok(rocket::build().mount("/", routes![list, replace]).attach(Cors::new(policy)))
}

#[rocket::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    app()?.launch().await?;
    Ok(())
}
