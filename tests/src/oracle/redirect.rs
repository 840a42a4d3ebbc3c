use url::Url;

use super::origin::{is_same, of_url};
use super::{Body, HttpResponse, Mode, Page, Prepared};

/// How often a request is redirected at most.
const MOST_REDIRECTS: usize = 20;

/// The headers that describe a body, and go with it.
const BODY_HEADERS: [&str; 4] =
    ["content-encoding", "content-language", "content-location", "content-type"];

/// A [redirect status](https://fetch.spec.whatwg.org/#redirect-status).
pub(super) const fn is_redirect_status(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// The [location URL](https://fetch.spec.whatwg.org/#concept-response-location-url): `Ok(None)`
/// without one.
pub(super) fn location(base: &Url, response: &HttpResponse) -> Result<Option<Url>, ()> {
    let mut lines = response.headers.values("location");
    let Some(value) = lines.next() else { return Ok(None) };
    if lines.next().is_some() {
        return Err(());
    }
    let value = str::from_utf8(value).map_err(|_| ())?;
    let mut url = base.join(value).map_err(|_| ())?;
    if url.fragment().is_none() {
        url.set_fragment(base.fragment());
    }
    Ok(Some(url))
}

/// [HTTP-redirect fetch](https://fetch.spec.whatwg.org/#concept-http-redirect-fetch): whether
/// the redirect can be followed, and what becomes of the request.
pub(super) fn follow(
    request: &mut Prepared,
    page: &Page,
    mode: Mode,
    is_cors_tainted: bool,
    urls: &[Url],
    status: u16,
    to: &Url,
) -> Result<(), ()> {
    let from = urls.last().ok_or(())?;
    let has_userinfo = !to.username().is_empty() || to.password().is_some();
    let is_refused = !is_http(to)
        || urls.len() > MOST_REDIRECTS
        || (mode == Mode::Cors && has_userinfo && !is_same(page, to))
        || (is_cors_tainted && has_userinfo)
        || (status != 303 && request.body == Body::Stream);
    if is_refused {
        return Err(());
    }
    let method = request.method.as_slice();
    let becomes_get = match status {
        301 | 302 => method == b"POST",
        303 => method != b"GET" && method != b"HEAD",
        _ => false,
    };
    if becomes_get {
        request.method = b"GET".into();
        request.body = Body::None;
        for name in BODY_HEADERS {
            request.headers.delete(name);
        }
    }
    if of_url(from) != of_url(to) {
        request.headers.delete("authorization");
    }
    Ok(())
}

/// An [HTTP(S) scheme](https://fetch.spec.whatwg.org/#http-scheme).
pub(super) fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}
