use std::fmt;
use std::sync::Arc;

use crate::answer::{Answer, Repeated, RequestKind};
use crate::decision::{Decision, ResponseHeaders, VaryOnly};
use crate::fixed_values::{self, AllowOrigin, PreflightKind, RuleValues, Vary, VaryActual};
use crate::index::position;
use crate::preflight::{self, Mirrored};
use crate::{
    Field, HeaderValue, Headers, Origin, OriginPattern, Policy, Question, Refusal, Request,
    same_origin,
};

/// A [`Policy`] with its fixed response headers made once, as values of one framework's header
/// type. A clone shares them.
#[derive(Clone)]
pub struct CompiledPolicy<V>(Arc<Inner<V>>);

/// The method of preflights, and of requests that are none.
pub(crate) const PREFLIGHT_METHOD: &str = "OPTIONS";

struct Inner<V> {
    policy: Policy,
    rules: Box<[RuleValues<V>]>,
    vary: Vary<V>,
    /// Whether requests whose origin is not allowed are kept from the service.
    enforces: bool,
    /// Whether actual requests get the same headers from every origin and without one.
    answers_all_alike: bool,
}

impl<V: HeaderValue> CompiledPolicy<V> {
    /// A policy that stays in force.
    pub(crate) fn new(policy: Policy) -> Self {
        let sole_origin = policy.sole_origin().cloned();
        Self::with_sole_origin(policy, sole_origin.as_ref())
    }

    /// A policy that another one may replace. The next policy may allow other origins, so answers
    /// name the origin they are for, and caches have to keep them apart.
    #[cfg(feature = "reload")]
    pub(crate) fn replaceable(policy: Policy) -> Self {
        Self::with_sole_origin(policy, None)
    }

    fn with_sole_origin(policy: Policy, sole_origin: Option<&OriginPattern>) -> Self {
        let any = |rule| policy.origins().is_any(rule);
        let safelisted = fixed_values::safelisted_methods();
        let values = |(index, rule)| {
            let allow_origin = match sole_origin {
                _ if any(index) => AllowOrigin::Any,
                Some(origin) => AllowOrigin::sole(origin),
                None => AllowOrigin::Repeat,
            };
            RuleValues::new(rule, allow_origin, safelisted.as_ref())
        };
        let answers_all_alike = any(0) || sole_origin.is_some();
        Self(Arc::new(Inner {
            rules: policy.rules().iter().enumerate().map(values).collect(),
            vary: Vary::new(&policy, answers_all_alike),
            enforces: policy.enforces_origins(),
            answers_all_alike,
            policy,
        }))
    }

    /// Decides what becomes of a request, from its method, its target and its headers alone.
    ///
    /// The target, if it names a scheme and a host, and otherwise the `Host` header tell a request
    /// by a page of the service itself from one by a page of another origin, where the browser
    /// does not.
    ///
    /// Pure and total: no input makes it panic, and its work is bounded by the policy. It
    /// allocates only to repeat the headers that a preflight asks for, where a rule allows any
    /// with credentials.
    ///
    /// Origins that a rule leaves to the application are refused: it is not asked.
    #[inline]
    pub fn decide(&self, request: Request<'_, impl Headers<Value = V>>) -> Decision<V> {
        self.decide_or_ask(request).unwrap_or_else(Question::refuse_unasked)
    }

    /// Decides as [`decide`](Self::decide) does, or, for an origin that a rule leaves to the
    /// application, says what to ask it.
    ///
    /// # Errors
    ///
    /// A [`Question`], whose answer makes the decision.
    #[inline]
    pub fn decide_or_ask(
        &self,
        request: Request<'_, impl Headers<Value = V>>,
    ) -> Result<Decision<V>, Question<V>> {
        self.decide_about(Origins::of(request.headers), &request)
    }

    #[inline(never)]
    pub(crate) fn decide_about(
        &self,
        origins: Origins<'_, V>,
        request: &Request<'_, impl Headers<Value = V>>,
    ) -> Result<Decision<V>, Question<V>> {
        match origins.first {
            None if self.only_varies() && request.method != PREFLIGHT_METHOD => {
                Ok(Decision::Forward(VaryOnly(()).into()))
            }
            None if self.0.enforces => Ok(self.decide_without_origin(request)),
            None => Ok(self.forward(
                Answer::NotCors { request: RequestKind::of_actual(request.method) },
                Repeated::Nothing,
            )),
            Some(origin) => self.decide_with_origin(request, origin, origins.is_only),
        }
    }

    /// Browsers leave the origin out of GET and HEAD requests alone. One that says that another
    /// request comes from elsewhere shows that its origin was lost on the way.
    fn decide_without_origin(&self, request: &Request<'_, impl Headers<Value = V>>) -> Decision<V> {
        let Request { method, headers, .. } = *request;
        let is_safe = matches!(method, "GET" | "HEAD" | "OPTIONS");
        if is_safe || same_origin::by_browser(headers).unwrap_or(true) {
            self.forward(
                Answer::NotCors { request: RequestKind::of_actual(method) },
                Repeated::Nothing,
            )
        } else {
            self.refuse(method, &Kind::Actual, Refusal::OriginMissing)
        }
    }

    fn decide_with_origin(
        &self,
        request: &Request<'_, impl Headers<Value = V>>,
        origin: &V,
        is_only: bool,
    ) -> Result<Decision<V>, Question<V>> {
        let origins = self.policy().origins();
        let found = if is_only { origins.find(origin.as_ref()) } else { origins.find_any() };
        let kind = Kind::of(request.method, request.headers);
        match found {
            Some(rule) => Ok(self.allow(rule, request.method, &kind, request.headers, origin)),
            // Only an answer that is the same for all origins is right for several.
            None if !is_only => Ok(self.refuse(request.method, &kind, Refusal::SeveralOrigins)),
            None => self.decide_unlisted(&kind, request, origin),
        }
    }

    /// Decides about an origin that no rule lists.
    fn decide_unlisted(
        &self,
        kind: &Kind<'_, V>,
        request: &Request<'_, impl Headers<Value = V>>,
        origin: &V,
    ) -> Result<Decision<V>, Question<V>> {
        let method = request.method;
        // Only where something depends on it, as answers then vary by it too.
        let is_own_page = self.0.enforces
            && matches!(kind, Kind::Actual)
            && same_origin::is_same(origin.as_ref(), request);
        if is_own_page {
            // Browsers ask nothing of the answer, and no rule of ours is for all origins.
            return Ok(self.forward(
                Answer::NotCors { request: RequestKind::of_actual(method) },
                Repeated::Nothing,
            ));
        }
        let mut if_refused = self.refuse(method, kind, Refusal::OriginNotAllowed);
        let Some(rule) = self.policy().run_time_rule() else { return Ok(if_refused) };
        let Some(parsed) = Origin::parse(origin.as_ref()) else { return Ok(if_refused) };
        let if_allowed = self.allow(rule, method, kind, request.headers, origin);
        match if_allowed.headers().blocking_refusal() {
            None => Err(Question::new(&parsed, if_allowed, if_refused)),
            // The answer is the same whatever the application says.
            Some(refusal) => {
                if_refused.headers_mut().refuse_origin_for(refusal);
                Ok(if_refused)
            }
        }
    }

    /// Decides about a request whose origin the rule allows.
    fn allow(
        &self,
        index: usize,
        method: &str,
        kind: &Kind<'_, V>,
        headers: &impl Headers<Value = V>,
        origin: &V,
    ) -> Decision<V> {
        let (Some(rule), Some(values)) = (self.policy().rules().get(index), self.values(index))
        else {
            return self.refuse(method, kind, Refusal::OriginNotAllowed);
        };
        let position = position(index);
        let Kind::Preflight { method: requested } = *kind else {
            let answer =
                Answer::Allowed { request: RequestKind::of_actual(method), rule: position };
            let repeated = match values.allow_origin {
                AllowOrigin::Repeat => Repeated::Origin(origin.clone()),
                _ => Repeated::Nothing,
            };
            return self.forward(answer, repeated);
        };
        let names = headers.get_all(Field::AccessControlRequestHeaders);
        let mut mirrored = None;
        let refusal = match values.preflight {
            PreflightKind::Constant => None,
            PreflightKind::Checked => preflight::check(rule, requested, names),
            PreflightKind::Mirrored => {
                let mirrored = mirrored.insert(Mirrored::NOTHING);
                preflight::check_and_mirror(rule, requested, names, mirrored)
            }
        };
        let answer = match refusal {
            None => Answer::Allowed { request: RequestKind::Preflight, rule: position },
            // The lists show the browser what is missing, and its console names it. The origin
            // learns nothing that an allowed preflight would not tell it.
            Some(refusal @ (Refusal::MethodNotAllowed | Refusal::HeaderNotAllowed)) => {
                Answer::PreflightRefused { refusal, rule: position }
            }
            // Lists could allow what is refused here: they may have every name that was asked for.
            Some(refusal) => return self.refuse(method, kind, refusal),
        };
        let repeated = match values.allow_origin {
            AllowOrigin::Any => Repeated::Nothing,
            _ => Repeated::origin_and(origin.clone(), mirrored),
        };
        self.respond(204, answer, repeated)
    }

    /// Decides about a request that gets no permission.
    fn refuse(&self, method: &str, kind: &Kind<'_, V>, refusal: Refusal) -> Decision<V> {
        let request = match kind {
            Kind::Preflight { .. } => RequestKind::Preflight,
            Kind::Actual => RequestKind::of_actual(method),
        };
        if request == RequestKind::Preflight || self.0.enforces {
            self.respond(403, Answer::Blocked { request, refusal }, Repeated::Nothing)
        } else {
            self.forward(Answer::Refused { request, refusal }, Repeated::Nothing)
        }
    }

    fn forward(&self, answer: Answer, repeated: Repeated<V>) -> Decision<V> {
        Decision::Forward(ResponseHeaders::new(self.clone(), answer, repeated))
    }

    fn respond(&self, status: u16, answer: Answer, repeated: Repeated<V>) -> Decision<V> {
        Decision::Respond { status, headers: ResponseHeaders::new(self.clone(), answer, repeated) }
    }
}

/// The `Origin` lines of a request.
#[derive(Clone, Copy)]
pub(crate) struct Origins<'r, V> {
    pub(crate) first: Option<&'r V>,
    is_only: bool,
}

impl<'r, V: HeaderValue> Origins<'r, V> {
    #[inline(always)]
    pub(crate) fn of(headers: &'r impl Headers<Value = V>) -> Self {
        let mut lines = headers.get_all(Field::Origin);
        Self { first: lines.next(), is_only: lines.next().is_none() }
    }
}

/// What a request with an origin asks for.
enum Kind<'r, V> {
    Actual,
    /// The method that a preflight asks for; `None` if it asks for several.
    Preflight {
        method: Option<&'r V>,
    },
}

impl<'r, V: HeaderValue> Kind<'r, V> {
    fn of(method: &str, headers: &'r impl Headers<Value = V>) -> Self {
        if method != PREFLIGHT_METHOD {
            return Self::Actual;
        }
        let mut methods = headers.get_all(Field::AccessControlRequestMethod);
        match methods.next() {
            None => Self::Actual,
            Some(requested) => {
                Self::Preflight { method: methods.next().is_none().then_some(requested) }
            }
        }
    }
}

impl<V> CompiledPolicy<V> {
    /// The policy that was compiled.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }

    pub(crate) fn values(&self, rule: usize) -> Option<&RuleValues<V>> {
        self.0.rules.get(rule)
    }

    /// The headers that every actual request gets, with whatever origin or none, so that a cache
    /// may give one response to all ([Fetch]). `None` if they depend on the origin.
    ///
    /// [Fetch]: https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
    pub(crate) fn values_for_all(&self) -> Option<&RuleValues<V>> {
        if self.0.answers_all_alike { self.values(0) } else { None }
    }

    /// Whether all that a request without an origin gets is `Vary: Origin`; `OPTIONS` gets more.
    pub(crate) fn only_varies(&self) -> bool {
        !self.0.enforces && matches!(self.vary().actual, VaryActual::Origin)
    }

    pub(crate) fn vary(&self) -> &Vary<V> {
        &self.0.vary
    }
}

impl<V> fmt::Debug for CompiledPolicy<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CompiledPolicy").field(self.policy()).finish()
    }
}

/// Whether a request is a [CORS preflight](https://fetch.spec.whatwg.org/#cors-preflight-request):
/// an `OPTIONS` request with `Origin` and `Access-Control-Request-Method`. Every other `OPTIONS`
/// request is the application's.
#[must_use]
pub fn is_preflight(method: &str, headers: &impl Headers) -> bool {
    method == PREFLIGHT_METHOD
        && headers.get_all(Field::Origin).next().is_some()
        && headers.get_all(Field::AccessControlRequestMethod).next().is_some()
}
