//! What a policy that enforces origins keeps from the service. The chapter `enforcement` has every
//! case. Other policies do nothing of this.

use crate::decide::compiled::CompiledPolicy;
use crate::decide::decide::Kind;
use crate::decide::decision::Decision;
use crate::decide::refusal::Refusal;
use crate::decide::same_origin::{self, Site};
use crate::http::{Field, FieldValue, Headers, Request, named_host};
use crate::origin::{HostStanding, OwnOrigins};

impl<V: FieldValue> CompiledPolicy<V> {
    /// Returns why a request without an origin is kept from the service. Its host counts first.
    ///
    /// Browsers omit the origin of GET and HEAD requests only. If a browser says that another
    /// request comes from elsewhere, the origin was lost on the way.
    #[inline(never)]
    pub(super) fn refusal_without_origin(&self, request: &impl Request) -> Option<Refusal> {
        if let Some(own) = &self.0.own_origins {
            match standing(request, own) {
                Ok(HostStanding::Listed | HostStanding::Passing) => {}
                Ok(HostStanding::Foreign) => return Some(Refusal::Misdirected),
                Err(refusal) => return Some(refusal),
            }
        }
        let is_lost = !matches!(request.method(), "GET" | "HEAD" | "OPTIONS")
            && same_origin::by_browser(request.headers()) == Some(Site::Other);
        is_lost.then_some(Refusal::OriginMissing)
    }

    /// Refuses a request with several origins.
    #[inline(never)]
    pub(super) fn refuse_several_origins(
        &self,
        kind: &Kind<'_, V>,
        request: &impl Request,
    ) -> Decision<V> {
        match &self.0.own_origins {
            Some(own) if standing(request, own).is_err() => {
                self.keep_out(kind, Refusal::SeveralHosts)
            }
            _ => self.refuse(kind, Refusal::SeveralOrigins),
        }
    }

    /// Decides about a request with one origin, if it is not to be decided as without enforcement.
    #[inline(never)]
    pub(super) fn decide_enforced(
        &self,
        kind: &Kind<'_, V>,
        request: &impl Request<Headers: Headers<Value = V>>,
        origin: &V,
    ) -> Option<Decision<V>> {
        if let Some(own) = &self.0.own_origins {
            return Some(self.decide_for_host(own, kind, request, origin));
        }
        // The service's own pages need no permission, and browsers send no preflights for them.
        let is_own_page = !kind.is_preflight() && same_origin::is_same(origin.as_ref(), request);
        is_own_page.then(|| self.forward_without_permission(kind))
    }

    /// Decides by a policy that knows the service's own origins. The origin of the page counts first,
    /// so a page that is not allowed is told so whatever host its request names. For all other pages,
    /// the host has to be the service's own.
    fn decide_for_host(
        &self,
        own: &OwnOrigins,
        kind: &Kind<'_, V>,
        request: &impl Request<Headers: Headers<Value = V>>,
        origin: &V,
    ) -> Decision<V> {
        let standing = match standing(request, own) {
            Ok(standing) => standing,
            Err(refusal) => return self.keep_out(kind, refusal),
        };
        let is_foreign = standing == HostStanding::Foreign;
        let misdirected = || self.keep_out(kind, Refusal::Misdirected);
        let for_rule = |rule| match is_foreign {
            true => misdirected(),
            false => self.decide_for_rule(rule, kind, request.headers(), origin),
        };
        if let Some(rule) = self.policy().origins().find(origin.as_ref()) {
            return for_rule(rule);
        }
        if !kind.is_preflight() && is_own_page(origin.as_ref(), request, own, standing) {
            return match is_foreign {
                true => misdirected(),
                false => self.forward_without_permission(kind),
            };
        }
        self.ask_or_refuse(kind, origin, for_rule)
    }

    /// Answers a request without calling the service.
    pub(super) fn keep_out(&self, kind: &Kind<'_, V>, refusal: Refusal) -> Decision<V> {
        match self.refuse(kind, refusal) {
            Decision::Respond { headers, .. } => {
                Decision::Respond { status: refusal.status(), headers }
            }
            decision => decision,
        }
    }
}

/// Returns what the host that a request names is to the service: that of its target, which over
/// HTTP/2 is `:authority`, or else that of `Host`.
///
/// # Errors
///
/// There are several `Host` lines, which HTTP
/// [forbids](https://httpwg.org/specs/rfc9112.html#rfc.section.3.2).
fn standing(request: &impl Request, own: &OwnOrigins) -> Result<HostStanding, Refusal> {
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
fn is_own_page(
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
