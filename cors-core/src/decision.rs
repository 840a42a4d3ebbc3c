use std::fmt;
use std::sync::Arc;

use crate::compiled::{CompiledPolicy, PREFLIGHT_METHOD};
use crate::fixed_values::{AllowOrigin, RuleValues, Vary, VaryActual};
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

/// What a request is to caches.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RequestKind {
    Actual,
    /// An `OPTIONS` request that is not a preflight.
    PlainOptions,
    Preflight,
}

/// Which answer a request gets; rules are given by their position.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    /// The request has no origin, or is by a page of the service itself.
    NotCors {
        request: RequestKind,
    },
    Allowed {
        request: RequestKind,
        rule: u32,
    },
    /// The origin of a preflight is allowed, but not its method or headers: the answer lists what
    /// is.
    PreflightRefused {
        refusal: Refusal,
        rule: u32,
    },
    /// The service is called all the same.
    Refused {
        request: RequestKind,
        refusal: Refusal,
    },
    /// The service is not called.
    Blocked {
        request: RequestKind,
        refusal: Refusal,
    },
}

impl Answer {
    const fn request(self) -> RequestKind {
        match self {
            Self::NotCors { request }
            | Self::Allowed { request, .. }
            | Self::Refused { request, .. }
            | Self::Blocked { request, .. } => request,
            Self::PreflightRefused { .. } => RequestKind::Preflight,
        }
    }
}

impl RequestKind {
    #[inline]
    pub(crate) fn of_actual(method: &str) -> Self {
        if method == PREFLIGHT_METHOD { Self::PlainOptions } else { Self::Actual }
    }
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
            Answer::Refused { refusal, .. }
            | Answer::Blocked { refusal, .. }
            | Answer::PreflightRefused { refusal, .. } => Some(refusal),
            Answer::NotCors { .. } | Answer::Allowed { .. } => None,
        }
    }

    /// The position of the rule that governs the request; `None` if there is none.
    #[must_use]
    pub fn rule(&self) -> Option<usize> {
        match self.answer() {
            Answer::Allowed { rule, .. } | Answer::PreflightRefused { rule, .. } => {
                Some(rule as usize)
            }
            Answer::NotCors { .. } | Answer::Refused { .. } | Answer::Blocked { .. } => None,
        }
    }

    /// Why the answer is 403; `None` if it is another one.
    pub(crate) fn blocking_refusal(&self) -> Option<Refusal> {
        match self.answer() {
            Answer::Blocked { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    /// The same answer for another reason; only of one that refuses the origin.
    pub(crate) const fn refuse_origin_for(&mut self, reason: Refusal) {
        if let Some(Decided { answer, .. }) = &mut self.decided
            && let Answer::Refused { refusal, .. } | Answer::Blocked { refusal, .. } = answer
        {
            *refusal = reason;
        }
    }

    fn answer(&self) -> Answer {
        let varies_only = Answer::NotCors { request: RequestKind::Actual };
        self.decided.as_ref().map_or(varies_only, |decided| decided.answer)
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
fn vary_by_origin<H: HeadersMut>(has_vary: bool, headers: &mut H) {
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
