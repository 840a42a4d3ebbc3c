use actix_cors::Cors;
use actix_web::{App, HttpServer, web};

fn cors() -> Cors {
    Cors::default()
        .allowed_origin("http://localhost:5173")
        .allowed_origin("https://app.example.com")
        .allowed_origin_fn(|origin, _| {
            let origin = origin.as_bytes();
            origin.starts_with(b"https://") && origin.ends_with(b".partner.example")
        })
        .allowed_methods(["GET", "HEAD", "POST", "PUT", "DELETE"])
        .allowed_headers(["authorization", "content-type"])
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let app = || App::new().route("/", web::get().to(|| async { "hello" })).wrap(cors());
    HttpServer::new(app).bind("127.0.0.1:3000")?.run().await
}
