//! An API under a CORS policy, on poem.
//!
//! ```sh
//! cargo run -p example-poem    # on port 3000, or on $PORT
//!
//! curl -i http://127.0.0.1:3000/items -H 'Origin: http://localhost:8080'
//!
//! curl -i http://127.0.0.1:3000/items/1 -X OPTIONS -H 'Origin: http://localhost:8080' \
//!     -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: content-type'
//! ```

use std::{env, error::Error, net::Ipv4Addr, time::Duration};

use cors_poem::{Cors, Policy, PolicyErrors};
use poem::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use poem::http::{HeaderMap, StatusCode};
use poem::listener::TcpListener;
use poem::web::{Json, Path};
use poem::{Endpoint, EndpointExt, IntoResponse, Response, Route, Server, get, handler, put};
use serde_json::{Value, json};

fn app() -> Result<impl Endpoint, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["http://localhost:8080", "https://app.example.com"])
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["authorization", "content-type"])
        .max_age(Duration::from_secs(600))
        .build()?;
    Ok(Route::new()
        .at("/items", get(list).post(create))
        .at("/items/:id", put(replace).delete(remove))
        .at("/me", get(me))
        .at("/error", get(error))
        .with(Cors::new(policy))) // last: the outermost sees unknown paths and wrong methods too
}

#[handler]
fn list() -> Json<Value> {
    Json(json!([{ "id": 1, "name": "apple" }]))
}

#[handler]
fn create(item: Json<Value>) -> Response {
    item.with_status(StatusCode::CREATED).into_response()
}

#[handler]
fn replace(Path(id): Path<u64>, Json(item): Json<Value>) -> Json<Value> {
    Json(json!({ "id": id, "item": item }))
}

#[handler]
fn remove(_id: Path<u64>) -> StatusCode {
    StatusCode::NO_CONTENT
}

#[handler]
fn me(headers: &HeaderMap) -> Response {
    match headers.get(AUTHORIZATION) {
        Some(_) => "you".into(),
        None => StatusCode::UNAUTHORIZED.with_header(WWW_AUTHENTICATE, "Bearer").into_response(),
    }
}

#[handler]
fn error() -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port: u16 = env::var("PORT").as_deref().unwrap_or("3000").parse()?;
    println!("listening on 127.0.0.1:{port}");
    Ok(Server::new(TcpListener::bind((Ipv4Addr::LOCALHOST, port))).run(app()?).await?)
}

#[cfg(test)]
mod tests;
