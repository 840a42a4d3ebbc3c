//! A browser for tests: would a page of this origin be allowed to do this, with the real application?
//!
//! ```
//! use cors_poem::testing::Browser;
//! use cors_poem::{Cors, Policy};
//! use poem::{EndpointExt, Response, Route, handler, put};
//!
//! #[handler]
//! fn replace() -> Response {
//!     Response::builder().header("x-request-id", "r-1").finish()
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let policy = Policy::builder()
//!     .allow_origins(["https://app.example.com"])
//!     .allow_credentials(true)
//!     .allow_methods(["PUT"])
//!     .allow_headers(["content-type"])
//!     .expose_headers(["x-request-id"])
//!     .build()?;
//! let app = Route::new().at("/items/:id", put(replace)).with(Cors::new(policy));
//!
//! let browser = Browser::new(app);
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

use cors_core::explain::OutgoingRequest;
use cors_core::testing::{AppResponse, Framework};
use poem::{Body, Endpoint, Request};

/// A browser before an endpoint.
pub type Browser<E> = cors_core::testing::Browser<Poem, E>;

/// Sends requests to poem's endpoints.
#[derive(Debug)]
#[non_exhaustive]
pub struct Poem;

impl<E: Endpoint> Framework<E> for Poem {
    const MOUNTING: &'static str =
        "let app = routes.with(Cors::new(policy)); // the last middleware";

    async fn send(app: &E, request: OutgoingRequest) -> Result<AppResponse, String> {
        let request = request.to_http().map_err(|error| error.to_string())?;
        let (head, body) = request.into_parts();
        let mut request =
            Request::builder().method(head.method).uri(head.uri).body(Body::from(body));
        *request.headers_mut() = head.headers;
        let response = app.get_response(request).await;
        let lines = response.headers().iter();
        let lines = lines.map(|(name, value)| (name.as_str(), value.as_bytes()));
        Ok(AppResponse::new(response.status().as_u16(), lines))
    }
}
