use super::primitives::{
    is_forbidden_method, is_safelisted_method, is_token, normalize_method, trim_http_whitespace,
};
use super::safelists::{is_cors_safelisted, is_forbidden_request_header};
use super::{Body, FetchRequest, HeaderList, Mode};

/// A script's request, checked and completed.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Normalized.
    pub method: Vec<u8>,
    /// The script's headers and those that browsers add before they look at them.
    pub headers: HeaderList,
    /// The body.
    pub body: Body,
    /// The [use-CORS-preflight flag](https://fetch.spec.whatwg.org/#use-cors-preflight-flag).
    pub use_preflight: bool,
}

/// What the [`Request` constructor](https://fetch.spec.whatwg.org/#dom-request) makes of a
/// script's request, and the start of [fetch](https://fetch.spec.whatwg.org/#concept-fetch);
/// `None` for a `TypeError`.
#[must_use]
pub fn prepare(request: &FetchRequest, accept_language: &str) -> Option<Prepared> {
    if !is_token(&request.method) || is_forbidden_method(&request.method) {
        return None;
    }
    let method = normalize_method(&request.method);
    let is_no_cors = request.mode == Mode::NoCors;
    if is_no_cors && !is_safelisted_method(&method) {
        return None;
    }
    if request.body != Body::None && [&b"GET"[..], b"HEAD"].contains(&method.as_slice()) {
        return None;
    }
    if is_no_cors && request.body == Body::Stream {
        return None;
    }

    let mut headers = HeaderList::default();
    for (name, value) in request.headers.iter() {
        append(&mut headers, is_no_cors, name, value)?;
    }
    if let Body::Known(Some(content_type)) = &request.body
        && !headers.contains("content-type")
    {
        append(&mut headers, is_no_cors, b"Content-Type", content_type)?;
    }
    if !headers.contains("accept") {
        headers.append("Accept", "*/*");
    }
    if !headers.contains("accept-language") {
        headers.append("Accept-Language", accept_language);
    }
    let use_preflight = request.body == Body::Stream || request.upload_listener;
    Some(Prepared { method, headers, body: request.body.clone(), use_preflight })
}

/// [Appends](https://fetch.spec.whatwg.org/#concept-headers-append) to a `Headers` object.
fn append(headers: &mut HeaderList, is_no_cors: bool, name: &[u8], value: &[u8]) -> Option<()> {
    let value = trim_http_whitespace(value);
    if !is_token(name) || value.iter().any(|byte| b"\0\r\n".contains(byte)) {
        return None;
    }
    if is_forbidden_request_header(name, value) {
        return Some(());
    }
    if is_no_cors && !is_no_cors_safelisted(headers, name, value) {
        return Some(());
    }
    headers.append(name, value);
    Some(())
}

/// Whether a `Headers` object with guard `request-no-cors` takes a header.
fn is_no_cors_safelisted(headers: &HeaderList, name: &[u8], value: &[u8]) -> bool {
    let names = ["accept", "accept-language", "content-language", "content-type"];
    let Some(known) = names.iter().find(|known| name.eq_ignore_ascii_case(known.as_bytes())) else {
        return false;
    };
    let whole = match headers.get(known) {
        Some(present) => [&present, &b", "[..], value].concat(),
        None => value.to_vec(),
    };
    is_cors_safelisted(name, &whole)
}
