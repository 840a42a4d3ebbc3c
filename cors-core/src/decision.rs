use std::fmt;

use smallvec::SmallVec;

use crate::compiled::{CompiledPolicy, RuleValues};
use crate::preflight::Mirrored;
use crate::{Field, HeaderValue, HeadersMut, Refusal, fetch};

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
    /// Do not call the service: answer with an empty body, [`ResponseHeaders::status`] and these
    /// headers.
    Respond(ResponseHeaders<V>),
}

/// The response headers that a policy decided on.
///
/// They stem from one policy and keep it alive, so that a request sees one policy from start to
/// end.
#[derive(Clone)]
#[must_use = "headers do nothing until they are applied to a response"]
pub struct ResponseHeaders<V> {
    policy: CompiledPolicy<V>,
    answer: Answer,
    /// The request's origin, where the answer repeats it.
    origin: Option<V>,
    /// Boxed because few policies need it, and every request carries this.
    mirrored: Option<Box<Mirrored<V>>>,
}

/// Which answer a request gets, by the kind of request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    NotCors,
    Actual {
        rule: usize,
    },
    ActualRefused(Refusal),
    Preflight {
        rule: usize,
    },
    /// The rule is known unless it is the origin that is refused.
    PreflightRefused {
        refusal: Refusal,
        rule: Option<usize>,
    },
}

impl<V> Decision<V> {
    /// Why the request is not allowed what it asks for; `None` if it is.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Forward(headers) | Self::Respond(headers) => headers.refusal(),
        }
    }
}

impl<V> ResponseHeaders<V> {
    /// Why the request is not allowed what it asks for; `None` if it is.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self.answer {
            Answer::ActualRefused(refusal) | Answer::PreflightRefused { refusal, .. } => {
                Some(refusal)
            }
            Answer::NotCors | Answer::Actual { .. } | Answer::Preflight { .. } => None,
        }
    }

    /// The status of the answer that [`Decision::Respond`] asks for: 204, or 403 for a refusal.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.refusal() {
            Some(_) if !self.policy.policy().is_debug() => 403,
            _ => 204,
        }
    }
}

impl<V: HeaderValue> ResponseHeaders<V> {
    pub(crate) const fn new(policy: CompiledPolicy<V>, answer: Answer, origin: Option<V>) -> Self {
        Self { policy, answer, origin, mirrored: None }
    }

    pub(crate) fn mirror(mut self, mirrored: Mirrored<V>) -> Self {
        if mirrored.method.is_some() || mirrored.headers.is_some() {
            self.mirrored = Some(Box::new(mirrored));
        }
        self
    }

    /// Writes the headers into a response's.
    ///
    /// The policy owns the `Access-Control-*` headers of a response: what the service set and
    /// the policy did not decide is removed. `Vary` is merged into what is there.
    pub fn apply(self, headers: &mut impl HeadersMut<Value = V>) {
        remove_owned(headers);
        let vary = self.policy.vary();
        match self.answer {
            Answer::NotCors => {
                if let Some(values) = self.policy.values_for_all() {
                    write_actual(values, None, headers);
                }
                merge_vary(&vary.actual, headers);
            }
            Answer::Actual { rule } => {
                if let Some(values) = self.policy.values(rule) {
                    write_actual(values, self.origin, headers);
                }
                merge_vary(&vary.actual, headers);
            }
            Answer::ActualRefused(_) => merge_vary(&vary.actual, headers),
            Answer::Preflight { rule } => {
                if let Some(values) = self.policy.values(rule) {
                    write_origin(values, self.origin, headers);
                    let (method, names) = self
                        .mirrored
                        .map_or((None, None), |mirrored| (mirrored.method, mirrored.headers));
                    let methods = method.as_ref().or(values.allow_methods.as_ref());
                    write_preflight(values, methods, names.as_ref(), headers);
                }
                merge_vary(&vary.preflight, headers);
            }
            Answer::PreflightRefused { rule, .. } => {
                if self.policy.policy().is_debug()
                    && let Some(values) = self.policy.values(rule.unwrap_or(0))
                {
                    if rule.is_some() {
                        write_origin(values, self.origin, headers);
                    }
                    write_preflight(values, values.methods_if_refused.as_ref(), None, headers);
                }
                merge_vary(&vary.preflight, headers);
            }
        }
    }
}

impl<V> fmt::Debug for ResponseHeaders<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseHeaders").field("answer", &self.answer).finish_non_exhaustive()
    }
}

fn remove_owned(headers: &mut impl HeadersMut) {
    // One look at the names is cheaper than one look-up for each field, and there is rarely one.
    if headers.names().any(|name| name.starts_with(Field::OWNED_PREFIX)) {
        for field in Field::OWNED {
            headers.remove(field);
        }
    }
}

fn write_actual<V: HeaderValue>(
    values: &RuleValues<V>,
    origin: Option<V>,
    headers: &mut impl HeadersMut<Value = V>,
) {
    write_origin(values, origin, headers);
    write(Field::AccessControlExposeHeaders, &values.expose_headers, headers);
}

fn write_origin<V: HeaderValue>(
    values: &RuleValues<V>,
    origin: Option<V>,
    headers: &mut impl HeadersMut<Value = V>,
) {
    match origin {
        Some(origin) => headers.insert(Field::AccessControlAllowOrigin, origin),
        None => write(Field::AccessControlAllowOrigin, &values.allow_origin, headers),
    }
    write(Field::AccessControlAllowCredentials, &values.allow_credentials, headers);
}

fn write_preflight<V: HeaderValue>(
    values: &RuleValues<V>,
    methods: Option<&V>,
    names: Option<&V>,
    headers: &mut impl HeadersMut<Value = V>,
) {
    write(Field::AccessControlAllowMethods, methods, headers);
    write(Field::AccessControlAllowHeaders, names.or(values.allow_headers.as_ref()), headers);
    write(Field::AccessControlMaxAge, &values.max_age, headers);
}

fn write<'v, V: HeaderValue + 'v>(
    field: Field,
    value: impl Into<Option<&'v V>>,
    headers: &mut impl HeadersMut<Value = V>,
) {
    if let Some(value) = value.into() {
        headers.insert(field, value.clone());
    }
}

/// Adds a `Vary` line, unless the lines that are there say as much.
fn merge_vary<V: HeaderValue>(vary: &Option<V>, headers: &mut impl HeadersMut<Value = V>) {
    let Some(vary) = vary else { return };
    let mut unsaid = None;
    headers.append_unless(Field::Vary, vary, |line| {
        let unsaid = unsaid.get_or_insert_with(|| elements(vary).collect::<SmallVec<[_; 4]>>());
        for said in elements(line) {
            unsaid.retain(|name| !name.eq_ignore_ascii_case(said) && said != b"*");
        }
        unsaid.is_empty()
    });
}

fn elements(value: &impl HeaderValue) -> impl Iterator<Item = &[u8]> {
    value.as_ref().split(|byte| *byte == b',').map(fetch::trim_whitespace)
}
