use std::fmt;
use std::sync::Arc;

use crate::compiled::CompiledPolicy;
use crate::fixed_values::{RuleValues, Vary, VaryActual};
use crate::preflight::Mirrored;
use crate::{Field, HeaderValue, Headers, HeadersMut, Refusal, fetch};

/// What becomes of a request.
#[derive(Clone, Debug)]
#[must_use = "a decision does nothing until an adapter carries it out"]
#[expect(
    clippy::exhaustive_enums,
    reason = "an adapter carries out every kind; the compiler should say so when one is added"
)]
pub enum Decision<V> {
    /// Call the service, then apply these headers to its response, whatever its status.
    Forward(ResponseHeaders<V>),
    /// Do not call the service: answer with an empty body, this status and these headers.
    Respond {
        /// 204, or 403 for a refusal.
        status: u16,
        /// The response's headers.
        headers: ResponseHeaders<V>,
    },
}

/// The response headers that a policy decided on.
///
/// They stem from one policy, so that a request sees one policy from start to end.
#[derive(Clone)]
#[must_use = "headers do nothing until they are applied to a response"]
pub struct ResponseHeaders<V> {
    /// `None` for [`VaryOnly`].
    decided: Option<Decided<V>>,
}

/// `Vary: Origin`, and nothing else: what a request without an origin gets under most policies.
/// It holds nothing, so that such requests share nothing, not even a count of references. Why it is
/// sent: [Fetch](https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches).
#[derive(Clone, Copy, Debug)]
#[must_use = "a response that does not name what it varies by is given to others by caches"]
pub struct VaryOnly(pub(crate) ());

impl<V> From<VaryOnly> for ResponseHeaders<V> {
    #[inline(always)]
    fn from(VaryOnly(()): VaryOnly) -> Self {
        Self { decided: None }
    }
}

// Requests carry this: it is kept as small as it can be.
#[derive(Clone)]
struct Decided<V> {
    policy: CompiledPolicy<V>,
    answer: Answer,
    repeated: Repeated<V>,
}

/// Which answer a request gets, by the kind of request; rules are given by their position.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    NotCors,
    Actual { rule: u32 },
    ActualRefused(Refusal),
    Preflight { rule: u32 },
    PreflightOriginRefused(Refusal),
    PreflightRefused { refusal: Refusal, rule: u32 },
}

/// What an answer repeats of the request.
#[derive(Clone)]
pub(crate) enum Repeated<V> {
    Nothing,
    Origin(V),
    /// Apart, because few policies need it, and it would make every answer larger; counted, as a
    /// box takes more to drop.
    Mirrored(Arc<(V, Mirrored<V>)>),
}

impl<V> Repeated<V> {
    /// Only an answer with credentials mirrors, and such an answer repeats the origin.
    #[inline]
    pub(crate) fn and_mirror(self, mirrored: Mirrored<V>) -> Self {
        match self {
            Self::Origin(origin) if mirrored.method.is_some() || mirrored.headers.is_some() => {
                Self::Mirrored(Arc::new((origin, mirrored)))
            }
            repeated => repeated,
        }
    }

    fn origin(&self) -> Option<&V> {
        match self {
            Self::Nothing => None,
            Self::Origin(origin) => Some(origin),
            Self::Mirrored(both) => Some(&both.0),
        }
    }

    fn mirrored(&self) -> Option<&Mirrored<V>> {
        match self {
            Self::Mirrored(both) => Some(&both.1),
            Self::Nothing | Self::Origin(_) => None,
        }
    }
}

impl<V> Decision<V> {
    /// Why the request is not allowed what it asks for; `None` if it is.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        self.headers().refusal()
    }

    /// The headers that the policy decided on, whoever responds.
    pub const fn headers(&self) -> &ResponseHeaders<V> {
        match self {
            Self::Forward(headers) | Self::Respond { headers, .. } => headers,
        }
    }

    pub(crate) const fn headers_mut(&mut self) -> &mut ResponseHeaders<V> {
        match self {
            Self::Forward(headers) | Self::Respond { headers, .. } => headers,
        }
    }
}

impl<V> ResponseHeaders<V> {
    /// Why the request is not allowed what it asks for; `None` if it is.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self.answer() {
            Answer::ActualRefused(refusal)
            | Answer::PreflightOriginRefused(refusal)
            | Answer::PreflightRefused { refusal, .. } => Some(refusal),
            Answer::NotCors | Answer::Actual { .. } | Answer::Preflight { .. } => None,
        }
    }

    /// The position of the rule that governs the request; `None` if there is none.
    #[must_use]
    pub fn rule(&self) -> Option<usize> {
        match self.answer() {
            Answer::Actual { rule }
            | Answer::Preflight { rule }
            | Answer::PreflightRefused { rule, .. } => Some(rule as usize),
            Answer::NotCors | Answer::ActualRefused(_) | Answer::PreflightOriginRefused(_) => None,
        }
    }

    /// The same answer for another reason; only of one that refuses the origin.
    pub(crate) const fn refuse_origin_for(&mut self, reason: Refusal) {
        if let Some(Decided { answer, .. }) = &mut self.decided
            && let Answer::ActualRefused(refusal) | Answer::PreflightOriginRefused(refusal) = answer
        {
            *refusal = reason;
        }
    }

    fn answer(&self) -> Answer {
        self.decided.as_ref().map_or(Answer::NotCors, |decided| decided.answer)
    }
}

impl<V: HeaderValue> Decision<V> {
    /// Writes the headers into a response's; see [`ResponseHeaders::apply`].
    #[inline]
    pub fn apply(&self, headers: &mut impl HeadersMut<Value = V>) {
        self.headers().apply(headers);
    }
}

impl<V: HeaderValue> ResponseHeaders<V> {
    #[inline]
    pub(crate) const fn new(
        policy: CompiledPolicy<V>,
        answer: Answer,
        repeated: Repeated<V>,
    ) -> Self {
        Self { decided: Some(Decided { policy, answer, repeated }) }
    }

    /// Writes the headers into a response's.
    ///
    /// The policy owns the `Access-Control-*` headers of a response: what the service set and
    /// the policy did not decide is removed. `Vary` is merged into what is there.
    #[inline(always)]
    pub fn apply<H: HeadersMut<Value = V>>(&self, headers: &mut H) {
        let has_vary = remove_owned(headers);
        match &self.decided {
            None => vary_by_origin(has_vary, headers),
            Some(decided) => decided.write(has_vary, headers),
        }
    }
}

impl VaryOnly {
    /// Writes the header into a response's; see [`ResponseHeaders::apply`].
    #[inline(always)]
    pub fn apply<H: HeadersMut>(self, headers: &mut H) {
        let has_vary = remove_owned(headers);
        vary_by_origin(has_vary, headers);
    }
}

impl<V: HeaderValue> Decided<V> {
    #[inline(never)]
    fn write<H: HeadersMut<Value = V>>(&self, has_vary: bool, headers: &mut H) {
        let Self { policy, answer, repeated } = self;
        match *answer {
            Answer::NotCors => {
                if policy.answers_all_alike()
                    && let Some(values) = policy.values(0)
                {
                    write_actual(values, None, headers);
                }
            }
            Answer::Actual { rule } => {
                if let Some(values) = policy.values(rule as usize) {
                    write_actual(values, repeated.origin(), headers);
                }
            }
            Answer::ActualRefused(_) => {}
            Answer::Preflight { rule } => {
                if let Some(values) = policy.values(rule as usize) {
                    write_origin(values, repeated.origin(), headers);
                    let mirrored = repeated.mirrored();
                    let method = mirrored.and_then(|mirrored| mirrored.method.as_ref());
                    let names = mirrored.and_then(|mirrored| mirrored.headers.as_ref());
                    let methods = method.or(values.allow_methods.as_ref());
                    write_preflight(values, methods, names, headers);
                }
            }
            Answer::PreflightOriginRefused(_) => {
                // The rule that would govern an origin that none lists.
                let rule = policy.policy().run_time_rule().unwrap_or(0);
                if policy.policy().is_debug()
                    && let Some(values) = policy.values(rule)
                {
                    write_preflight(values, values.methods_if_refused.as_ref(), None, headers);
                }
            }
            Answer::PreflightRefused { rule, .. } => {
                if policy.policy().is_debug()
                    && let Some(values) = policy.values(rule as usize)
                {
                    write_origin(values, repeated.origin(), headers);
                    write_preflight(values, values.methods_if_refused.as_ref(), None, headers);
                }
            }
        }
        let Vary { actual, preflight } = policy.vary();
        match answer {
            Answer::NotCors | Answer::Actual { .. } | Answer::ActualRefused(_) => match actual {
                VaryActual::Nothing => {}
                VaryActual::Origin => vary_by_origin(has_vary, headers),
                VaryActual::Listed(vary) => vary_by(vary, has_vary, headers),
            },
            Answer::Preflight { .. }
            | Answer::PreflightOriginRefused(_)
            | Answer::PreflightRefused { .. } => {
                if let Some(vary) = preflight {
                    vary_by(vary, has_vary, headers);
                }
            }
        }
    }
}

impl<V> fmt::Debug for ResponseHeaders<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseHeaders").field("answer", &self.answer()).finish_non_exhaustive()
    }
}

/// Removes what the policy owns, and returns whether there is a `Vary`. One look at the names is
/// cheaper than one look-up for each field, and there is rarely one.
#[inline(always)]
fn remove_owned(headers: &mut impl HeadersMut) -> bool {
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

fn write_origin<H: HeadersMut>(
    values: &RuleValues<H::Value>,
    origin: Option<&H::Value>,
    headers: &mut H,
) {
    let origin = match origin {
        None if values.allow_any_origin => H::constant("*"),
        origin => origin.cloned(),
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
    names: Option<&V>,
    headers: &mut impl HeadersMut<Value = V>,
) {
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
fn vary_by_origin<H: HeadersMut>(has_vary: bool, headers: &mut H) {
    if !(has_vary && is_said(b"Origin", headers))
        && let Some(value) = H::constant("Origin")
    {
        headers.append(Field::Vary, value);
    }
}

fn vary_by<H: HeadersMut>(vary: &H::Value, has_vary: bool, headers: &mut H) {
    if !(has_vary && is_said(vary.as_ref(), headers)) {
        headers.append(Field::Vary, vary.clone());
    }
}

/// Whether the `Vary` lines that are there name all that `vary` does.
#[inline(never)]
fn is_said(vary: &[u8], headers: &impl Headers) -> bool {
    elements(vary).all(|name| {
        let mut said = headers.get_all(Field::Vary).flat_map(|line| elements(line.as_ref()));
        said.any(|said| name.eq_ignore_ascii_case(said) || said == b"*")
    })
}

fn elements(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|byte| *byte == b',').map(fetch::trim_whitespace)
}
