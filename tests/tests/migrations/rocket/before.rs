use rocket::http::Method;
use rocket::{Build, Rocket, get, put, routes};
use rocket_cors::{AllowedHeaders, AllowedOrigins, CorsOptions};

#[get("/items")]
fn list() -> &'static str {
    "[]"
}

#[put("/items")]
fn replace() {}

pub fn app() -> Result<Rocket<Build>, rocket_cors::Error> {
    let origins = ["https://app.example.com"];
    let patterns = [r"^https://.+\.partner\.example$"];
    let cors = CorsOptions::default()
        .allowed_origins(AllowedOrigins::some(&origins, &patterns))
        .allow_credentials(true)
        .allowed_methods([Method::Get, Method::Put].map(From::from).into())
        .allowed_headers(AllowedHeaders::some(&["authorization", "content-type"]))
        .max_age(Some(600))
        .to_cors()?;
    Ok(rocket::build().mount("/", routes![list, replace]).attach(cors))
}

#[rocket::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    app()?.launch().await?;
    Ok(())
}
