//! A browser for tests: would a page of this origin be allowed to do this, with the real application?
//!
//! ```
//! use axum::{Router, routing::put};
//! use cors_axum::testing::Browser;
//! use cors_axum::{CorsLayer, Policy};
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
//! let app: Router = Router::new()
//!     .route("/items/{id}", put(|| async { [("x-request-id", "r-1")] }))
//!     .layer(CorsLayer::new(policy));
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

use std::error::Error;
use std::future::poll_fn;

use axum_core::body::Body;
use cors_core::explain::OutgoingRequest;
use cors_core::testing::{AppResponse, Framework};
use http::{Request, Response};
use tower_service::Service;

/// A browser before a tower service that takes axum's requests, such as a `Router`. Each request gets a
/// clone of the service.
pub type Browser<S> = cors_core::testing::Browser<Tower, S>;

/// Sends requests to tower services.
#[derive(Debug)]
#[non_exhaustive]
pub struct Tower;

impl<S, B> Framework<S> for Tower
where
    S: Service<Request<Body>, Response = Response<B>, Error: Into<Box<dyn Error + Send + Sync>>>,
    S: Clone,
{
    const MOUNTING: &'static str =
        "let app = Router::new().fallback_service(CorsLayer::new(policy).wrap(app));";

    async fn send(app: &S, request: OutgoingRequest) -> Result<AppResponse, String> {
        let request = request.to_http().map_err(|error| error.to_string())?;
        let mut app = app.clone();
        let response = async {
            poll_fn(|context| app.poll_ready(context)).await?;
            app.call(request.map(Body::from)).await
        };
        let response = response.await.map_err(|error| error.into().to_string())?;
        Ok(AppResponse::from(&response))
    }
}
