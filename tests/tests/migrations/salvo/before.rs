use salvo::http::Method;
use salvo::prelude::*;
use salvo_cors::{AllowOrigin, Cors};

#[handler]
async fn list() -> &'static str {
    "[]"
}

#[handler]
async fn replace() {}

pub fn service() -> Service {
    let cors = Cors::new()
        .allow_origin(AllowOrigin::dynamic(|origin, _, _| {
            let origin = origin?;
            let is_app = origin == "https://app.example.com";
            (is_app || origin.as_bytes().ends_with(b".partner.example")).then(|| origin.clone())
        }))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::PUT])
        .allow_headers(vec!["authorization", "content-type"])
        .max_age(600)
        .into_handler();
    Service::new(Router::with_path("items").get(list).put(replace)).hoop(cors)
}

#[tokio::main]
async fn main() {
    let acceptor = TcpListener::new("127.0.0.1:3000").bind().await;
    Server::new(acceptor).serve(service()).await;
}
