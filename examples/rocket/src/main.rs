//! An API under a CORS policy, on Rocket.
//!
//! ```sh
//! cargo run -p example-rocket    # on port 3000, or on $PORT
//!
//! curl -i http://127.0.0.1:3000/items -H 'Origin: http://localhost:8080'
//!
//! curl -i http://127.0.0.1:3000/items/1 -X OPTIONS -H 'Origin: http://localhost:8080' \
//!     -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: content-type'
//! ```

use std::{env, error::Error, net::Ipv4Addr, time::Duration};

use cors_rocket::{Cors, Policy, PolicyErrors};
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};
use rocket::serde::json::{Json, Value, json};
use rocket::{Build, Config, Request, Rocket, async_trait, delete, get, post, put, routes};

fn app(config: Config) -> Result<Rocket<Build>, PolicyErrors> {
    let policy = Policy::builder()
        .allow_origins(["http://localhost:8080", "https://app.example.com"])
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["authorization", "content-type"])
        .max_age(Duration::from_secs(600))
        .build()?;
    Ok(rocket::custom(config)
        .mount("/", routes![list, create, replace, remove, me, error])
        .attach(Cors::new(policy))) // last: no other fairing changes what it sets
}

#[get("/items")]
fn list() -> Json<Value> {
    Json(json!([{ "id": 1, "name": "apple" }]))
}

#[post("/items", data = "<item>")]
fn create(item: Json<Value>) -> (Status, Json<Value>) {
    (Status::Created, item)
}

#[put("/items/<id>", data = "<item>")]
fn replace(id: u64, item: Json<Value>) -> Json<Value> {
    Json(json!({ "id": id, "item": item.into_inner() }))
}

#[delete("/items/<_id>")]
fn remove(_id: u64) -> Status {
    Status::NoContent
}

#[get("/me")]
fn me(_token: Token) -> &'static str {
    "you"
}

#[get("/error")]
fn error() -> Status {
    Status::InternalServerError
}

/// A guard: Rocket's way to authenticate.
struct Token;

#[async_trait]
impl<'r> FromRequest<'r> for Token {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        match request.headers().get_one("authorization") {
            Some(_) => Outcome::Success(Self),
            None => Outcome::Error((Status::Unauthorized, ())),
        }
    }
}

#[rocket::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = env::var("PORT").as_deref().unwrap_or("3000").parse()?;
    let config = Config { port, address: Ipv4Addr::LOCALHOST.into(), ..Config::default() };
    app(config)?.launch().await?;
    Ok(())
}

#[cfg(test)]
mod tests;
