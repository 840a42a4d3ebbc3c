use std::time::Duration;

use cors_salvo::{Cors, Policy, PolicyErrors};
use salvo::http::Method;
use salvo::prelude::*;

#[handler]
async fn list() -> &'static str {
    "[]"
}

#[handler]
async fn replace() {}

pub fn service() -> Result<Service, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["https://app.example.com", "https://*.partner.example"])
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::PUT])
        .allow_headers(["authorization", "content-type"])
        .max_age(Duration::from_secs(600))
        .build()?;
    let service = Service::new(Router::with_path("items").get(list).put(replace));
    Ok(Cors::new(policy).wrap(service))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let acceptor = TcpListener::new("127.0.0.1:3000").bind().await;
    Server::new(acceptor).serve(service()?).await;
    Ok(())
}
