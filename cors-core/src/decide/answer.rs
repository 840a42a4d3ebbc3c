//! The answers of a policy, made when it is compiled.

use std::sync::Arc;

use crate::decide::vary::Vary;
use crate::http::{FieldValue, fetch, field_value};
use crate::policy::{Rule, names};

/// The headers of one answer, except for what it repeats of the request. `None` and `false` mean
/// that the header is omitted.
pub(super) struct Answer<V> {
    /// The same for all requests; `None` also if the answer repeats the request's origin.
    pub(super) allow_origin: Option<V>,
    pub(super) allow_credentials: bool,
    pub(super) allow_methods: Option<V>,
    pub(super) allow_headers: Option<V>,
    pub(super) max_age: Option<V>,
    pub(super) expose_headers: Option<V>,
    /// Whether caches must not store the response.
    pub(super) no_store: bool,
    pub(super) vary: Vary<V>,
    /// The position of the rule whose origins include the request's.
    pub(super) rule: Option<usize>,
}

/// Answers are made of texts, which become values of a framework's type when they are
/// [shared](Self::share).
impl Answer<String> {
    /// An answer that permits nothing.
    pub(super) fn without_permission(vary: &Vary<String>) -> Self {
        Self {
            allow_origin: None,
            allow_credentials: false,
            allow_methods: None,
            allow_headers: None,
            max_age: None,
            expose_headers: None,
            no_store: false,
            vary: vary.clone(),
            rule: None,
        }
    }

    /// An answer that the policy gives itself with status 403. A cache that ignores `Vary` would
    /// give it to pages that are allowed.
    pub(super) fn blocked(vary: &Vary<String>) -> Self {
        Self { no_store: true, ..Self::without_permission(vary) }
    }

    /// An answer to an allowed request other than a preflight.
    pub(super) fn actual(rule: &Rule, allow_origin: Option<&str>, vary: &Vary<String>) -> Self {
        Self {
            allow_origin: allow_origin.map(Into::into),
            allow_credentials: rule.settings.allow_credentials,
            expose_headers: list(&rule.settings.expose_headers, rule),
            ..Self::without_permission(vary)
        }
    }

    /// An answer to an allowed preflight.
    pub(super) fn preflight(rule: &Rule, allow_origin: Option<&str>, vary: &Vary<String>) -> Self {
        Self {
            allow_origin: allow_origin.map(Into::into),
            allow_credentials: rule.settings.allow_credentials,
            allow_methods: list(&rule.settings.allow_methods, rule),
            allow_headers: list(&rule.settings.allow_headers, rule),
            max_age: rule.settings.max_age.map(|seconds| seconds.to_string()),
            ..Self::without_permission(vary)
        }
    }

    /// An answer to a preflight whose method or headers the rule does not allow. It lists what the
    /// rule allows, so that the browser's console names what is missing. It always lists methods,
    /// because browsers treat a missing list as permission for the method of an upload
    /// ([Fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0)).
    pub(super) fn refused_preflight(
        rule: &Rule,
        allow_origin: Option<&str>,
        vary: &Vary<String>,
    ) -> Self {
        let mut answer = Self::preflight(rule, allow_origin, vary);
        answer.allow_methods.get_or_insert_with(|| fetch::SAFELISTED_METHODS.into());
        answer
    }

    /// The same answer with values of a framework's type, for a rule.
    #[inline(never)]
    pub(super) fn share<V: FieldValue>(&self, rule: Option<usize>) -> Arc<Answer<V>> {
        let value = |text: &Option<String>| text.as_deref().and_then(field_value);
        Arc::new(Answer {
            allow_origin: value(&self.allow_origin),
            allow_credentials: self.allow_credentials,
            allow_methods: value(&self.allow_methods),
            allow_headers: value(&self.allow_headers),
            max_age: value(&self.max_age),
            expose_headers: value(&self.expose_headers),
            no_store: self.no_store,
            vary: match &self.vary {
                Vary::Omitted => Vary::Omitted,
                Vary::Origin => Vary::Origin,
                Vary::Fields(fields) => field_value(fields).map_or(Vary::Omitted, Vary::Fields),
            },
            rule,
        })
    }
}

/// A list as a response has it. With credentials, `*` is a name like any other: the answer repeats
/// what the request asks for instead ([Fetch](https://fetch.spec.whatwg.org/#http-new-header-syntax)).
fn list(names: &[String], rule: &Rule) -> Option<String> {
    let is_mirrored = rule.settings.allow_credentials && names::is_any(names);
    let is_omitted = is_mirrored || names.is_empty();
    (!is_omitted).then(|| names.join(","))
}
