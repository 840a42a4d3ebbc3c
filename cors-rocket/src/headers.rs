use cors_core::adapter::{Field, ResponseHeaders};
use http::{HeaderMap, HeaderName, HeaderValue};
use rocket::Response;
use rocket::http::Header;

/// The lines of the fields that matter. Rocket keeps values as text, which has to be copied for
/// a decision to outlive the request.
pub(crate) fn copy(headers: &rocket::http::HeaderMap<'_>) -> HeaderMap {
    let mut copied = HeaderMap::new();
    for field in Field::all() {
        for value in headers.get(field.as_str()) {
            if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
                copied.append(HeaderName::from_static(field.as_str()), value);
            }
        }
    }
    copied
}

pub(crate) fn apply(headers: &ResponseHeaders<HeaderValue>, response: &mut Response<'_>) {
    let mut lines = copy(response.headers());
    headers.apply(&mut lines);
    for field in Field::all() {
        response.remove_header(field.as_str());
        for value in lines.get_all(field.as_str()) {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            response.adjoin_header(Header::new(field.as_str(), value));
        }
    }
}
