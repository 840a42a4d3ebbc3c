//! Between the oracle's types and text.

use tests::oracle::{
    FetchRequest, HeaderList, HttpResponse, NetworkError, Outcome, Page, PreflightFailure,
    ResponseKind,
};
use tests::{Head, HeaderLines, Request, latin1, latin1_bytes};
use url::ParseError;

pub(crate) fn header_list(lines: &HeaderLines) -> HeaderList {
    let line = |(name, value): &(String, String)| (latin1_bytes(name), latin1_bytes(value));
    lines.iter().map(line).collect()
}

pub(crate) fn response(head: &Head) -> HttpResponse {
    HttpResponse { status: head.status, headers: header_list(&head.headers) }
}

pub(crate) fn page(origin: &str) -> Page {
    match origin {
        "null" => Page::Opaque,
        origin => Page::Tuple(latin1_bytes(origin)),
    }
}

/// A request whose path is a whole URL.
pub(crate) fn fetch_request(page: Page, request: &Request) -> Result<FetchRequest, ParseError> {
    let mut fetch = FetchRequest::new(page, request.path.parse()?);
    fetch.method = request.method.clone().into();
    fetch.headers = header_list(&request.headers);
    Ok(fetch)
}

pub(crate) fn names(headers: &HeaderList) -> Vec<String> {
    headers.iter().map(|(name, _)| latin1(name)).collect()
}

pub(crate) fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Throws => "throws".into(),
        Outcome::NetworkError(error) => format!("network error: {}", network_error(error)),
        Outcome::Response { kind, status, .. } => {
            let kind = match kind {
                ResponseKind::Basic => "basic",
                ResponseKind::Cors => "cors",
                ResponseKind::Opaque => "opaque",
                ResponseKind::OpaqueRedirect => "opaque-redirect",
            };
            format!("{kind} {status}")
        }
    }
}

fn network_error(error: &NetworkError) -> String {
    match error {
        NetworkError::SameOriginMode => "same-origin mode".into(),
        NetworkError::NoCorsRedirectMode => "no-cors redirect mode".into(),
        NetworkError::Scheme => "scheme".into(),
        NetworkError::CorsCheck => "cors check".into(),
        NetworkError::Redirect => "redirect".into(),
        NetworkError::Preflight(failure) => format!("preflight: {}", preflight_failure(failure)),
    }
}

pub(crate) fn preflight_failure(failure: &PreflightFailure) -> String {
    match failure {
        PreflightFailure::CorsCheck => "cors check".into(),
        PreflightFailure::Status => "status".into(),
        PreflightFailure::Parse => "parse".into(),
        PreflightFailure::Method => "method".into(),
        PreflightFailure::Authorization => "authorization".into(),
        PreflightFailure::Header(name) => format!("header {}", latin1(name)),
    }
}
