use std::fmt;
use std::sync::Arc;

use crate::decide::answer::Answer;
use crate::decide::vary::{Vary, VaryByKind};
use crate::http::FieldValue;
use crate::origin::{OriginIndex, OriginPattern, OwnOrigins};
use crate::policy::{Policy, Rule};

/// A [`Policy`] with all its answers prepared, as values of one framework's header type. Cheap to
/// clone: it is reference-counted.
#[derive(Clone)]
pub struct CompiledPolicy<V>(pub(super) Arc<Inner<V>>);

pub(super) struct Inner<V> {
    policy: Policy,
    /// By the position of the rule.
    rules: Box<[RuleAnswers<V>]>,
    pub(super) without_permission: Forwarded<V>,
    pub(super) blocked: Blocked<V>,
    /// Whether requests whose origin is not allowed are kept from the service.
    pub(super) enforces: bool,
    /// The service's own origins, if the policy enforces origins and they are known.
    pub(super) own_origins: Option<Arc<OwnOrigins>>,
    /// The index in which origins are looked up: that of the policy. It is empty if the host of a
    /// request counts before its origin does, so other policies need not ask whether the host does.
    pub(super) origins: Arc<OriginIndex>,
}

/// In which surroundings a policy is compiled.
#[derive(Default)]
pub(crate) struct Surroundings {
    /// Whether another policy may replace this one. The next policy may allow other origins, so the
    /// answers repeat the origin even if there is only one, and caches keep them apart.
    pub(crate) is_replaceable: bool,
    /// The service's own origins, if they are not those of the policy.
    pub(crate) own_origins: Option<Arc<OwnOrigins>>,
}

/// The answers to requests whose origin a rule allows.
pub(super) struct RuleAnswers<V> {
    pub(super) actual: Arc<Answer<V>>,
    /// To `OPTIONS` requests that are not preflights.
    pub(super) options: Arc<Answer<V>>,
    pub(super) preflight: Arc<Answer<V>>,
    pub(super) refused_preflight: Arc<Answer<V>>,
    /// Whether the answers repeat the origin of the request.
    pub(super) repeats_origin: bool,
}

/// The answers to requests that the service handles and that get no permission: they have no
/// origin, or it is not allowed.
pub(super) struct Forwarded<V> {
    pub(super) actual: Arc<Answer<V>>,
    pub(super) options: Arc<Answer<V>>,
    /// Whether `actual` is `Vary: Origin` and nothing else.
    pub(super) only_varies_by_origin: bool,
}

/// The answers that keep a request from the service.
pub(super) struct Blocked<V> {
    pub(super) actual: Arc<Answer<V>>,
    pub(super) options: Arc<Answer<V>>,
    pub(super) preflight: Arc<Answer<V>>,
}

impl Policy {
    /// Prepares all answers, as values of one framework's header type. Adapters call this once; it
    /// cannot fail.
    #[must_use]
    pub fn compile<V: FieldValue>(&self) -> CompiledPolicy<V> {
        self.compile_in(&Surroundings::default())
    }

    pub(crate) fn compile_in<V: FieldValue>(
        &self,
        surroundings: &Surroundings,
    ) -> CompiledPolicy<V> {
        CompiledPolicy::new(self, surroundings)
    }
}

impl<V: FieldValue> CompiledPolicy<V> {
    /// With a sole origin, every response names it, whatever the origin of the request. Caches may
    /// then give one response to all
    /// ([Fetch](https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches)).
    fn new(policy: &Policy, surroundings: &Surroundings) -> Self {
        let sole_origin = policy.sole_origin().filter(|_| !surroundings.is_replaceable);
        let fixed_origin = |rule| match sole_origin {
            _ if policy.origins().is_any(rule) => Some("*"),
            sole_origin => sole_origin.map(OriginPattern::as_str),
        };
        let answers_all_alike = fixed_origin(0).is_some();
        let allows_none = policy.allows_no_origin() && !surroundings.is_replaceable;
        let vary = VaryByKind::new(policy, answers_all_alike || allows_none, allows_none);
        let rules = policy.rules().iter().enumerate();
        let rules = rules.map(|(at, rule)| RuleAnswers::new(at, rule, fixed_origin(at), &vary));
        let rule_for_all = policy.rules().first().filter(|_| answers_all_alike);
        let enforces = policy.enforces_origins();
        let own_origins = surroundings.own_origins.as_ref().or(policy.own_origins());
        let own_origins = own_origins.filter(|_| enforces).cloned();
        let origins = match own_origins {
            None => policy.shared_origins(),
            Some(_) => Arc::new(OriginIndex::new(Vec::new())),
        };
        Self(Arc::new(Inner {
            rules: rules.collect(),
            without_permission: Forwarded::new(rule_for_all, fixed_origin(0), &vary),
            blocked: Blocked::new(&vary),
            enforces,
            own_origins,
            origins,
            policy: policy.clone(),
        }))
    }
}

impl<V> CompiledPolicy<V> {
    /// The policy that was compiled.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }

    /// The rule at a position that the index of origins found, and its answers.
    #[expect(clippy::indexing_slicing, reason = "the index holds positions of these rules only")]
    pub(super) fn rule(&self, position: usize) -> (&Rule, &RuleAnswers<V>) {
        (&self.policy().rules()[position], &self.0.rules[position])
    }
}

impl<V: FieldValue> RuleAnswers<V> {
    fn new(position: usize, rule: &Rule, fixed_origin: Option<&str>, vary: &VaryByKind) -> Self {
        let share = |answer: Answer<String>| answer.share(Some(position));
        Self {
            actual: share(Answer::actual(rule, fixed_origin, &vary.actual)),
            options: share(Answer::actual(rule, fixed_origin, &vary.options)),
            preflight: share(Answer::preflight(rule, fixed_origin, &vary.preflight)),
            refused_preflight: share(Answer::refused_preflight(
                rule,
                fixed_origin,
                &vary.preflight,
            )),
            repeats_origin: fixed_origin.is_none(),
        }
    }
}

impl<V: FieldValue> Forwarded<V> {
    /// `rule_for_all` is the rule whose headers every response has, whatever the origin.
    fn new(rule_for_all: Option<&Rule>, origin: Option<&str>, vary: &VaryByKind) -> Self {
        let answer = |vary| match rule_for_all {
            Some(rule) => Answer::actual(rule, origin, vary).share(None),
            None => Answer::without_permission(vary).share(None),
        };
        Self {
            actual: answer(&vary.actual),
            options: answer(&vary.options),
            only_varies_by_origin: rule_for_all.is_none() && matches!(vary.actual, Vary::Origin),
        }
    }
}

impl<V: FieldValue> Blocked<V> {
    fn new(vary: &VaryByKind) -> Self {
        let blocked = |vary| Answer::blocked(vary).share(None);
        Self {
            actual: blocked(&vary.actual),
            options: blocked(&vary.options),
            preflight: blocked(&vary.preflight),
        }
    }
}

impl<V> fmt::Debug for CompiledPolicy<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CompiledPolicy").field(self.policy()).finish()
    }
}
