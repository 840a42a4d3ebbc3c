//! The library's own browser, held against the oracle.

use cors_core::explain::{Access, BrowserRequest, Fetch, OutgoingRequest, PreflightCache, Verdict};
use url::Url;

use crate::oracle::{
    self, Body, Credentials, FetchRequest, HeaderList, HttpRequest, HttpResponse, Mode,
    NetworkError, Outcome, Page, RedirectMode, ResponseKind,
};
use crate::{latin1, latin1_bytes};

/// Lets the library's browser carry out a request; `None` for what it cannot express: another mode than
/// `cors`, what no script sends, and a stream.
pub fn fetch(
    request: &FetchRequest,
    cache: &mut PreflightCache,
    server: &mut dyn FnMut(&HttpRequest) -> HttpResponse,
) -> Option<Verdict> {
    let is_script = request.mode == Mode::Cors && request.unsafe_request;
    if !is_script || request.body == Body::Stream {
        return None;
    }
    let mut fetch = Fetch::new(&browser_request(request), request.url.as_str(), cache);
    while let Some(outgoing) = fetch.next_request() {
        let response = server(&http_request(outgoing));
        let lines = response.headers.iter();
        fetch.receive(response.status, lines.map(|(name, value)| (latin1(name), value)), cache);
    }
    Some(fetch.into_verdict())
}

fn browser_request(request: &FetchRequest) -> BrowserRequest {
    let page = match &request.page {
        Page::Tuple(origin) => latin1(origin),
        Page::Opaque => "null".into(),
    };
    let mut browser_request = BrowserRequest::new(page)
        .method(latin1(&request.method))
        .credentials(request.credentials == Credentials::Include)
        .upload(request.upload_listener)
        .redirect(match request.redirect {
            RedirectMode::Follow => cors_core::explain::RedirectMode::Follow,
            RedirectMode::Error => cors_core::explain::RedirectMode::Error,
            RedirectMode::Manual => cors_core::explain::RedirectMode::Manual,
        });
    for (name, value) in request.headers.iter() {
        browser_request = browser_request.header(latin1(name), latin1(value));
    }
    if let Body::Known(content_type) = &request.body {
        browser_request = browser_request.body("body");
        let content_type =
            content_type.as_ref().filter(|_| !request.headers.contains("content-type"));
        if let Some(content_type) = content_type {
            browser_request = browser_request.header("content-type", latin1(content_type));
        }
    }
    browser_request
}

fn http_request(outgoing: &OutgoingRequest) -> HttpRequest {
    let lines = outgoing.headers().iter().filter(|(name, _)| name != "host");
    HttpRequest {
        method: outgoing.method().into(),
        url: parse(outgoing),
        headers: lines.map(|(name, value)| (name.as_str(), latin1_bytes(value))).collect(),
        with_credentials: outgoing.with_credentials(),
        is_preflight: outgoing.is_preflight(),
    }
}

fn parse(outgoing: &OutgoingRequest) -> Url {
    outgoing.url().parse().expect("the library's browser sends to URLs")
}

/// Compares how a fetch went in both browsers.
///
/// # Errors
///
/// What is different.
pub fn compare(oracle: &oracle::Verdict, model: &Verdict) -> Result<(), String> {
    let expected = match &oracle.outcome {
        Outcome::Throws => Access::Unsendable,
        Outcome::NetworkError(NetworkError::Scheme) => Access::Unsendable,
        Outcome::NetworkError(NetworkError::Preflight(_)) => Access::BlockedByPreflight,
        Outcome::NetworkError(NetworkError::Redirect) => Access::BlockedByRedirect,
        Outcome::NetworkError(_) => Access::BlockedAfterResponse,
        Outcome::Response { kind: ResponseKind::OpaqueRedirect, .. } => Access::OpaqueRedirect,
        Outcome::Response { .. } => Access::Allowed,
    };
    require("access", model.access(), expected)?;
    require("exchanges", model.exchanges().len(), oracle.sent.len())?;
    for (exchange, sent) in model.exchanges().iter().zip(&oracle.sent) {
        compare_sent(&http_request(exchange.request()), sent)?;
    }
    if let Outcome::Response { kind: ResponseKind::Basic | ResponseKind::Cors, status, headers } =
        &oracle.outcome
    {
        require("status", model.status(), Some(*status))?;
        let actual = model.actual().ok_or("nothing was sent")?;
        for (name, _) in actual.response_headers() {
            let expected = headers.get(name).map(|value| latin1(&value));
            require(name, model.header(name), expected.as_deref())?;
        }
    }
    Ok(())
}

fn compare_sent(model: &HttpRequest, oracle: &HttpRequest) -> Result<(), String> {
    require("method", &model.method, &oracle.method)?;
    let mut url = oracle.url.clone();
    url.set_fragment(None);
    // The library's browser keeps no secret in a URL.
    if url.set_username("").is_err() || url.set_password(None).is_err() {
        return Err(format!("{url} has no host"));
    }
    require("url", &model.url, &url)?;
    require("credentials", model.with_credentials, oracle.with_credentials)?;
    require("preflight", model.is_preflight, oracle.is_preflight)?;
    require("headers", lines(&model.headers), lines(&oracle.headers))
}

/// The lines by name, without those that the library's browser leaves to whoever sends the request.
fn lines(headers: &HeaderList) -> Vec<(String, String)> {
    let lines = headers.iter().map(|(name, value)| (latin1(name).to_lowercase(), latin1(value)));
    let is_left_out = |name: &str, value: &str| match name {
        "accept" => value == "*/*",
        "accept-language" => value == "en-US,en;q=0.9",
        "sec-fetch-mode" | "sec-fetch-dest" => true,
        _ => false,
    };
    let mut lines: Vec<_> = lines.filter(|(name, value)| !is_left_out(name, value)).collect();
    lines.sort_by(|(one, _), (other, _)| one.cmp(other));
    lines
}

fn require<T: PartialEq + std::fmt::Debug>(what: &str, got: T, expected: T) -> Result<(), String> {
    if got == expected {
        return Ok(());
    }
    Err(format!("{what}: the library has {got:?}, the oracle {expected:?}"))
}
