//! What a policy means for an origin, and how two meanings differ.

use crate::explain::diff::name_set::NameSet;
use crate::explain::diff::permission::Permission;
use crate::http::fetch;
use crate::origin::OriginPattern;
use crate::policy::{Policy, Rule};

/// For how many seconds browsers reuse the answer to a preflight
/// [unless it says](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0).
const DEFAULT_MAX_AGE: i64 = 5;

/// One of the two policies that are compared.
#[derive(Clone, Copy)]
pub(super) struct Side<'p> {
    /// `None` if there is no such policy. Then nothing is allowed, and requests reach the service
    /// as under the other policy.
    policy: Option<&'p Policy>,
    /// The policy that says which requests reach the service.
    enforcing: &'p Policy,
}

/// Whether pages of an origin read responses.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Access {
    Refused,
    ByPredicate,
    Allowed,
}

/// What a policy means for the pages of an origin.
pub(super) struct Effect<'p> {
    access: Access,
    /// The rule that allows the origin, if it is allowed.
    rule: Option<&'p Rule>,
    cross_origin_requests: bool,
    same_origin_requests: bool,
}

/// What pages of an origin gain and lose.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(super) struct Change {
    pub(super) gained: Vec<Permission>,
    pub(super) lost: Vec<Permission>,
    /// Under the old policy and the new one, if they differ.
    pub(super) max_age: Option<(i64, i64)>,
}

/// What is known of an origin before a policy is asked.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) enum OriginKind {
    Tuple,
    /// `null`, about which no application is asked.
    Opaque,
}

impl<'p> Side<'p> {
    pub(super) const fn of(policy: &'p Policy) -> Self {
        Self { policy: Some(policy), enforcing: policy }
    }

    /// A policy that is missing, beside one that is not.
    pub(super) const fn missing(other: &'p Policy) -> Self {
        Self { policy: None, enforcing: other }
    }

    /// The patterns of all rules, each with the position of its rule.
    pub(super) fn patterns(self) -> impl Iterator<Item = (usize, &'p OriginPattern)> {
        self.policy.into_iter().flat_map(|policy| {
            (0..policy.rules().len()).flat_map(|rule| {
                policy.origins().patterns_of(rule).iter().map(move |pattern| (rule, pattern))
            })
        })
    }

    /// The first rule that allows any origin.
    pub(super) fn rule_for_any(self) -> Option<usize> {
        self.policy.and_then(|policy| policy.origins().find_any())
    }

    /// The service's own origins, as the patterns of one rule.
    pub(super) fn own_origins(self) -> impl Iterator<Item = (usize, &'p OriginPattern)> {
        let own = self.enforcing.own_origins().into_iter();
        own.flat_map(|own| own.index().patterns_of(0)).map(|pattern| (0, pattern))
    }

    /// What the policy means for an origin that this rule is the first to match. `is_own` is
    /// whether `own_origins` lists the origin.
    pub(super) fn effect(self, rule: Option<usize>, is_own: bool, kind: OriginKind) -> Effect<'p> {
        let by_predicate = || match kind {
            OriginKind::Tuple => self.policy?.predicate_rule(),
            OriginKind::Opaque => None,
        };
        let (access, position) = match (rule, by_predicate()) {
            (Some(rule), _) => (Access::Allowed, Some(rule)),
            (None, Some(rule)) => (Access::ByPredicate, Some(rule)),
            (None, None) => (Access::Refused, None),
        };
        let enforces = self.enforcing.enforces_origins();
        // Browsers tell which pages with the origin `null` are the service's own.
        let any_is_own = self.enforcing.own_origins().is_none() || kind == OriginKind::Opaque;
        Effect {
            access,
            rule: position.and_then(|position| self.policy?.rules().get(position)),
            cross_origin_requests: !enforces || access == Access::Allowed,
            same_origin_requests: !enforces || any_is_own || is_own,
        }
    }
}

impl Effect<'_> {
    fn credentials(&self) -> bool {
        self.rule.is_some_and(|rule| rule.settings.allow_credentials)
    }

    /// With credentials, `*` is answered with what was asked for, which is any method too.
    fn methods(&self) -> NameSet {
        let is_safelisted = |name: &str| fetch::is_safelisted_method(name.as_bytes());
        self.list(|rule| &rule.settings.allow_methods, is_safelisted)
    }

    /// Only without credentials, `*` [does not
    /// cover](https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name)
    /// `authorization`.
    fn request_headers(&self) -> NameSet {
        let names = self.list(|rule| &rule.settings.allow_headers, |_| false);
        let names_authorization =
            |rule: &Rule| rule.settings.allow_headers.iter().any(|name| name == "authorization");
        let is_covered = self.credentials() || self.rule.is_some_and(names_authorization);
        if is_covered { names } else { names.without("authorization") }
    }

    fn exposed_headers(&self) -> NameSet {
        self.list(|rule| &rule.settings.expose_headers, fetch::is_safelisted_response_header)
    }

    fn list(&self, of: fn(&Rule) -> &Vec<String>, always_allowed: fn(&str) -> bool) -> NameSet {
        self.rule.map(|rule| NameSet::of_list(of(rule), always_allowed)).unwrap_or_default()
    }

    fn max_age(&self) -> Option<i64> {
        self.rule.map(|rule| rule.settings.max_age.unwrap_or(DEFAULT_MAX_AGE))
    }

    /// What pages may do under this policy and not under the other.
    fn permissions_beyond(&self, other: &Self) -> Vec<Permission> {
        let access = match (other.access, self.access) {
            (Access::Refused, Access::Allowed) => Some(Permission::Access),
            (Access::Refused, Access::ByPredicate) => Some(Permission::AccessByPredicate),
            (Access::ByPredicate, Access::Allowed) => Some(Permission::AccessWithoutPredicate),
            _ => None,
        };
        let names = |permission: fn(NameSet) -> Permission, of: fn(&Self) -> NameSet| {
            Some(of(self).difference(&of(other))).filter(|names| !names.is_empty()).map(permission)
        };
        let flag =
            |permission, of: fn(&Self) -> bool| (of(self) && !of(other)).then_some(permission);
        let permissions = [
            access,
            flag(Permission::Credentials, Self::credentials),
            names(Permission::Methods, Self::methods),
            names(Permission::RequestHeaders, Self::request_headers),
            names(Permission::ExposedHeaders, Self::exposed_headers),
            flag(Permission::CrossOriginRequests, |effect| effect.cross_origin_requests),
            flag(Permission::SameOriginRequests, |effect| effect.same_origin_requests),
        ];
        permissions.into_iter().flatten().collect()
    }
}

impl Change {
    pub(super) fn between(old: &Effect<'_>, new: &Effect<'_>) -> Self {
        let max_age = old.max_age().zip(new.max_age());
        Self {
            gained: new.permissions_beyond(old),
            lost: old.permissions_beyond(new),
            max_age: max_age.filter(|(old, new)| old != new),
        }
    }
}
