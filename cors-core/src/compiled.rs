use std::fmt;
use std::sync::Arc;

use crate::decision::{Answer, Decision, Repeated, ResponseHeaders};
use crate::index::position;
use crate::names::Names;
use crate::rule::Rule;
use crate::{
    Field, HeaderValue, Headers, Origin, Policy, Question, Refusal, preflight, same_origin,
};

/// A [`Policy`] with its fixed response headers made once, as values of one framework's header
/// type. A clone shares them.
#[derive(Clone)]
pub struct CompiledPolicy<V>(pub(crate) Arc<Inner<V>>);

const PREFLIGHT_METHOD: &str = "OPTIONS";

pub(crate) struct Inner<V> {
    policy: Policy,
    rules: Box<[RuleValues<V>]>,
    vary: Vary<V>,
    /// Whether requests whose origin is not allowed are kept from the service.
    enforces: bool,
}

/// The fixed values of one rule; `None` where the header is not sent.
pub(crate) struct RuleValues<V> {
    /// `*`; where it is `None`, the request's origin is repeated.
    pub(crate) allow_origin: Option<V>,
    pub(crate) allow_credentials: Option<V>,
    pub(crate) allow_methods: Option<V>,
    /// What debug mode lists where it refuses. Never `None`, as browsers take no list for one of
    /// the very method that an upload asks for ([Fetch]).
    ///
    /// [Fetch]: https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
    pub(crate) methods_if_refused: Option<V>,
    pub(crate) allow_headers: Option<V>,
    pub(crate) max_age: Option<V>,
    pub(crate) expose_headers: Option<V>,
}

/// What the answers of the policy depend on; `None` where they are the same for every request.
pub(crate) struct Vary<V> {
    pub(crate) actual: Option<V>,
    pub(crate) preflight: Option<V>,
}

impl<V: HeaderValue> CompiledPolicy<V> {
    pub(crate) fn new(policy: Policy) -> Self {
        let rules = policy.rules().iter().enumerate();
        let any = |rule| policy.origins().is_any(rule);
        let values = rules.map(|(index, rule)| RuleValues::new(rule, any(index))).collect();
        let enforces = policy.enforces_origins();
        Self(Arc::new(Inner { rules: values, vary: Vary::new(&policy), enforces, policy }))
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
    // Most requests have no origin, and are decided in a few instructions.
    #[inline(always)]
    pub fn decide_or_ask(
        &self,
        method: &str,
        authority: Option<&str>,
        headers: &impl Headers<Value = V>,
    ) -> Result<Decision<V>, Question<V>> {
        let mut origins = headers.get_all(Field::Origin);
        match origins.next() {
            None if self.0.enforces => Ok(self.decide_without_origin(method, headers)),
            None => Ok(self.forward(Answer::NotCors, Repeated::Nothing)),
            Some(origin) => {
                let is_only = origins.next().is_none();
                self.decide_with_origin(method, authority, headers, origin, is_only)
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
        if self.values(rule).is_some_and(|values| values.allow_origin.is_some()) {
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

    /// The values of the answer that is the same for every request, with or without an origin, so
    /// that a cache may keep it ([Fetch]).
    ///
    /// [Fetch]: https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
    pub(crate) fn values_for_all(&self) -> Option<&RuleValues<V>> {
        self.0.rules.first().filter(|values| values.allow_origin.is_some())
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

impl<V: HeaderValue> RuleValues<V> {
    fn new(rule: &Rule, any_origin: bool) -> Self {
        // With credentials `*` is a name like any other, so what was asked for is repeated.
        let list = |names: &Names| match names {
            Names::Any if rule.credentials => None,
            names => names.to_header_value(),
        };
        let headers = if rule.any_header_and_authorization {
            Some("*,authorization".into())
        } else {
            list(&rule.headers)
        };
        let methods = list(&rule.methods);
        let safelisted = "GET,HEAD,POST".to_owned();
        Self {
            allow_origin: any_origin.then_some("*").and_then(value),
            allow_credentials: rule.credentials.then_some("true").and_then(value),
            methods_if_refused: methods.clone().or(Some(safelisted)).and_then(value),
            allow_methods: methods.and_then(value),
            allow_headers: headers
                .filter(|_| !(rule.credentials && rule.headers == Names::Any))
                .and_then(value),
            max_age: rule.max_age.map(|seconds| seconds.to_string()).and_then(value),
            expose_headers: list(&rule.exposed).and_then(value),
        }
    }
}

impl<V: HeaderValue> Vary<V> {
    fn new(policy: &Policy) -> Self {
        let first_for_all =
            policy.rules().first().filter(|_| policy.origins().find_any() == Some(0));
        let constant_preflight = first_for_all.is_some_and(Rule::preflight_is_constant);
        let run_time = policy.run_time_rule().and_then(|rule| policy.rules().get(rule));
        let read = run_time.map_or_else(Vec::new, |rule| rule.vary_by.iter().collect());
        let list = |fields: &[&str]| {
            let mut list: Vec<&str> = fields.to_vec();
            for name in &read {
                if !list.iter().any(|listed| listed.eq_ignore_ascii_case(name)) {
                    list.push(name);
                }
            }
            value(list.join(", "))
        };
        let actual: &[_] = match policy.enforces_origins() {
            true => &["Origin", "Sec-Fetch-Site"],
            false => &["Origin"],
        };
        // A preflight is not cacheable, but some shared caches can be told to keep it.
        let preflight =
            ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"];
        Self {
            actual: if first_for_all.is_none() { list(actual) } else { None },
            preflight: if constant_preflight { None } else { list(&preflight) },
        }
    }
}

/// A header value of printable ASCII, which every framework accepts.
fn value<V: HeaderValue>(text: impl AsRef<str>) -> Option<V> {
    let value = V::try_from(text.as_ref().as_bytes()).ok()?;
    // The first clone of a `bytes::Bytes` allocates its reference count: better now than in a
    // request.
    Some(value.clone())
}
