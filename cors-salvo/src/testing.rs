//! A browser for tests: would a page of this origin be allowed to do this, with the real application?
//!
//! ```
//! use cors_salvo::testing::Browser;
//! use cors_salvo::{Cors, Policy};
//! use salvo_core::{Response, Router, Service, handler};
//!
//! #[handler]
//! async fn replace(response: &mut Response) {
//!     response.add_header("x-request-id", "r-1", true).unwrap();
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
//! let routes = Router::with_path("items/{id}").put(replace);
//! let app = Cors::new(policy).wrap(Service::new(routes));
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
use salvo_core::conn::{ConnCtrl, SocketAddr};
use salvo_core::http::uri::Scheme;
use salvo_core::{Request, Service};

/// A browser before a service.
pub type Browser = cors_core::testing::Browser<Salvo, Service>;

/// Sends requests to salvo's services.
#[derive(Debug)]
#[non_exhaustive]
pub struct Salvo;

impl Framework<Service> for Salvo {
    const MOUNTING: &'static str = "let service = Cors::new(policy).wrap(Service::new(routes));";

    async fn send(app: &Service, request: OutgoingRequest) -> Result<AppResponse, String> {
        let request = request.to_http().map_err(|error| error.to_string())?;
        let address = || SocketAddr::Unknown;
        let server =
            app.hyper_handler(address(), address(), Scheme::HTTP, None, ConnCtrl::new(), None);
        let response = server.handle(Request::from_hyper(request, Scheme::HTTP)).await;
        Ok(AppResponse::from(&response.into_hyper()))
    }
}
