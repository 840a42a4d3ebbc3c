use std::time::Duration;

use cors_poem::{Cors, Policy, PolicyErrors};
use poem::http::{Method, header};
use poem::listener::TcpListener;
use poem::{Endpoint, EndpointExt, Route, Server, get, handler};

#[handler]
fn list() -> &'static str {
    "[]"
}

#[handler]
fn replace() {}

pub fn app() -> Result<impl Endpoint, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["https://app.example.com", "https://*.partner.example"])
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::PUT])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .max_age(Duration::from_secs(600))
        .build()?;
    Ok(Route::new().at("/items", get(list).put(replace)).with(Cors::new(policy)))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    Server::new(TcpListener::bind("127.0.0.1:3000")).run(app()?).await
}
