use std::fs;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use cors_axum::PolicyWatch;
use http_body_util::BodyExt;
use tempfile::TempDir;
use tokio::time::sleep;
use tower::ServiceExt;

const REFUSED: &str = r#"cors_refused_requests_total{reason="origin_not_allowed"} 1"#;

struct Service {
    app: Router,
    policies: TempDir,
    _watches: [PolicyWatch; 2],
}

impl Service {
    /// Under copies of the policies that the example comes with.
    fn start() -> Self {
        let policies = tempfile::tempdir().unwrap();
        for file in ["policy.toml", "candidate.toml"] {
            let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies").join(file);
            fs::copy(original, policies.path().join(file)).unwrap();
        }
        let (app, _watches) = super::app(policies.path()).unwrap();
        Self { app, policies, _watches }
    }

    async fn send(&self, request: Request<Body>) -> (HeaderMap, String) {
        let (head, body) = self.app.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (head.headers, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn is_read(&self, origin: &str) -> bool {
        let request = Request::get("/items").header("origin", origin).body(Body::empty()).unwrap();
        self.send(request).await.0.contains_key("access-control-allow-origin")
    }

    async fn metrics(&self) -> String {
        self.send(Request::get("/metrics").body(Body::empty()).unwrap()).await.1
    }

    async fn has_counted(&self, sample: &str) -> bool {
        self.metrics().await.lines().any(|line| line == sample)
    }

    async fn change(&self, file: &str, text: &str, counted_as: &str) {
        fs::write(self.policies.path().join(file), text).unwrap();
        let sample = format!("cors_policy_reloads_total{{{counted_as}}} 1");
        // A file that is never read hangs.
        while !self.has_counted(&sample).await {
            sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test]
async fn requests_are_counted() {
    let service = Service::start();
    assert!(service.is_read("http://localhost:8080").await);
    assert!(!service.is_read("https://example.org").await);
    assert!(service.has_counted("cors_allowed_requests_total 1").await);
    assert!(service.has_counted(REFUSED).await);
    assert!(service.has_counted("cors_differed_requests_total 0").await);
    assert!(service.metrics().await.ends_with("# EOF\n"));
}

#[tokio::test]
async fn the_candidate_is_only_compared() {
    let service = Service::start();
    assert!(service.is_read("https://app.example.com").await);
    assert!(service.has_counted("cors_differed_requests_total 0").await);
    assert!(service.is_read("https://shop.example.com").await, "as the policy in force says");
    assert!(service.has_counted("cors_differed_requests_total 1").await);
}

#[tokio::test]
async fn policies_follow_their_files() {
    let service = Service::start();
    assert!(!service.is_read("https://example.org").await);
    let policy = "allow_origins = [\"https://example.org\"]";
    service.change("policy.toml", policy, r#"file="policy.toml",result="in force""#).await;
    assert!(service.is_read("https://example.org").await);

    let mistake = "allow_origins = [\"https://example.org/\"]";
    service.change("policy.toml", mistake, r#"file="policy.toml",result="invalid""#).await;
    assert!(service.is_read("https://example.org").await, "the old policy stays in force");
    assert!(service.has_counted("cors_differed_requests_total 2").await);

    service.change("candidate.toml", policy, r#"file="candidate.toml",result="in force""#).await;
    assert!(service.is_read("https://example.org").await);
    assert!(service.has_counted("cors_differed_requests_total 2").await);
}
