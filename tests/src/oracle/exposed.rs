use super::safelists::{is_forbidden_response_header, is_safelisted_response_header};
use super::{Credentials, Extracted, HeaderList, HttpResponse};

/// The headers that a script reads of a response from another origin: the end of
/// [main fetch](https://fetch.spec.whatwg.org/#concept-main-fetch), and the
/// [CORS filtered response](https://fetch.spec.whatwg.org/#concept-filtered-response-cors).
#[must_use]
pub fn exposed_headers(credentials: Credentials, response: &HttpResponse) -> HeaderList {
    let names = match response.headers.extract("access-control-expose-headers") {
        Extracted::Values(names) => names,
        // Failure exposes nothing, though the standard's text can be read otherwise.
        Extracted::Absent | Extracted::Failure => Vec::new(),
    };
    let all = credentials != Credentials::Include && names.iter().any(|name| name == b"*");
    let is_exposed = |name: &[u8]| all || names.iter().any(|one| name.eq_ignore_ascii_case(one));
    let visible = response.headers.iter().filter(|(name, _)| {
        is_safelisted_response_header(name)
            || (is_exposed(name) && !is_forbidden_response_header(name))
    });
    visible.collect()
}

/// The headers that a script reads of a response from its page's own origin.
pub(super) fn basic_headers(response: &HttpResponse) -> HeaderList {
    response.headers.iter().filter(|(name, _)| !is_forbidden_response_header(name)).collect()
}
