//! Whether a request is for the service itself, by the host that it names, and whether it comes from
//! a page of the service. The rows of the table are in `docs/enforcement.md`.

use crate::decide::refusal::Refusal;
use crate::decide::same_origin::{self, Site};
use crate::http::{Field, Headers, Request, named_host};
use crate::origin::{HostStanding, OwnOrigins};

/// Returns what the host that a request names is to the service: that of its target, which over
/// HTTP/2 is `:authority`, or else that of `Host`.
///
/// # Errors
///
/// There are several `Host` lines, which HTTP
/// [forbids](https://httpwg.org/specs/rfc9112.html#rfc.section.3.2).
pub(super) fn standing(request: &impl Request, own: &OwnOrigins) -> Result<HostStanding, Refusal> {
    if request.headers().get_all(Field::Host).nth(1).is_some() {
        return Err(Refusal::SeveralHosts);
    }
    Ok(own.host_standing(named_host(request).unwrap_or_default()))
}

/// Returns whether a request with this origin comes from a page of the service itself: of one of
/// its own origins, and of the very one that the request is sent to. All other pages of the own
/// origins are siblings.
///
/// At an address or at `localhost`, being same-origin is enough, because no page of a foreign name
/// is same-origin with a request for these.
pub(super) fn is_own_page(
    origin: &[u8],
    request: &impl Request,
    own: &OwnOrigins,
    standing: HostStanding,
) -> bool {
    // A form under the referrer policy `no-referrer`, which only the browser can tell from others.
    if origin == b"null" {
        return same_origin::by_browser(request.headers()) == Some(Site::SameOrigin);
    }
    match standing {
        HostStanding::Passing => same_origin::is_same(origin, request),
        HostStanding::Listed | HostStanding::Foreign => {
            own.matches(origin) && same_origin::is_same_page(origin, request)
        }
    }
}
