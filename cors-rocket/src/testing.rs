//! A browser for tests: would a page of this origin be allowed to do this, with the real application?
//!
//! ```
//! use cors_rocket::testing::Browser;
//! use cors_rocket::{Cors, Policy};
//! use rocket::local::asynchronous::Client;
//!
//! #[derive(rocket::Responder)]
//! struct Replaced(&'static str, rocket::http::Header<'static>);
//!
//! #[rocket::put("/items/<_id>")]
//! fn replace(_id: u64) -> Replaced {
//!     Replaced("replaced", rocket::http::Header::new("x-request-id", "r-1"))
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # rocket::async_test(async { // What #[rocket::async_test] writes around a test.
//! let policy = Policy::builder()
//!     .allow_origins(["https://app.example.com"])
//!     .allow_credentials(true)
//!     .allow_methods(["PUT"])
//!     .allow_headers(["content-type"])
//!     .expose_headers(["x-request-id"])
//!     .build()?;
//! let app = rocket::build().mount("/", rocket::routes![replace]).attach(Cors::new(policy));
//!
//! let browser = Browser::new(Client::untracked(app).await?);
//! let verdict = browser
//!     .page("https://app.example.com")
//!     .fetch("PUT", "/items/1")
//!     .header("content-type", "application/json")
//!     .credentials()
//!     .await;
//! assert!(verdict.is_allowed(), "{verdict}");
//! assert_eq!(verdict.header("x-request-id"), Some("r-1"));
//!
//! let verdict = browser.page("https://evil.example").fetch("PUT", "/items/1").await;
//! assert!(!verdict.is_allowed(), "{verdict}");
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! A failed assertion prints what was sent and answered, the step of the Fetch standard that failed, and
//! the likely [cause](crate::explain::Cause).

use cors_core::explain::OutgoingRequest;
use cors_core::testing::{AppResponse, Framework};
use rocket::http::{Header, Method};
use rocket::local::asynchronous::Client;

/// A browser before an application, of which `rocket::local` makes a client. Make an untracked client,
/// because a tracked one has cookies of its own.
pub type Browser = cors_core::testing::Browser<Rocket, Client>;

/// Sends requests to Rocket's applications.
#[derive(Debug)]
#[non_exhaustive]
pub struct Rocket;

impl Framework<Client> for Rocket {
    const MOUNTING: &'static str =
        "rocket::build().mount(\"/\", routes).attach(Cors::new(policy)) // the last fairing";

    async fn send(app: &Client, request: OutgoingRequest) -> Result<AppResponse, String> {
        let method: Method = match request.method().parse() {
            Ok(method) => method,
            // As the server does.
            Err(_) => return Ok(AppResponse::new::<&str, &str>(400, [])),
        };
        let mut sent = app.req(method, request.target().to_owned());
        for (name, value) in request.headers() {
            sent.add_header(Header::new(name.clone(), value.clone()));
        }
        let response = sent.body(request.body().unwrap_or_default()).dispatch().await;
        let lines = response.headers().iter();
        let lines = lines.map(|header| (header.name().to_string(), header.value().to_owned()));
        Ok(AppResponse::new(response.status().code, lines))
    }
}
