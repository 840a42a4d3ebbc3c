//! Writes an answer into the headers of a response.

use crate::decide::answer::{Answer, Decided, Repeated, RequestKind};
use crate::decide::fixed_values::{AllowOrigin, RuleValues, Vary, VaryActual};
use crate::http::{Field, HeaderValue, Headers, HeadersMut, fetch};

impl<V: HeaderValue> Decided<V> {
    #[inline(never)]
    pub(crate) fn write<H: HeadersMut<Value = V>>(&self, has_vary: bool, headers: &mut H) {
        let Self { policy, answer, repeated } = self;
        match *answer {
            Answer::NotCors { .. } | Answer::Refused { .. } => {
                if let Some(values) = policy.values_for_all() {
                    write_actual(values, None, headers);
                }
            }
            Answer::Allowed { request, rule } => {
                if let Some(values) = policy.values(rule as usize) {
                    if request == RequestKind::Preflight {
                        let methods = values.allow_methods.as_ref();
                        write_preflight(values, methods, repeated, headers);
                    } else {
                        write_actual(values, repeated.origin(), headers);
                    }
                }
            }
            Answer::PreflightRefused { rule, .. } => {
                if let Some(values) = policy.values(rule as usize) {
                    let methods = values.methods_if_refused.as_ref();
                    write_preflight(values, methods, repeated, headers);
                }
            }
            // A cache that ignores `Vary` would give it to pages that are allowed.
            Answer::Blocked { .. } => {
                if let Some(value) = H::constant("no-store") {
                    headers.insert(Field::CacheControl, value);
                }
            }
        }
        let Vary { actual, options, preflight } = policy.vary();
        let vary = match (answer.request(), actual) {
            (RequestKind::Actual, VaryActual::Nothing) => None,
            (RequestKind::Actual, VaryActual::Origin) => {
                return vary_by_origin(has_vary, headers);
            }
            (RequestKind::Actual, VaryActual::Listed(vary)) => Some(vary),
            (RequestKind::PlainOptions, _) => options.as_ref(),
            (RequestKind::Preflight, _) => preflight.as_ref(),
        };
        if let Some(vary) = vary {
            vary_by(vary, has_vary, headers);
        }
    }
}

/// Removes what the policy owns, and returns whether there is a `Vary`. One look at the names is
/// cheaper than one look-up for each field, and there is rarely one.
#[inline(always)]
pub(crate) fn remove_owned(headers: &mut impl HeadersMut) -> bool {
    let mut has_owned = false;
    let mut has_vary = false;
    for name in headers.names() {
        has_owned |= name.starts_with(Field::OWNED_PREFIX);
        has_vary |= name == Field::Vary.as_str();
    }
    if has_owned {
        remove_all_owned(headers);
    }
    has_vary
}

#[cold]
fn remove_all_owned(headers: &mut impl HeadersMut) {
    for field in Field::OWNED {
        headers.remove(field);
    }
}

fn write_actual<V: HeaderValue>(
    values: &RuleValues<V>,
    origin: Option<&V>,
    headers: &mut impl HeadersMut<Value = V>,
) {
    write_origin(values, origin, headers);
    write(Field::AccessControlExposeHeaders, values.expose_headers.as_ref(), headers);
}

#[inline(always)]
fn write_origin<H: HeadersMut>(
    values: &RuleValues<H::Value>,
    repeated: Option<&H::Value>,
    headers: &mut H,
) {
    let origin = match (repeated, &values.allow_origin) {
        (Some(origin), _) | (None, AllowOrigin::Sole(origin)) => Some(origin.clone()),
        (None, AllowOrigin::Any) => H::constant("*"),
        (None, AllowOrigin::Repeat) => None,
    };
    if let Some(origin) = origin {
        headers.insert(Field::AccessControlAllowOrigin, origin);
    }
    if values.allow_credentials
        && let Some(value) = H::constant("true")
    {
        headers.insert(Field::AccessControlAllowCredentials, value);
    }
}

fn write_preflight<V: HeaderValue>(
    values: &RuleValues<V>,
    methods: Option<&V>,
    repeated: &Repeated<V>,
    headers: &mut impl HeadersMut<Value = V>,
) {
    write_origin(values, repeated.origin(), headers);
    let mirrored = repeated.mirrored();
    let methods = mirrored.and_then(|mirrored| mirrored.method.as_ref()).or(methods);
    let names = mirrored.and_then(|mirrored| mirrored.headers.as_ref());
    let names = names.or(values.allow_headers.as_ref());
    write(Field::AccessControlAllowMethods, methods, headers);
    write(Field::AccessControlAllowHeaders, names, headers);
    write(Field::AccessControlMaxAge, values.max_age.as_ref(), headers);
}

#[inline]
fn write<V: HeaderValue>(
    field: Field,
    value: Option<&V>,
    headers: &mut impl HeadersMut<Value = V>,
) {
    if let Some(value) = value {
        headers.insert(field, value.clone());
    }
}

#[inline(always)]
pub(crate) fn vary_by_origin<H: HeadersMut>(has_vary: bool, headers: &mut H) {
    if !(has_vary && is_said(b"Origin", headers))
        && let Some(value) = H::constant("Origin")
    {
        headers.append(Field::Vary, value);
    }
}

fn vary_by<H: HeadersMut>(vary: &H::Value, has_vary: bool, headers: &mut H) {
    let missing = if has_vary { missing(vary, headers) } else { Some(vary.clone()) };
    if let Some(missing) = missing {
        headers.append(Field::Vary, missing);
    }
}

/// The names of `vary` that the `Vary` lines of the response do not have; `None` if they have all.
#[inline(never)]
fn missing<V: HeaderValue>(vary: &V, headers: &impl Headers<Value = V>) -> Option<V> {
    let mut missing = Vec::new();
    let mut is_whole = true;
    for name in elements(vary.as_ref()) {
        if is_said(name, headers) {
            is_whole = false;
        } else {
            if !missing.is_empty() {
                missing.extend_from_slice(b", ");
            }
            missing.extend_from_slice(name);
        }
    }
    match missing.as_slice() {
        _ if is_whole => Some(vary.clone()),
        [] => None,
        missing => V::try_from(missing).ok(),
    }
}

/// Whether the `Vary` lines that are there have this name.
#[inline(never)]
fn is_said(name: &[u8], headers: &impl Headers) -> bool {
    let mut said = headers.get_all(Field::Vary).flat_map(|line| elements(line.as_ref()));
    said.any(|said| name.eq_ignore_ascii_case(said) || said == b"*")
}

fn elements(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|byte| *byte == b',').map(fetch::trim_whitespace)
}
