use poem::http::{Method, header};
use poem::listener::TcpListener;
use poem::middleware::Cors;
use poem::{Endpoint, EndpointExt, Route, Server, get, handler};

#[handler]
fn list() -> &'static str {
    "[]"
}

#[handler]
fn replace() {}

pub fn app() -> impl Endpoint {
    let cors = Cors::new()
        .allow_origin("https://app.example.com")
        .allow_origin_regex("https://*.partner.example")
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::PUT])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .max_age(600);
    Route::new().at("/items", get(list).put(replace)).with(cors)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    Server::new(TcpListener::bind("127.0.0.1:3000")).run(app()).await
}
