use actix_web::{App, HttpServer, web};
use cors_actix::{Cors, Policy};

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let policy = Policy::builder()
        .allow_origins(["http://localhost:5173", "https://app.example.com", "https://*.partner.example"])
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["authorization", "content-type"])
        .build()?;
    let cors = Cors::new(policy);
    let app = move || App::new().route("/", web::get().to(|| async { "hello" })).wrap(cors.clone());
    HttpServer::new(app).bind("127.0.0.1:3000")?.run().await
}
