//! [HTTP-redirect fetch](https://fetch.spec.whatwg.org/#http-redirect-fetch): whether a browser follows
//! a redirect, and what becomes of the request.

use crate::browser::header_lines::HeaderLines;
use crate::browser::prepare::{AUTHORIZATION, Prepared};
use crate::browser::url::Url;

/// How often a request is redirected at most.
const MAX_REDIRECTS: usize = 20;

/// The headers that describe a body, and go with it
/// ([Fetch](https://fetch.spec.whatwg.org/#request-body-header-name)).
const BODY_HEADERS: [&str; 4] =
    ["content-encoding", "content-language", "content-location", "content-type"];

/// Whether a response is a [redirect](https://fetch.spec.whatwg.org/#redirect-status).
pub(super) fn is_redirect(status: Option<u16>) -> bool {
    matches!(status, Some(301 | 302 | 303 | 307 | 308))
}

/// Where a response redirects to: its
/// [location URL](https://fetch.spec.whatwg.org/#concept-response-location-url). `Ok(None)` if it does
/// not say.
pub(super) fn location(from: &Url, response: &HeaderLines) -> Result<Option<Url>, &'static str> {
    const NO_URL: &str = "a redirect must lead to one http or https URL";

    if response.get_all("location").next().is_none() {
        return Ok(None);
    }
    let value = response.just_one("location").ok_or(NO_URL)?;
    let value = std::str::from_utf8(value).map_err(|_| NO_URL)?;
    from.join(value).map(Some).ok_or(NO_URL)
}

/// Returns why the redirect is not followed. `hops` is how many URLs the request was sent to.
pub(super) fn check(
    page: &str,
    is_tainted: bool,
    hops: usize,
    to: &Url,
) -> Result<(), &'static str> {
    if hops > MAX_REDIRECTS {
        return Err("a request is redirected at most 20 times");
    }
    let is_foreign = to.origin() != Some(page);
    if to.has_userinfo() && (is_foreign || is_tainted) {
        return Err("a redirect to another origin must not have a user name or password");
    }
    Ok(())
}

/// Changes the request as the redirect demands. Returns whether the body is kept.
pub(super) fn apply(prepared: &mut Prepared, status: Option<u16>, from: &Url, to: &Url) -> bool {
    let method = prepared.method.as_str();
    let becomes_get = match status {
        Some(301 | 302) => method == "POST",
        Some(303) => !matches!(method, "GET" | "HEAD"),
        _ => false,
    };
    if becomes_get {
        prepared.method = "GET".into();
        prepared.remove(&BODY_HEADERS);
    }
    if from.origin() != to.origin() {
        prepared.remove(&[AUTHORIZATION]);
    }
    !becomes_get
}
