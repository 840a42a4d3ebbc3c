use std::time::Duration;

use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpServer};
use cors_actix::{Cors, Policy, PolicyErrors};

pub fn cors() -> Result<Cors, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["https://app.example.com", "https://*.partner.example"])
        .allow_credentials(true)
        .allow_methods(["GET", "PUT"])
        .allow_headers(["authorization", "content-type"])
        .max_age(Duration::from_secs(600))
        .build()?;
    Ok(Cors::new(policy))
}

pub fn routes(app: &mut ServiceConfig) {
    let items = web::resource("/items");
    app.service(items.get(async || "[]").put(async || ""));
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let cors = cors()?; // once: all workers share it
    let app = move || App::new().configure(routes).wrap(cors.clone());
    HttpServer::new(app).bind("127.0.0.1:3000")?.run().await
}
