use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use cors_axum::{ObservedRequest, Observer, Refusal};
use futures_util::future::join_all;
use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;
use tower::ServiceExt;

use crate::tenants::{Lifetimes, Page, Tenants};

const HOUR: Duration = Duration::from_secs(3600);
const KEPT: Lifetimes = Lifetimes { allowed: HOUR, refused: HOUR };
const SHOP: &str = "https://shop.acme.example";
const CONSOLE: &str = "https://console.example.com";
const STRANGER: &str = "https://stranger.example";

struct Service {
    app: Router,
    database: SqlitePool,
    tenants: Tenants,
    failures: Arc<Failures>,
}

#[derive(Default)]
struct Failures {
    errors: Mutex<Vec<String>>,
    refused: AtomicUsize,
}

impl Observer for Failures {
    fn refused(&self, _: &ObservedRequest<'_>, refusal: Refusal) {
        if refusal == Refusal::OriginCheckFailed {
            self.refused.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn failed(&self, _: &ObservedRequest<'_>, error: &(dyn Error + 'static)) {
        self.errors.lock().unwrap().push(error.to_string());
    }
}

impl Service {
    async fn start(lifetimes: Lifetimes) -> Self {
        // Each connection to `:memory:` would have a database of its own.
        let pool = SqlitePoolOptions::new().max_connections(1);
        let database = pool.connect("sqlite::memory:").await.unwrap();
        let tenants = Tenants::new(database.clone(), lifetimes).await.unwrap();
        let failures = Arc::new(Failures::default());
        let app = super::app(tenants.clone(), failures.clone()).unwrap();
        Self { app, database, tenants, failures }
    }

    async fn send(&self, request: Request<Body>) -> (u16, HeaderMap) {
        let response = self.app.clone().oneshot(request).await.unwrap();
        (response.status().as_u16(), response.headers().clone())
    }

    /// Whether a page of the origin may read the answer to a GET.
    async fn is_read(&self, origin: &str, path: &str) -> bool {
        let request = Request::get(path).header("origin", origin).body(Body::empty()).unwrap();
        let (status, headers) = self.send(request).await;
        assert_eq!(status, 200, "CORS keeps no request away");
        match headers.get("access-control-allow-origin") {
            Some(allowed) => {
                assert_eq!(allowed, origin);
                true
            }
            None => false,
        }
    }

    async fn execute(&self, statement: &'static str) {
        sqlx::raw_sql(statement).execute(&self.database).await.unwrap();
    }
}

fn preflight(origin: &str, path: &str, method: &str) -> Request<Body> {
    Request::options(path)
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", "authorization")
        .body(Body::empty())
        .unwrap()
}

#[tokio::test]
async fn pages_of_a_tenant_may_read_what_is_its_own() {
    let service = Service::start(KEPT).await;
    let (status, headers) = service.send(preflight(SHOP, "/acme/items", "POST")).await;
    assert_eq!(status, 204);
    assert_eq!(headers["access-control-allow-origin"], SHOP);
    assert_eq!(headers["access-control-allow-headers"], "authorization,content-type");
    assert!(service.is_read(SHOP, "/acme/items").await);
    assert!(!service.is_read(SHOP, "/globex/items").await, "of another tenant");
    assert!(!service.is_read("http://shop.acme.example", "/acme/items").await, "another scheme");
    assert!(!service.is_read("https://shop.acme.example:8443", "/acme/items").await, "port");
}

#[tokio::test]
async fn strangers_are_refused() {
    let service = Service::start(KEPT).await;
    let (status, headers) = service.send(preflight(STRANGER, "/acme/items", "POST")).await;
    assert_eq!(status, 403);
    assert!(!headers.contains_key("access-control-allow-origin"));
    assert!(!service.is_read(STRANGER, "/acme/items").await);
    assert!(!service.is_read("https://x' OR '1'='1", "/acme/items").await);
    assert!(!service.is_read("null", "/acme/items").await);
}

#[tokio::test]
async fn tenants_may_not_do_what_the_console_may() {
    let service = Service::start(KEPT).await;
    for (origin, may_delete) in [(SHOP, false), (CONSOLE, true)] {
        let (status, headers) = service.send(preflight(origin, "/acme", "DELETE")).await;
        assert_eq!(status, 204);
        let methods = headers["access-control-allow-methods"].to_str().unwrap();
        assert_eq!(methods.split(',').any(|method| method == "DELETE"), may_delete, "{methods}");
    }
}

#[tokio::test]
async fn the_database_is_asked_about_no_listed_origin() {
    let service = Service::start(KEPT).await;
    service.database.close().await;
    assert_eq!(service.send(preflight(CONSOLE, "/acme/items", "PUT")).await.0, 204);
    assert!(service.is_read(CONSOLE, "/acme/items").await);
    assert!(service.is_read("http://localhost:8080", "/acme/items").await);
    assert_eq!(service.tenants.lookups(), 0);
}

#[tokio::test]
async fn the_database_is_asked_once_about_a_page() {
    let service = Service::start(KEPT).await;
    for origin in [SHOP, STRANGER] {
        let before = service.tenants.lookups();
        let at_once = (0..20).map(|_| service.is_read(origin, "/acme/items"));
        let is_read = join_all(at_once).await;
        assert_eq!(is_read, [origin == SHOP; 20]);
        service.send(preflight(origin, "/acme/items", "POST")).await;
        assert_eq!(service.tenants.lookups() - before, 1, "{origin}");
    }
}

#[tokio::test]
async fn a_failing_database_refuses_and_is_reported() {
    let service = Service::start(KEPT).await;
    assert!(service.is_read(SHOP, "/acme/items").await);
    service.execute("ALTER TABLE origins RENAME TO moved").await;

    assert!(service.is_read(SHOP, "/acme/items").await, "the answer is kept");
    let globex = "https://globex.example";
    assert!(!service.is_read(globex, "/globex/items").await);
    assert_eq!(service.send(preflight(globex, "/globex/items", "POST")).await.0, 403);
    let errors = service.failures.errors.lock().unwrap().clone();
    assert_eq!(errors.len(), 2);
    assert!(errors[0].contains("no such table: origins"), "{errors:?}");
    assert_eq!(service.failures.refused.load(Ordering::Relaxed), 2);

    service.execute("ALTER TABLE moved RENAME TO origins").await;
    assert!(service.is_read(globex, "/globex/items").await, "an error is not kept");
}

#[tokio::test]
async fn a_removed_tenant_is_refused() {
    let service = Service::start(KEPT).await;
    assert!(service.is_read(SHOP, "/acme/items").await);
    assert!(service.is_read("https://globex.example", "/globex/items").await);
    let request = Request::delete("/acme").header("origin", CONSOLE).body(Body::empty()).unwrap();
    assert_eq!(service.send(request).await.0, 204);
    assert!(!service.is_read(SHOP, "/acme/items").await);
    assert!(service.is_read("https://globex.example", "/globex/items").await);
    assert_eq!(service.tenants.lookups(), 3, "about globex once");
}

#[tokio::test]
async fn answers_expire() {
    // With a lifetime of zero, an answer has expired when the next request comes.
    let service = Service::start(Lifetimes { allowed: Duration::ZERO, refused: HOUR }).await;
    assert!(service.is_read(SHOP, "/acme/items").await);
    service.execute("DELETE FROM origins WHERE tenant = 'acme'").await;
    assert!(!service.is_read(SHOP, "/acme/items").await);

    service.execute("INSERT INTO origins VALUES ('https://shop.acme.example', 'acme')").await;
    assert!(!service.is_read(SHOP, "/acme/items").await, "this answer is kept for an hour");

    let service = Service::start(Lifetimes { allowed: HOUR, refused: Duration::ZERO }).await;
    assert!(!service.is_read(STRANGER, "/acme/items").await);
    service.execute("INSERT INTO origins VALUES ('https://stranger.example', 'acme')").await;
    assert!(service.is_read(STRANGER, "/acme/items").await);
}

#[tokio::test]
async fn made_up_pages_do_not_fill_the_memory() {
    let service = Service::start(KEPT).await;
    // Several times what the cache holds.
    for number in 0..32 {
        let origin = format!("https://{number}.{}.example", "a".repeat(60));
        let tenant = number.to_string().repeat(64 * 1024);
        assert!(!service.tenants.allow(Page { origin, tenant }).await.unwrap());
    }
    let kept = service.tenants.kept_bytes().await;
    assert!((1..=1024 * 1024).contains(&kept), "{kept}");
}
