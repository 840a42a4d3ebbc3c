//! Which headers need no permission, and which no script can set or read.

use super::HeaderList;
use super::primitives::{is_forbidden_method, is_token, split_value, trim_http_whitespace};

/// What a request header's value may have at most, to need no permission.
const VALUE_BYTES: usize = 128;

/// What the values of all such headers may have together.
const TOTAL_BYTES: usize = 1024;

/// Whether a header [needs no permission](https://fetch.spec.whatwg.org/#cors-safelisted-request-header).
#[must_use]
pub fn is_cors_safelisted(name: &[u8], value: &[u8]) -> bool {
    if value.len() > VALUE_BYTES {
        return false;
    }
    match name.to_ascii_lowercase().as_slice() {
        b"accept" => !value.iter().any(is_cors_unsafe_byte),
        b"accept-language" | b"content-language" => value.iter().all(is_language_byte),
        b"content-type" => {
            !value.iter().any(is_cors_unsafe_byte)
                && mime_essence(value).is_some_and(|essence| is_form_type(&essence))
        }
        b"range" => is_single_range_with_start(value),
        _ => false,
    }
}

/// The [names that need permission](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names),
/// in lower case, sorted, each once.
#[must_use]
pub fn unsafe_request_header_names(headers: &HeaderList) -> Vec<Vec<u8>> {
    let mut names = Vec::new();
    let mut potential = Vec::new();
    let mut size = 0;
    for (name, value) in headers.iter() {
        if is_cors_safelisted(name, value) {
            potential.push(name.to_ascii_lowercase());
            size += value.len();
        } else {
            names.push(name.to_ascii_lowercase());
        }
    }
    if size > TOTAL_BYTES {
        names.append(&mut potential);
    }
    names.sort();
    names.dedup();
    names
}

/// A [forbidden request-header](https://fetch.spec.whatwg.org/#forbidden-request-header).
pub(super) fn is_forbidden_request_header(name: &[u8], value: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    let is_listed = [
        "accept-charset",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    ]
    .iter()
    .any(|listed| listed.as_bytes() == name);
    let names_method = [&b"x-http-method"[..], b"x-http-method-override", b"x-method-override"]
        .contains(&name.as_slice());
    is_listed
        || name.starts_with(b"proxy-")
        || name.starts_with(b"sec-")
        || (names_method && split_value(value).iter().any(|method| is_forbidden_method(method)))
}

/// A [forbidden response-header name](https://fetch.spec.whatwg.org/#forbidden-response-header-name).
pub(super) fn is_forbidden_response_header(name: &[u8]) -> bool {
    [&b"set-cookie"[..], b"set-cookie2"].iter().any(|listed| name.eq_ignore_ascii_case(listed))
}

/// A [CORS-safelisted response-header name](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name),
/// whatever the exposed names.
pub(super) fn is_safelisted_response_header(name: &[u8]) -> bool {
    [
        "cache-control",
        "content-language",
        "content-length",
        "content-type",
        "expires",
        "last-modified",
        "pragma",
    ]
    .iter()
    .any(|listed| name.eq_ignore_ascii_case(listed.as_bytes()))
}

/// A [CORS-unsafe request-header byte](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte).
fn is_cors_unsafe_byte(byte: &u8) -> bool {
    match byte {
        b'\t' => false,
        0x00..=0x1f | 0x7f => true,
        byte => b"\"():<>?@[\\]{}".contains(byte),
    }
}

fn is_language_byte(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b" *,-.;=".contains(byte)
}

fn is_form_type(essence: &[u8]) -> bool {
    [&b"application/x-www-form-urlencoded"[..], b"multipart/form-data", b"text/plain"]
        .contains(&essence)
}

/// The essence that [parsing a MIME type](https://mimesniff.spec.whatwg.org/#parse-a-mime-type)
/// gives.
fn mime_essence(value: &[u8]) -> Option<Vec<u8>> {
    let value = trim_http_whitespace(value);
    let slash = value.iter().position(|byte| *byte == b'/')?;
    let (kind, rest) = (value.get(..slash)?, value.get(slash + 1..)?);
    let subtype = rest.split(|byte| *byte == b';').next()?;
    // Only the subtype's end is stripped.
    let end = subtype.iter().rposition(|byte| !b" \t\r\n".contains(byte))?;
    let subtype = subtype.get(..=end)?;
    if !is_token(kind) || !is_token(subtype) {
        return None;
    }
    Some([kind, b"/", subtype].concat().to_ascii_lowercase())
}

/// Whether [parsing a single range](https://fetch.spec.whatwg.org/#simple-range-header-value),
/// without whitespace, gives a start.
fn is_single_range_with_start(value: &[u8]) -> bool {
    let Some(range) = value.strip_prefix(b"bytes=") else { return false };
    let Some(dash) = range.iter().position(|byte| *byte == b'-') else { return false };
    let start = range.get(..dash).unwrap_or_default();
    let end = range.get(dash + 1..).unwrap_or_default();
    let is_number = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
    if start.is_empty() || !is_number(start) || !is_number(end) {
        return false;
    }
    end.is_empty() || !is_greater(start, end)
}

/// Compares decimal numbers of any length.
fn is_greater(one: &[u8], other: &[u8]) -> bool {
    let width = one.len().max(other.len());
    let pad = |digits: &[u8]| [vec![b'0'; width - digits.len()], digits.to_vec()].concat();
    pad(one) > pad(other)
}
