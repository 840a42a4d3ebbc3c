use std::fmt;
use std::sync::Arc;

use crate::decision::{Answer, Decision, Repeated, ResponseHeaders, VaryOnly};
use crate::fixed_values::{RuleValues, Vary, VaryActual};
use crate::index::position;
use crate::{
    Field, HeaderValue, Headers, Origin, Policy, Question, Refusal, preflight, same_origin,
};

/// A [`Policy`] with its fixed response headers made once, as values of one framework's header
/// type. A clone shares them.
#[derive(Clone)]
pub struct CompiledPolicy<V>(Arc<Inner<V>>);

const PREFLIGHT_METHOD: &str = "OPTIONS";

struct Inner<V> {
    policy: Policy,
    rules: Box<[RuleValues<V>]>,
    vary: Vary<V>,
    /// Whether requests whose origin is not allowed are kept from the service.
    enforces: bool,
    /// Whether the answer is the same for every request, with or without an origin.
    answers_all_alike: bool,
}

impl<V: HeaderValue> CompiledPolicy<V> {
    pub(crate) fn new(policy: Policy) -> Self {
        let rules = policy.rules().iter().enumerate();
        let any = |rule| policy.origins().is_any(rule);
        Self(Arc::new(Inner {
            rules: rules.map(|(index, rule)| RuleValues::new(rule, any(index))).collect(),
            vary: Vary::new(&policy),
            enforces: policy.enforces_origins(),
            answers_all_alike: any(0),
            policy,
        }))
    }

    /// Decides what becomes of a request, from its method and headers alone.
    ///
    /// `authority` is the host and port that the request's target names, if it does: over HTTP/2
    /// it always does, over HTTP/1.1 the `Host` header does instead. It tells a request by a page
    /// of the service itself from one by a page of another origin, where the browser does not.
    ///
    /// Pure and total: no input makes it panic, and its work is bounded by the policy. It
    /// allocates only to repeat the headers that a preflight asks for, where a rule allows any
    /// with credentials.
    ///
    /// Origins that a rule leaves to the application are refused: it is not asked.
    #[inline]
    pub fn decide(
        &self,
        method: &str,
        authority: Option<&str>,
        headers: &impl Headers<Value = V>,
    ) -> Decision<V> {
        self.decide_or_ask(method, authority, headers).unwrap_or_else(Question::refuse_unasked)
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
        method: &str,
        authority: Option<&str>,
        headers: &impl Headers<Value = V>,
    ) -> Result<Decision<V>, Question<V>> {
        self.decide_about(Origins::of(headers), method, authority, headers)
    }

    #[inline(never)]
    pub(crate) fn decide_about(
        &self,
        origins: Origins<'_, V>,
        method: &str,
        authority: Option<&str>,
        headers: &impl Headers<Value = V>,
    ) -> Result<Decision<V>, Question<V>> {
        match origins.first {
            None if self.only_varies() => Ok(Decision::Forward(VaryOnly(()).into())),
            None if self.0.enforces => Ok(self.decide_without_origin(method, headers)),
            None => Ok(self.forward(Answer::NotCors, Repeated::Nothing)),
            Some(origin) => {
                self.decide_with_origin(method, authority, headers, origin, origins.is_only)
            }
        }
    }

    /// Browsers leave the origin out of GET and HEAD requests alone. One that says that another
    /// request comes from elsewhere shows that its origin was lost on the way.
    fn decide_without_origin(
        &self,
        method: &str,
        headers: &impl Headers<Value = V>,
    ) -> Decision<V> {
        let is_safe = matches!(method, "GET" | "HEAD" | "OPTIONS");
        if is_safe || same_origin::by_browser(headers).unwrap_or(true) {
            self.forward(Answer::NotCors, Repeated::Nothing)
        } else {
            self.refuse(&Kind::Actual, Refusal::OriginMissing)
        }
    }

    fn decide_with_origin(
        &self,
        method: &str,
        authority: Option<&str>,
        headers: &impl Headers<Value = V>,
        origin: &V,
        is_only: bool,
    ) -> Result<Decision<V>, Question<V>> {
        let origins = self.policy().origins();
        let found = if is_only { origins.find(origin.as_ref()) } else { origins.find_any() };
        let kind = Kind::of(method, headers);
        match found {
            Some(rule) => Ok(self.allow(rule, &kind, headers, origin)),
            // Only an answer that is the same for all origins is right for several.
            None if !is_only => Ok(self.refuse(&kind, Refusal::SeveralOrigins)),
            None => self.decide_unlisted(&kind, authority, headers, origin),
        }
    }

    /// Decides about an origin that no rule lists.
    fn decide_unlisted(
        &self,
        kind: &Kind<'_, V>,
        authority: Option<&str>,
        headers: &impl Headers<Value = V>,
        origin: &V,
    ) -> Result<Decision<V>, Question<V>> {
        // Only where something depends on it, as answers then vary by it too.
        let is_own_page = self.0.enforces
            && matches!(kind, Kind::Actual)
            && same_origin::is_same(origin.as_ref(), authority, headers);
        if is_own_page {
            // Browsers ask nothing of the answer, and no rule of ours is for all origins.
            return Ok(self.forward(Answer::NotCors, Repeated::Nothing));
        }
        let mut if_refused = self.refuse(kind, Refusal::OriginNotAllowed);
        let Some(rule) = self.policy().run_time_rule() else { return Ok(if_refused) };
        let Some(parsed) = Origin::parse(origin.as_ref()) else { return Ok(if_refused) };
        let if_allowed = self.allow(rule, kind, headers, origin);
        match if_allowed.refusal() {
            None => Err(Question::new(&parsed, if_allowed, if_refused)),
            // Whatever the application says, this is not allowed.
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
        kind: &Kind<'_, V>,
        headers: &impl Headers<Value = V>,
        origin: &V,
    ) -> Decision<V> {
        let Some(rule) = self.policy().rules().get(index) else {
            return self.refuse(kind, Refusal::OriginNotAllowed);
        };
        let repeated = self.repeat(index, origin);
        let position = position(index);
        let Kind::Preflight { method } = *kind else {
            return self.forward(Answer::Actual { rule: position }, repeated);
        };
        if rule.preflight_is_constant() {
            return self.respond(204, Answer::Preflight { rule: position }, repeated);
        }
        let names = headers.get_all(Field::AccessControlRequestHeaders);
        match preflight::check(rule, method, names) {
            Ok(mirrored) => {
                let repeated = repeated.and_mirror(mirrored);
                self.respond(204, Answer::Preflight { rule: position }, repeated)
            }
            Err(refusal) => {
                let answer = Answer::PreflightRefused { refusal, rule: position };
                self.respond(self.refused_preflight_status(), answer, repeated)
            }
        }
    }

    /// Decides about a request whose origin is not allowed.
    fn refuse(&self, kind: &Kind<'_, V>, refusal: Refusal) -> Decision<V> {
        match kind {
            Kind::Preflight { .. } => {
                let answer = Answer::PreflightOriginRefused(refusal);
                self.respond(self.refused_preflight_status(), answer, Repeated::Nothing)
            }
            Kind::Actual if self.0.enforces => {
                self.respond(403, Answer::ActualRefused(refusal), Repeated::Nothing)
            }
            Kind::Actual => self.forward(Answer::ActualRefused(refusal), Repeated::Nothing),
        }
    }

    fn refused_preflight_status(&self) -> u16 {
        if self.policy().is_debug() { 204 } else { 403 }
    }

    /// Repeats the origin, unless the rule answers all origins alike.
    fn repeat(&self, rule: usize, origin: &V) -> Repeated<V> {
        if self.values(rule).is_some_and(|values| values.allow_any_origin) {
            Repeated::Nothing
        } else {
            Repeated::Origin(origin.clone())
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

    /// Whether the answer is the first rule's for every request, with or without an origin, so
    /// that a cache may keep it ([Fetch]).
    ///
    /// [Fetch]: https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
    pub(crate) fn answers_all_alike(&self) -> bool {
        self.0.answers_all_alike
    }

    /// Whether all that a request without an origin gets is `Vary: Origin`.
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
