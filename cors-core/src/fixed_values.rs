//! The values of response headers that no request changes, made once.

use crate::names::Names;
use crate::rule::Rule;
use crate::{HeaderValue, OriginPattern, Policy};

/// The fixed values of one rule; `None` where the header is not sent.
pub(crate) struct RuleValues<V> {
    pub(crate) preflight: PreflightKind,
    pub(crate) allow_origin: AllowOrigin<V>,
    pub(crate) allow_credentials: bool,
    pub(crate) allow_methods: Option<V>,
    /// The methods that the answer to a refused preflight lists. Never `None`, because browsers
    /// treat a missing list as permission for the method of an upload ([Fetch]).
    ///
    /// [Fetch]: https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
    pub(crate) methods_if_refused: Option<V>,
    pub(crate) allow_headers: Option<V>,
    pub(crate) max_age: Option<V>,
    pub(crate) expose_headers: Option<V>,
}

/// What has to be looked at of a preflight.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PreflightKind {
    /// Nothing: the answer is always the same.
    Constant,
    Checked,
    /// The answer repeats the method or headers too, because `*` means nothing with credentials.
    Mirrored,
}

/// The value of `Access-Control-Allow-Origin`.
pub(crate) enum AllowOrigin<V> {
    /// The origin of the request.
    Repeat,
    /// `*`.
    Any,
    /// The only origin that the policy allows, whatever the request's is.
    Sole(V),
}

/// What the answers of the policy depend on.
pub(crate) struct Vary<V> {
    pub(crate) actual: VaryActual<V>,
    /// For `OPTIONS` requests that are not preflights: a cache that stores answers to `OPTIONS`
    /// must not answer a preflight with this one.
    pub(crate) options: Option<V>,
    /// `None` if the answer to every preflight is the same.
    pub(crate) preflight: Option<V>,
}

/// What the answers to requests other than `OPTIONS` depend on.
pub(crate) enum VaryActual<V> {
    Nothing,
    /// What nearly all policies have.
    Origin,
    Listed(V),
}

impl<V: HeaderValue> RuleValues<V> {
    /// `safelisted` is the value of [`safelisted_methods`], which rules without methods share.
    pub(crate) fn new(rule: &Rule, allow_origin: AllowOrigin<V>, safelisted: Option<&V>) -> Self {
        // With credentials `*` is a name like any other, so what was asked for is repeated.
        let list = |names: &Names| match names {
            Names::Any if rule.credentials => None,
            names => names.to_header_value(),
        };
        let headers = if rule.any_header_and_authorization && !rule.credentials {
            Some("*,authorization".into())
        } else {
            list(&rule.headers)
        };
        let methods = list(&rule.methods).and_then(value);
        Self {
            preflight: PreflightKind::of(rule),
            allow_origin,
            allow_credentials: rule.credentials,
            methods_if_refused: methods.as_ref().or(safelisted).cloned(),
            allow_methods: methods,
            allow_headers: headers.and_then(value),
            max_age: rule.max_age.map(|seconds| seconds.to_string()).and_then(value),
            expose_headers: list(&rule.exposed).and_then(value),
        }
    }
}

/// The methods that need no permission.
pub(crate) fn safelisted_methods<V: HeaderValue>() -> Option<V> {
    value("GET,HEAD,POST")
}

impl PreflightKind {
    fn of(rule: &Rule) -> Self {
        let has_any = rule.methods == Names::Any || rule.headers == Names::Any;
        if rule.preflight_is_constant() {
            Self::Constant
        } else if rule.credentials && has_any {
            Self::Mirrored
        } else {
            Self::Checked
        }
    }
}

impl<V: HeaderValue> AllowOrigin<V> {
    /// The value for the policy's only origin.
    pub(crate) fn sole(pattern: &OriginPattern) -> Self {
        value(pattern.as_str()).map_or(Self::Repeat, Self::Sole)
    }
}

impl<V: HeaderValue> Vary<V> {
    /// `is_same_for_all` is whether actual requests get the same headers from every origin.
    pub(crate) fn new(policy: &Policy, is_same_for_all: bool) -> Self {
        let first_for_all =
            policy.rules().first().filter(|_| policy.origins().find_any() == Some(0));
        let constant_preflight = first_for_all.is_some_and(Rule::preflight_is_constant);
        let run_time = policy.run_time_rule().and_then(|rule| policy.rules().get(rule));
        let read = run_time.map_or_else(Vec::new, |rule| rule.vary_by.iter().collect());
        let list = |fields: &[&'static str]| {
            let mut list = fields.to_vec();
            for name in &read {
                if !list.iter().any(|listed| listed.eq_ignore_ascii_case(name)) {
                    list.push(name);
                }
            }
            list.join(", ")
        };
        let (actual, options) = match policy.enforces_origins() {
            true => (
                list(&["Origin", "Sec-Fetch-Site"]),
                list(&["Origin", "Sec-Fetch-Site", "Access-Control-Request-Method"]),
            ),
            false => (list(&["Origin"]), list(&["Origin", "Access-Control-Request-Method"])),
        };
        // A preflight is not cacheable, but some shared caches can be told to keep it.
        let preflight =
            list(&["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"]);
        Self {
            actual: match actual.as_str() {
                _ if is_same_for_all => VaryActual::Nothing,
                "Origin" => VaryActual::Origin,
                list => value(list).map_or(VaryActual::Nothing, VaryActual::Listed),
            },
            options: value(options),
            preflight: if constant_preflight { None } else { value(preflight) },
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
