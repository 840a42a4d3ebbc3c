use super::{Credentials, HttpResponse};

/// The [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check) of a response, for
/// a request with this serialized origin.
#[must_use]
pub fn cors_check(origin: &[u8], credentials: Credentials, response: &HttpResponse) -> bool {
    let Some(allowed) = response.headers.get("access-control-allow-origin") else {
        return false;
    };
    if credentials != Credentials::Include && allowed == b"*" {
        return true;
    }
    if allowed != origin {
        return false;
    }
    credentials != Credentials::Include
        || response.headers.get("access-control-allow-credentials").as_deref() == Some(b"true")
}
