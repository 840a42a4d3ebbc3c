//! A small service under a policy, with a fault in front of it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::response::Response;
use cors_axum::CorsLayer;
use cors_cli::probe::{Options, Probe, ProbeError, Report};
use cors_core::Policy;
use tower::{Layer, Service, ServiceExt};

use crate::fault::{Fault, Seen};

/// Serves an application with a fault, and compares it with its policy.
pub(crate) fn probe(policy: &Policy, fault: Fault) -> Result<Report, ProbeError> {
    let mut options = Options::default();
    options.paths = vec!["/error".into(), "/own".into()];
    Probe::new(&start(policy, fault), Some(policy), options)?.run(&|_| {})
}

/// Serves an application with a fault, and probes it without its policy.
pub(crate) fn audit(policy: &Policy, fault: Fault) -> Result<Report, ProbeError> {
    let mut options = Options::default();
    options.origins = vec!["https://app.example.com".into()];
    Probe::new(&start(policy, fault), None, options)?.run(&|_| {})
}

/// Returns the URL.
fn start(policy: &Policy, fault: Fault) -> String {
    let served = fault.serves.clone().map(|config| Policy::try_from(config).unwrap());
    let layer = CorsLayer::new(served.unwrap_or_else(|| policy.clone()));
    let whole = layer.layer(application());
    let (fault, right) = (Arc::new(fault), policy.clone());
    let service = Router::new().fallback(move |request: Request| {
        let (fault, whole, right) = (fault.clone(), whole.clone(), right.clone());
        async move { answer(&fault, &right, whole, request).await }
    });
    format!("http://{}/x", serve(service))
}

/// The deviations, one a line.
pub(crate) fn lines(report: &Report) -> Vec<String> {
    assert_eq!((report.left_out, report.incomplete.as_slice()), (0, &[][..]));
    report.deviations.iter().map(ToString::to_string).collect()
}

/// Serves until the process ends.
pub(crate) fn serve(service: Router) -> SocketAddr {
    let listener = tests::listen().unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, service).await.unwrap();
        });
    });
    address
}

/// What stands behind the policy.
fn application() -> Router {
    Router::new().fallback(|request: Request| async move {
        let status = match request.uri().path() {
            "/x" | "/own" => 200,
            "/error" => 500,
            _ => 404,
        };
        let mut response = Response::builder()
            .status(status)
            .header("x-request-id", "r-1")
            .header("x-secret", "s")
            .header("vary", "Accept-Encoding");
        if request.headers().get("accept-encoding").is_some_and(|encoding| encoding == "gzip") {
            response = response.header("content-encoding", "gzip");
        }
        if request.uri().path() == "/own" {
            response = response
                .header("access-control-allow-origin", "https://handler.invalid")
                .header("access-control-expose-headers", "x-secret");
        }
        response.body(Body::empty()).unwrap()
    })
}

async fn answer<S>(fault: &Fault, policy: &Policy, whole: S, mut request: Request) -> Response
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    let seen = Seen::of(&request, policy);
    let edits: Vec<_> = fault.edits.iter().filter(|edit| edit.applies(&seen)).collect();
    let seen_as = edits.iter().find_map(|edit| edit.seen_as.as_deref());
    match seen_as {
        Some("") => drop(request.headers_mut().remove("origin")),
        Some(origin) => {
            request.headers_mut().insert("origin", HeaderValue::from_str(origin).unwrap());
        }
        None => {}
    }
    let response = match &edits {
        edits if edits.iter().any(|edit| edit.answers) => Ok(Response::new(Body::empty())),
        edits if edits.iter().any(|edit| edit.bypass) => application().oneshot(request).await,
        _ => whole.oneshot(request).await,
    };
    let mut response = response.unwrap_or_else(|error| match error {});
    if let Some(allowed) = response.headers_mut().get_mut("access-control-allow-origin")
        && seen_as.is_some_and(|origin| allowed == origin)
    {
        *allowed = HeaderValue::from_str(seen.header("origin")).unwrap();
    }
    for edit in edits {
        edit.change(&seen, &mut response);
    }
    response
}
