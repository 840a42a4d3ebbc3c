use super::primitives::is_safelisted_method;
use super::{
    Credentials, Extracted, HttpResponse, Prepared, cors_check, unsafe_request_header_names,
};

/// How long a browser keeps an answer that does not say, in seconds.
const DEFAULT_MAX_AGE: u64 = 5;

/// What a preflight's answer allows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Grant {
    /// Methods, or `*`.
    pub methods: Vec<Vec<u8>>,
    /// Header names in lower case, or `*`.
    pub headers: Vec<Vec<u8>>,
    /// For how many seconds.
    pub max_age: u64,
}

/// What makes a preflight fail, in the order of the checks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PreflightFailure {
    /// The CORS check.
    CorsCheck,
    /// A status that is not ok.
    Status,
    /// A list that is malformed.
    Parse,
    /// The method is not allowed.
    Method,
    /// `Authorization` is not named.
    Authorization,
    /// Another header is not allowed.
    Header(Vec<u8>),
}

/// The checks of a [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0),
/// from the response on.
///
/// # Errors
///
/// The first check that failed.
pub fn preflight_check(
    origin: &[u8],
    credentials: Credentials,
    request: &Prepared,
    response: &HttpResponse,
) -> Result<Grant, PreflightFailure> {
    if !cors_check(origin, credentials, response) {
        return Err(PreflightFailure::CorsCheck);
    }
    if !(200..=299).contains(&response.status) {
        return Err(PreflightFailure::Status);
    }
    let method = &request.method;
    let methods = match response.headers.extract("access-control-allow-methods") {
        Extracted::Failure => return Err(PreflightFailure::Parse),
        Extracted::Absent if request.use_preflight => vec![method.clone()],
        Extracted::Absent => Vec::new(),
        Extracted::Values(methods) => methods,
    };
    let headers = match response.headers.extract("access-control-allow-headers") {
        Extracted::Failure => return Err(PreflightFailure::Parse),
        Extracted::Absent => Vec::new(),
        Extracted::Values(names) => names.iter().map(|name| name.to_ascii_lowercase()).collect(),
    };
    let is_covered_by_wildcard = |values: &[Vec<u8>]| {
        credentials != Credentials::Include && values.iter().any(|value| value == b"*")
    };

    if !methods.contains(method)
        && !is_safelisted_method(method)
        && !is_covered_by_wildcard(&methods)
    {
        return Err(PreflightFailure::Method);
    }
    // https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
    if request.headers.contains("authorization")
        && !headers.iter().any(|name| name == b"authorization")
    {
        return Err(PreflightFailure::Authorization);
    }
    for name in unsafe_request_header_names(&request.headers) {
        if !headers.contains(&name) && !is_covered_by_wildcard(&headers) {
            return Err(PreflightFailure::Header(name));
        }
    }
    Ok(Grant { methods, headers, max_age: max_age(response) })
}

/// The value of `Access-Control-Max-Age`: `delta-seconds`, once.
fn max_age(response: &HttpResponse) -> u64 {
    let mut lines = response.headers.values("access-control-max-age");
    let (Some(digits), None) = (lines.next(), lines.next()) else {
        return DEFAULT_MAX_AGE;
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return DEFAULT_MAX_AGE;
    }
    digits.iter().fold(0, |seconds: u64, digit| {
        seconds.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
    })
}
