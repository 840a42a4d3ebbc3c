use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpServer};
use cors_actix::{Cors, Policy};

pub fn routes(app: &mut ServiceConfig) {
    let root = web::resource("/");
    app.service(root.get(async || "Hello").post(async || "Saved").put(async || "Saved"));
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let cors = Cors::new(Policy::any_origin().build()?); // once: all workers share it
    let app = move || App::new().configure(routes).wrap(cors.clone()); // last
    HttpServer::new(app).bind("127.0.0.1:3000")?.run().await
}
