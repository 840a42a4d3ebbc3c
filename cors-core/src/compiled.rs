use std::fmt;
use std::sync::Arc;

use crate::decision::{Answer, Decision, Repeated, ResponseHeaders};
use crate::index::position;
use crate::names::Names;
use crate::rule::Rule;
use crate::{Field, HeaderValue, Headers, Policy, Refusal, preflight};

/// A [`Policy`] with its fixed response headers made once, as values of one framework's header
/// type. A clone shares them.
#[derive(Clone)]
pub struct CompiledPolicy<V>(pub(crate) Arc<Inner<V>>);

const PREFLIGHT_METHOD: &str = "OPTIONS";

pub(crate) struct Inner<V> {
    policy: Policy,
    rules: Box<[RuleValues<V>]>,
    vary: Vary<V>,
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
        let any = |rule| policy.origins().patterns_of(rule).is_empty();
        let rules = policy.rules().iter().enumerate();
        let values = rules.map(|(index, rule)| RuleValues::new(rule, any(index))).collect();
        Self(Arc::new(Inner { rules: values, vary: Vary::new(&policy), policy }))
    }

    /// Decides what becomes of a request, from its method and headers alone.
    ///
    /// Pure and total: no input makes it panic, and its work is bounded by the policy. It
    /// allocates only to repeat the headers that a preflight asks for, where a rule allows any
    /// with credentials.
    #[inline]
    pub fn decide(&self, method: &str, headers: &impl Headers<Value = V>) -> Decision<V> {
        let mut origins = headers.get_all(Field::Origin);
        match origins.next() {
            None => self.forward(Answer::NotCors, Repeated::Nothing),
            Some(origin) => {
                let is_only = origins.next().is_none();
                self.decide_cors(method, headers, origin, is_only)
            }
        }
    }

    fn decide_cors(
        &self,
        method: &str,
        headers: &impl Headers<Value = V>,
        origin: &V,
        is_only: bool,
    ) -> Decision<V> {
        let origins = self.policy().origins();
        let found = if is_only {
            origins.find(origin.as_ref()).ok_or(Refusal::OriginNotAllowed)
        } else {
            // Only an answer that is the same for all origins is right for several.
            origins.find_any().ok_or(Refusal::SeveralOrigins)
        };
        if method == PREFLIGHT_METHOD {
            let mut methods = headers.get_all(Field::AccessControlRequestMethod);
            if let Some(requested) = methods.next() {
                let requested = methods.next().is_none().then_some(requested);
                return self.preflight(found, origin, requested, headers);
            }
        }
        match found {
            Ok(index) => {
                let rule = position(index);
                self.forward(Answer::Actual { rule }, self.repeat(index, origin))
            }
            Err(refusal) => self.forward(Answer::ActualRefused(refusal), Repeated::Nothing),
        }
    }

    /// `method` is the one that the preflight asks for; `None` if it asks for several.
    fn preflight(
        &self,
        found: Result<usize, Refusal>,
        origin: &V,
        method: Option<&V>,
        headers: &impl Headers<Value = V>,
    ) -> Decision<V> {
        let (index, rule) = match found.and_then(|index| Ok((index, self.rule(index)?))) {
            Ok(found) => found,
            Err(refusal) => {
                return self.respond(Answer::PreflightOriginRefused(refusal), Repeated::Nothing);
            }
        };
        let repeated = self.repeat(index, origin);
        let position = position(index);
        if rule.preflight_is_constant() {
            return self.respond(Answer::Preflight { rule: position }, repeated);
        }
        let names = headers.get_all(Field::AccessControlRequestHeaders);
        match preflight::check(rule, method, names) {
            Ok(mirrored) => {
                self.respond(Answer::Preflight { rule: position }, repeated.and_mirror(mirrored))
            }
            Err(refusal) => {
                self.respond(Answer::PreflightRefused { refusal, rule: position }, repeated)
            }
        }
    }

    fn rule(&self, index: usize) -> Result<&Rule, Refusal> {
        self.policy().rules().get(index).ok_or(Refusal::OriginNotAllowed)
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

    fn respond(&self, answer: Answer, repeated: Repeated<V>) -> Decision<V> {
        Decision::Respond(ResponseHeaders::new(self.clone(), answer, repeated))
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
        // A preflight is not cacheable, but some shared caches can be told to keep it.
        let preflight = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
        Self {
            actual: first_for_all.is_none().then_some("Origin").and_then(value),
            preflight: (!constant_preflight).then_some(preflight).and_then(value),
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
