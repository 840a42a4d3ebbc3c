//! An API under a CORS policy, on actix-web.
//!
//! ```sh
//! cargo run -p example-actix    # on port 3000, or on $PORT
//!
//! curl -i http://127.0.0.1:3000/items -H 'Origin: http://localhost:8080'
//!
//! curl -i http://127.0.0.1:3000/items/1 -X OPTIONS -H 'Origin: http://localhost:8080' \
//!     -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: content-type'
//! ```

use std::{env, error::Error, net::Ipv4Addr, time::Duration};

use actix_web::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use actix_web::web::{Json, Path, ServiceConfig, resource};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, Responder};
use cors_actix::{Cors, Policy, PolicyErrors};
use serde_json::{Value, json};

fn cors() -> Result<Cors, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["http://localhost:8080", "https://app.example.com"])
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["authorization", "content-type"])
        .max_age(Duration::from_secs(600))
        .build()?;
    Ok(Cors::new(policy))
}

fn routes(app: &mut ServiceConfig) {
    app.service(resource("/items").get(list).post(create))
        .service(resource("/items/{id}").put(replace).delete(remove))
        .service(resource("/me").get(me))
        .service(resource("/error").get(HttpResponse::InternalServerError));
}

async fn list() -> impl Responder {
    Json(json!([{ "id": 1, "name": "apple" }]))
}

async fn create(item: Json<Value>) -> impl Responder {
    HttpResponse::Created().json(item)
}

async fn replace(id: Path<u64>, item: Json<Value>) -> impl Responder {
    Json(json!({ "id": *id, "item": item }))
}

async fn remove(_id: Path<u64>) -> impl Responder {
    HttpResponse::NoContent()
}

async fn me(request: HttpRequest) -> HttpResponse {
    match request.headers().get(AUTHORIZATION) {
        Some(_) => HttpResponse::Ok().body("you"),
        None => HttpResponse::Unauthorized().insert_header((WWW_AUTHENTICATE, "Bearer")).finish(),
    }
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = env::var("PORT").as_deref().unwrap_or("3000").parse()?;
    let cors = cors()?; // once, for all workers
    // The last `wrap` is the outermost, where it also sees unknown paths and wrong methods.
    let server = HttpServer::new(move || App::new().configure(routes).wrap(cors.clone()))
        .bind((Ipv4Addr::LOCALHOST, port))?;
    println!("listening on {:?}", server.addrs());
    Ok(server.run().await?)
}

#[cfg(test)]
mod tests;
