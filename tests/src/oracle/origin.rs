//! The `Origin` header of a request.

use url::Url;

use super::{Page, ReferrerPolicy};

/// The serialized origin of a URL.
pub(super) fn of_url(url: &Url) -> Vec<u8> {
    url.origin().ascii_serialization().into_bytes()
}

/// Whether a page and a URL have the same origin.
pub(super) fn is_same(page: &Page, url: &Url) -> bool {
    *page == Page::Tuple(of_url(url))
}

/// [Serializes a request origin](https://fetch.spec.whatwg.org/#byte-serializing-a-request-origin):
/// `null` once a redirect led from one foreign origin to another.
pub(super) fn serialize(page: &Page, urls: &[Url]) -> Vec<u8> {
    let Page::Tuple(origin) = page else {
        return b"null".into();
    };
    let mut hops = urls.iter().zip(urls.iter().skip(1));
    let is_tainted = hops.any(|(from, to)| of_url(from) != of_url(to) && !is_same(page, from));
    if is_tainted { b"null".into() } else { origin.clone() }
}

/// What a referrer policy leaves of the origin, outside of mode `cors`
/// ([Fetch](https://fetch.spec.whatwg.org/#append-a-request-origin-header)).
pub(super) fn by_referrer_policy(
    policy: ReferrerPolicy,
    page: &Page,
    url: &Url,
    origin: Vec<u8>,
) -> Vec<u8> {
    let is_downgrade = || {
        matches!(page, Page::Tuple(origin) if origin.starts_with(b"https://"))
            && url.scheme() != "https"
    };
    let is_hidden = match policy {
        ReferrerPolicy::NoReferrer => true,
        ReferrerPolicy::NoReferrerWhenDowngrade
        | ReferrerPolicy::StrictOrigin
        | ReferrerPolicy::StrictOriginWhenCrossOrigin => is_downgrade(),
        ReferrerPolicy::SameOrigin => !is_same(page, url),
        ReferrerPolicy::Origin
        | ReferrerPolicy::OriginWhenCrossOrigin
        | ReferrerPolicy::UnsafeUrl => false,
    };
    if is_hidden { b"null".into() } else { origin }
}
