//! An API under a CORS policy, on salvo.
//!
//! ```sh
//! cargo run -p example-salvo    # on port 3000, or on $PORT
//!
//! curl -i http://127.0.0.1:3000/items -H 'Origin: http://localhost:8080'
//!
//! curl -i http://127.0.0.1:3000/items/1 -X OPTIONS -H 'Origin: http://localhost:8080' \
//!     -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: content-type'
//! ```

use std::{env, error::Error, net::Ipv4Addr, time::Duration};

use cors_salvo::{Cors, Policy, PolicyErrors};
use salvo::conn::{Listener, TcpListener};
use salvo::http::header::AUTHORIZATION;
use salvo::http::{ParseError, StatusCode, StatusError};
use salvo::writing::Json;
use salvo::{Request, Response, Router, Server, Service, handler};
use serde_json::{Value, json};

fn app() -> Result<Service, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["http://localhost:8080", "https://app.example.com"])
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["authorization", "content-type"])
        .max_age(Duration::from_secs(600))
        .build()?;
    let routes = Router::new()
        .push(Router::with_path("items").get(list).post(create))
        .push(Router::with_path("items/{id}").put(replace).delete(remove))
        .push(Router::with_path("me").get(me))
        .push(Router::with_path("error").get(error));
    // Around the service: a router's hoops run for no preflight.
    Ok(Cors::new(policy).wrap(Service::new(routes)))
}

#[handler]
async fn list() -> Json<Value> {
    Json(json!([{ "id": 1, "name": "apple" }]))
}

#[handler]
async fn create(request: &mut Request, response: &mut Response) -> Result<Json<Value>, ParseError> {
    response.status_code(StatusCode::CREATED);
    Ok(Json(request.parse_json().await?))
}

#[handler]
async fn replace(request: &mut Request) -> Result<Json<Value>, ParseError> {
    let item: Value = request.parse_json().await?;
    Ok(Json(json!({ "id": request.param::<u64>("id"), "item": item })))
}

#[handler]
async fn remove(response: &mut Response) {
    response.status_code(StatusCode::NO_CONTENT);
}

#[handler]
async fn me(request: &Request) -> Result<&'static str, StatusError> {
    match request.headers().get(AUTHORIZATION) {
        Some(_) => Ok("you"),
        None => Err(StatusError::unauthorized()),
    }
}

#[handler]
async fn error() -> StatusError {
    StatusError::internal_server_error()
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = env::var("PORT").as_deref().unwrap_or("3000").parse()?;
    let acceptor = TcpListener::new((Ipv4Addr::LOCALHOST, port)).try_bind().await?;
    println!("listening on 127.0.0.1:{port}");
    Ok(Server::new(acceptor).try_serve(app()?).await?)
}

#[cfg(test)]
mod tests;
