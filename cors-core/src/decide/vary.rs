//! What the answers of a policy depend on.

use crate::decide::answer::value;
use crate::http::FieldValue;
use crate::policy::{Policy, Rule};

/// The values of `Vary`, by the kind of the request; `None` if the header is omitted.
pub(super) struct Vary<V> {
    /// Of requests other than `OPTIONS`. `None` if they get the same headers whatever their origin.
    pub(super) actual: Option<V>,
    /// Of `OPTIONS` requests that are not preflights: a cache that stores answers to `OPTIONS`
    /// must not answer a preflight with this one.
    pub(super) options: Option<V>,
    /// `None` if the answer to every preflight is the same.
    pub(super) preflight: Option<V>,
}

impl<V: FieldValue> Vary<V> {
    /// `ignores_origin` is whether requests other than preflights get the same headers whatever
    /// their origin.
    pub(super) fn new(policy: &Policy, ignores_origin: bool) -> Self {
        let rules = policy.rules();
        let first_for_all = rules.first().filter(|_| policy.origins().find_any() == Some(0));
        let preflight_is_constant = first_for_all.is_some_and(Rule::preflight_is_constant);
        let predicate_rule = policy.run_time_rule().and_then(|rule| rules.get(rule));
        let read_by_predicate = || predicate_rule.into_iter().flat_map(|rule| &rule.vary_by);
        let list = |fields: &[&'static str]| {
            let mut list = fields.to_vec();
            for name in read_by_predicate() {
                if !list.iter().any(|listed| listed.eq_ignore_ascii_case(name)) {
                    list.push(name);
                }
            }
            value(list.join(", "))
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
            actual: if ignores_origin { None } else { list(actual) },
            options: list(options),
            preflight: if preflight_is_constant { None } else { list(&preflight) },
        }
    }
}
