//! The decision, in the order of the Fetch standard's CORS protocol:
//! <https://fetch.spec.whatwg.org/#http-cors-protocol>.

use crate::decide::compiled::CompiledPolicy;
use crate::decide::decision::Decision;
use crate::decide::preflight::{self, Mirrored};
use crate::decide::refusal::Refusal;
use crate::decide::response_headers::ResponseHeaders;
use crate::http::{Field, FieldValue, Headers, Request};
use crate::origin::Origin;

const PREFLIGHT_METHOD: &str = "OPTIONS";

/// Returns whether a request is a
/// [CORS preflight](https://fetch.spec.whatwg.org/#cors-preflight-request): an `OPTIONS` request with
/// `Origin` and `Access-Control-Request-Method`. Every other `OPTIONS` request is the application's.
#[must_use]
pub fn is_preflight(method: &str, headers: &impl Headers) -> bool {
    headers.get_all(Field::Origin).next().is_some()
        && matches!(Kind::of(method, headers), Kind::Preflight { .. })
}

/// What a request asks for.
pub(super) enum Kind<'r, V> {
    Actual,
    /// An `OPTIONS` request that is not a preflight.
    PlainOptions,
    Preflight {
        method: &'r V,
        /// Whether the preflight has only one line with a method.
        is_only: bool,
    },
}

impl<'r, V: FieldValue> Kind<'r, V> {
    /// The kind of a request with an origin.
    fn of(method: &str, headers: &'r impl Headers<Value = V>) -> Self {
        if method != PREFLIGHT_METHOD {
            return Self::Actual;
        }
        let mut methods = headers.get_all(Field::AccessControlRequestMethod);
        match methods.next() {
            None => Self::PlainOptions,
            Some(method) => Self::Preflight { method, is_only: methods.next().is_none() },
        }
    }
}

impl<V> Kind<'_, V> {
    pub(super) const fn is_preflight(&self) -> bool {
        matches!(self, Self::Preflight { .. })
    }
}

impl<V: FieldValue> CompiledPolicy<V> {
    /// Decides what becomes of a request, from its method, its target and its headers alone.
    ///
    /// The browser says in `Sec-Fetch-Site` whether a request comes from a page of the service
    /// itself. Where it does not, the target, if it names a scheme and a host, or else the `Host`
    /// header tells.
    ///
    /// The function is pure and total: no input makes it panic, and the policy bounds its work. It
    /// allocates in two cases only: to repeat the headers that a preflight asks for, if a rule allows
    /// any with credentials, and to return a [`Decision::Ask`].
    #[inline(always)]
    pub fn decide(&self, request: &impl Request<Headers: Headers<Value = V>>) -> Decision<V> {
        let mut origins = request.headers().get_all(Field::Origin);
        match origins.next() {
            None if self.0.without_permission.only_varies_by_origin
                && request.method() != PREFLIGHT_METHOD =>
            {
                Decision::Forward(ResponseHeaders::VARY_BY_ORIGIN)
            }
            None => self.decide_without_origin(request),
            Some(origin) => self.decide_with_origin(request, origin, origins.next().is_none()),
        }
    }

    /// A request without `Origin` is no [CORS request](https://fetch.spec.whatwg.org/#cors-request).
    #[inline(never)]
    fn decide_without_origin(
        &self,
        request: &impl Request<Headers: Headers<Value = V>>,
    ) -> Decision<V> {
        let kind = match request.method() {
            PREFLIGHT_METHOD => Kind::PlainOptions,
            _ => Kind::Actual,
        };
        if self.0.enforces {
            if let Some(refusal) = self.refusal_without_origin(request) {
                return self.keep_out(&kind, refusal);
            }
        }
        self.forward_without_permission(&kind)
    }

    #[inline(never)]
    fn decide_with_origin(
        &self,
        request: &impl Request<Headers: Headers<Value = V>>,
        origin: &V,
        is_only: bool,
    ) -> Decision<V> {
        let origins = &self.0.origins;
        let kind = Kind::of(request.method(), request.headers());
        // Only an answer that is the same for all origins is right for several.
        let rule = if is_only { origins.find_inlined(origin.as_ref()) } else { origins.find_any() };
        match rule {
            Some(rule) => self.decide_for_rule(rule, &kind, request.headers(), origin),
            None if !is_only => self.refuse_several_origins(&kind, request),
            None => self.decide_unlisted(&kind, request, origin),
        }
    }

    /// Decides about an origin that a rule allows.
    pub(super) fn decide_for_rule(
        &self,
        position: usize,
        kind: &Kind<'_, V>,
        headers: &impl Headers<Value = V>,
        origin: &V,
    ) -> Decision<V> {
        let (rule, answers) = self.rule(position);
        let origin = answers.repeats_origin.then(|| origin.clone());
        let (method, is_only) = match *kind {
            Kind::Actual => {
                return Decision::Forward(ResponseHeaders::new(&answers.actual, origin));
            }
            Kind::PlainOptions => {
                return Decision::Forward(ResponseHeaders::new(&answers.options, origin));
            }
            Kind::Preflight { method, is_only } => (method, is_only),
        };
        let mut mirrored = Mirrored::NOTHING;
        let refusal = if rule.preflight_is_constant() {
            None
        } else if is_only {
            let names = headers.get_all(Field::AccessControlRequestHeaders);
            preflight::check(rule, method, names, &mut mirrored)
        } else {
            Some(Refusal::SeveralMethods)
        };
        let answer = match refusal {
            None => &answers.preflight,
            // The answer lists what is allowed, and the browser's console names what is missing.
            Some(Refusal::MethodNotAllowed | Refusal::HeaderNotAllowed) => {
                &answers.refused_preflight
            }
            // A list could grant what is reported as refused.
            Some(refusal) => return self.refuse(kind, refusal),
        };
        let headers = ResponseHeaders::mirroring(answer, origin, mirrored);
        Decision::Respond { status: 204, headers: headers.with_refusal(refusal) }
    }

    /// Decides about an origin that no rule allows, or about any origin if the host of the request
    /// counts before its origin does.
    fn decide_unlisted(
        &self,
        kind: &Kind<'_, V>,
        request: &impl Request<Headers: Headers<Value = V>>,
        origin: &V,
    ) -> Decision<V> {
        if self.0.enforces {
            if let Some(decision) = self.decide_enforced(kind, request, origin) {
                return decision;
            }
        }
        self.ask_or_refuse(kind, origin, |rule| {
            self.decide_for_rule(rule, kind, request.headers(), origin)
        })
    }

    /// Asks the application about an origin if a rule leaves it to the application, and refuses it
    /// otherwise.
    pub(super) fn ask_or_refuse(
        &self,
        kind: &Kind<'_, V>,
        origin: &V,
        if_allowed: impl FnOnce(usize) -> Decision<V>,
    ) -> Decision<V> {
        let if_refused = self.refuse(kind, Refusal::OriginNotAllowed);
        let Some(rule) = self.policy().predicate_rule() else { return if_refused };
        let Some(parsed) = Origin::parse(origin.as_ref()) else { return if_refused };
        Decision::ask(&parsed, if_allowed(rule), if_refused)
    }

    /// Refuses a request. A preflight is always answered here. Other requests reach the service
    /// unless the policy enforces origins: without permission in the response, the browser keeps it
    /// from the page.
    pub(super) fn refuse(&self, kind: &Kind<'_, V>, refusal: Refusal) -> Decision<V> {
        let answer = match kind {
            Kind::Preflight { .. } => &self.0.blocked.preflight,
            Kind::Actual | Kind::PlainOptions if !self.0.enforces => {
                return self.forward_without_permission(kind).with_refusal(refusal);
            }
            Kind::Actual => &self.0.blocked.actual,
            Kind::PlainOptions => &self.0.blocked.options,
        };
        let headers = ResponseHeaders::new(answer, None).with_refusal(Some(refusal));
        Decision::Respond { status: 403, headers }
    }

    pub(super) fn forward_without_permission(&self, kind: &Kind<'_, V>) -> Decision<V> {
        let answers = &self.0.without_permission;
        let answer = match kind {
            Kind::PlainOptions => &answers.options,
            Kind::Actual | Kind::Preflight { .. } => &answers.actual,
        };
        Decision::Forward(ResponseHeaders::new(answer, None))
    }
}
