//! A browser for tests: would a page of this origin be allowed to do this, with the real application?
//!
//! ```
//! use actix_web::test::init_service;
//! use actix_web::{App, HttpResponse, web};
//! use cors_actix::testing::Browser;
//! use cors_actix::{Cors, Policy};
//!
//! # #[actix_web::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let policy = Policy::builder()
//!     .allow_origins(["https://app.example.com"])
//!     .allow_credentials(true)
//!     .allow_methods(["PUT"])
//!     .allow_headers(["content-type"])
//!     .expose_headers(["x-request-id"])
//!     .build()?;
//! let replace = || async { HttpResponse::Ok().insert_header(("x-request-id", "r-1")).finish() };
//! let app = App::new().route("/items/{id}", web::put().to(replace)).wrap(Cors::new(policy));
//!
//! let browser = Browser::new(init_service(app).await);
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
//! # }
//! ```
//!
//! A failed assertion prints what was sent and answered, the step of the Fetch standard that failed, and
//! the likely [cause](crate::explain::Cause).

use actix_http::Request;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::TestRequest;
use actix_web::{Error, HttpResponse};
use cors_core::explain::OutgoingRequest;
use cors_core::testing::{AppResponse, Framework};

/// A browser before an application, as `actix_web::test::init_service` makes it.
pub type Browser<S> = cors_core::testing::Browser<Actix, S>;

/// Sends requests to actix-web applications.
#[derive(Debug)]
#[non_exhaustive]
pub struct Actix;

impl<S, B> Framework<S> for Actix
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
{
    const MOUNTING: &'static str =
        "App::new().configure(routes).wrap(Cors::new(policy)) // the last wrap";

    async fn send(app: &S, request: OutgoingRequest) -> Result<AppResponse, String> {
        let request = to_actix(&request).ok_or("actix-web takes no such request")?;
        Ok(match app.call(request).await {
            Ok(response) => from_actix(response.response()),
            // As the server does.
            Err(error) => from_actix(&error.error_response()),
        })
    }
}

fn to_actix(request: &OutgoingRequest) -> Option<Request> {
    let method = Method::from_bytes(request.method().as_bytes()).ok()?;
    let body = request.body().unwrap_or_default().to_vec();
    let mut converted = TestRequest::default().method(method).set_payload(body).to_request();
    let head = converted.head_mut();
    head.uri = request.target().parse().ok()?;
    for (name, value) in request.header_bytes() {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        head.headers.append(name, HeaderValue::from_bytes(&value).ok()?);
    }
    Some(converted)
}

fn from_actix<B>(response: &HttpResponse<B>) -> AppResponse {
    let lines = response.headers().iter();
    let lines = lines.map(|(name, value)| (name.as_str(), value.as_bytes()));
    AppResponse::new(response.status().as_u16(), lines)
}
