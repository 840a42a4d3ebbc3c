use actix_cors::Cors;
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpServer};

pub fn cors() -> Cors {
    Cors::default()
        .allowed_origin("https://app.example.com")
        .allowed_origin_fn(|origin, _| origin.as_bytes().ends_with(b".partner.example"))
        .supports_credentials()
        .allowed_methods(["GET", "PUT"])
        .allowed_headers(["authorization", "content-type"])
        .max_age(600)
}

pub fn routes(app: &mut ServiceConfig) {
    let items = web::resource("/items");
    app.service(items.get(async || "[]").put(async || ""));
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let app = || App::new().configure(routes).wrap(cors());
    HttpServer::new(app).bind("127.0.0.1:3000")?.run().await
}
