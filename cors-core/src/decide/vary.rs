//! What the answers of a policy depend on.

use crate::policy::{Policy, Rule};

/// What the responses of a policy vary by, for each kind of request.
pub(super) struct VaryByKind {
    /// For requests other than `OPTIONS`.
    pub(super) actual: Vary<String>,
    /// For `OPTIONS` requests that are not preflights: a cache that stores responses to `OPTIONS`
    /// must not answer a preflight with this one.
    pub(super) options: Vary<String>,
    pub(super) preflight: Vary<String>,
}

/// The value of `Vary`.
#[derive(Clone)]
pub(super) enum Vary<V> {
    /// The response is the same for all requests, and the header is omitted.
    Omitted,
    /// `Origin`, what most responses have.
    Origin,
    Fields(V),
}

impl VaryByKind {
    /// `ignores_origin` is whether requests other than preflights get the same headers whatever
    /// their origin, and `refuses_preflights` whether every preflight is refused.
    pub(super) fn new(policy: &Policy, ignores_origin: bool, refuses_preflights: bool) -> Self {
        let rules = policy.rules();
        let first_for_all = rules.first().filter(|_| policy.origins().find_any() == Some(0));
        let preflight_is_constant =
            refuses_preflights || first_for_all.is_some_and(Rule::preflight_is_constant);
        let predicate_rule = policy.predicate_rule().and_then(|rule| rules.get(rule));
        let read_by_predicate =
            || predicate_rule.into_iter().flat_map(|rule| &rule.settings.predicate_vary);
        let list = |fields: &[&'static str]| {
            let mut list = fields.to_vec();
            for name in read_by_predicate() {
                if !list.iter().any(|listed| listed.eq_ignore_ascii_case(name)) {
                    list.push(name);
                }
            }
            match list.as_slice() {
                ["Origin"] => Vary::Origin,
                list => Vary::Fields(list.join(", ")),
            }
        };
        // Enforcement reads what the browser says of the page.
        let (actual, options): (&[_], &[_]) = match policy.enforces_origins() {
            true => (
                &["Origin", "Sec-Fetch-Site"],
                &["Origin", "Sec-Fetch-Site", "Access-Control-Request-Method"],
            ),
            false => (&["Origin"], &["Origin", "Access-Control-Request-Method"]),
        };
        // A preflight is not cacheable, but some shared caches can be told to keep it.
        let preflight =
            ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"];
        Self {
            actual: if ignores_origin { Vary::Omitted } else { list(actual) },
            options: list(options),
            preflight: if preflight_is_constant { Vary::Omitted } else { list(&preflight) },
        }
    }
}
