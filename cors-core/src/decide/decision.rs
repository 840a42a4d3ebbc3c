use std::fmt;

use crate::decide::answer::{Answer, Decided, Repeated, RequestKind};
use crate::decide::compiled::CompiledPolicy;
use crate::decide::refusal::Refusal;
use crate::decide::write::{remove_owned, vary_by_origin};
use crate::http::{HeaderValue, HeadersMut};

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
impl<V> fmt::Debug for ResponseHeaders<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseHeaders").field("answer", &self.answer()).finish_non_exhaustive()
    }
}
