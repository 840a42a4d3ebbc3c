//! Layers that answer by themselves, and put the headers of the policy on what they answer.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, uri::Authority};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cors_axum::adapter::{CompiledPolicy, Decision, is_preflight};
use governor::DefaultDirectRateLimiter;
use governor::clock::{Clock, DefaultClock};

pub(crate) type Cors = CompiledPolicy<HeaderValue>;

/// How often requests are let through. Pages that are not allowed have a quota of their own, as
/// many people may have opened one.
pub(crate) struct Quotas {
    pub(crate) allowed: DefaultDirectRateLimiter,
    pub(crate) refused: DefaultDirectRateLimiter,
}

pub(crate) async fn limit_rate(
    State((cors, quotas)): State<(Cors, Arc<Quotas>)>,
    request: Request,
    next: Next,
) -> Response {
    // Without an answer to its preflight, the browser does not send what would be counted.
    if is_preflight(request.method().as_str(), request.headers()) {
        return next.run(request).await;
    }
    let decision = cors.decide(&request);
    let quota = if decision.refusal().is_none() { &quotas.allowed } else { &quotas.refused };
    match quota.check() {
        Ok(()) => next.run(request).await,
        Err(not_until) => {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            let retry_after = [(RETRY_AFTER, (wait.as_secs() + 1).to_string())];
            respond((StatusCode::TOO_MANY_REQUESTS, retry_after), &decision)
        }
    }
}

pub(crate) async fn authenticate(
    State((cors, token)): State<(Cors, &'static str)>,
    request: Request,
    next: Next,
) -> Response {
    // Browsers send a preflight without credentials.
    if is_preflight(request.method().as_str(), request.headers()) {
        return next.run(request).await;
    }
    if request.headers().get(AUTHORIZATION).is_some_and(|given| given == token) {
        return next.run(request).await;
    }
    let decision = cors.decide(&request);
    respond((StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer")]), &decision)
}

/// The response where `tower::timeout` gave up.
pub(crate) fn timed_out(cors: &Cors, method: &Method, uri: &Uri, headers: &HeaderMap) -> Response {
    let decision = cors.decide(&cors_axum::adapter::RequestParts {
        method: method.as_str(),
        scheme: uri.scheme_str(),
        authority: uri.authority().map(Authority::as_str),
        headers,
    });
    respond(StatusCode::SERVICE_UNAVAILABLE, &decision)
}

fn respond(response: impl IntoResponse, decision: &Decision<HeaderValue>) -> Response {
    let mut response = response.into_response();
    decision.headers().apply(response.headers_mut());
    response
}
