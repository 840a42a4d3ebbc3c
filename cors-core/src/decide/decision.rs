use std::error::Error;
use std::fmt;

use crate::decide::refusal::Refusal;
use crate::decide::response_headers::ResponseHeaders;
use crate::origin::Origin;

/// What becomes of a request.
#[derive(Debug)]
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
        /// 204, or for a refusal 403; 421 or 400 if the host is the reason.
        status: u16,
        /// The response's headers.
        headers: ResponseHeaders<V>,
    },
    /// Ask the application whether it allows the origin; the answer makes the decision. Only
    /// policies with [`allow_origins_by_predicate`](crate::PolicyBuilder::allow_origins_by_predicate)
    /// ask. Who has nobody to ask refuses with [`Question::refuse`].
    Ask(Question<V>),
}

/// What the application has to say before a request is decided: whether pages of an origin are
/// allowed. See [`Decision::Ask`].
///
/// A question that is dropped, as when a client goes away, is not reported to the
/// [`Observer`](crate::Observer).
#[must_use = "a question has to be answered"]
pub struct Question<V>(Box<Inner<V>>);

struct Inner<V> {
    scheme: Box<str>,
    host: Box<str>,
    port: Option<u16>,
    if_allowed: Decision<V>,
    if_refused: Decision<V>,
    on_reply: Option<OnReply<V>>,
}

/// Is told what the application said, and the decision that it made.
type OnReply<V> = Box<dyn FnOnce(Reply<'_>, &Decision<V>) + Send + Sync>;

/// What an application says about an origin.
#[derive(Clone, Copy)]
pub(crate) enum Reply<'a> {
    Allowed(bool),
    Failed(&'a (dyn Error + 'static)),
    NotAsked,
}

impl<V> Decision<V> {
    /// Why the request is not allowed what it asks for; `None` if it is, or if the application
    /// decides.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Forward(headers) | Self::Respond { headers, .. } => headers.refusal(),
            Self::Ask(_) => None,
        }
    }

    /// The headers that the policy decided on, whoever responds. If the application decides, the
    /// headers of a refusal.
    pub fn headers(&self) -> &ResponseHeaders<V> {
        match self {
            Self::Forward(headers) | Self::Respond { headers, .. } => headers,
            Self::Ask(question) => question.0.if_refused.headers(),
        }
    }

    /// Asks the application about an origin, unless the answer is the same whatever it says.
    #[inline]
    pub(super) fn ask(origin: &Origin<'_>, if_allowed: Self, if_refused: Self) -> Self {
        match if_allowed {
            refused @ Self::Respond { status: 403, .. } => refused,
            if_allowed => Self::Ask(Question::new(origin, if_allowed, if_refused)),
        }
    }

    /// The same decision, with the reason for a refusal.
    pub(super) fn with_refusal(self, refusal: Refusal) -> Self {
        match self {
            Self::Forward(headers) => Self::Forward(headers.with_refusal(Some(refusal))),
            Self::Respond { status, headers } => {
                Self::Respond { status, headers: headers.with_refusal(Some(refusal)) }
            }
            Self::Ask(question) => Self::Ask(question),
        }
    }
}

impl<V> Question<V> {
    fn new(origin: &Origin<'_>, if_allowed: Decision<V>, if_refused: Decision<V>) -> Self {
        Self(Box::new(Inner {
            scheme: origin.scheme().into(),
            host: origin.host().into(),
            port: origin.port(),
            if_allowed,
            if_refused,
            on_reply: None,
        }))
    }

    /// The same question, with somebody to tell what came of it.
    pub(crate) fn on_reply(
        mut self,
        on_reply: impl FnOnce(Reply<'_>, &Decision<V>) + Send + Sync + 'static,
    ) -> Self {
        self.0.on_reply = Some(Box::new(on_reply));
        self
    }

    /// The origin in question.
    #[must_use]
    pub const fn origin(&self) -> Origin<'_> {
        Origin::from_parts(&self.0.scheme, &self.0.host, self.0.port)
    }

    /// The decision, once the application said whether it allows the origin.
    pub fn answer(self, is_allowed: bool) -> Decision<V> {
        self.decide(Reply::Allowed(is_allowed))
    }

    /// The decision if the application failed to say: the origin is refused, and the error
    /// reported to the [`Observer`](crate::Observer).
    pub fn fail(self, error: &(dyn Error + 'static)) -> Decision<V> {
        self.decide(Reply::Failed(error))
    }

    /// The decision if there is nobody to ask: the origin is refused.
    pub fn refuse(self) -> Decision<V> {
        self.decide(Reply::NotAsked)
    }

    pub(crate) fn decide(self, reply: Reply<'_>) -> Decision<V> {
        let Inner { if_allowed, if_refused, on_reply, .. } = *self.0;
        let decision = match reply {
            Reply::Allowed(true) => if_allowed,
            Reply::Allowed(false) => if_refused,
            Reply::Failed(_) => if_refused.with_refusal(Refusal::OriginCheckFailed),
            Reply::NotAsked => if_refused.with_refusal(Refusal::OriginNotAsked),
        };
        if let Some(on_reply) = on_reply {
            on_reply(reply, &decision);
        }
        decision
    }
}

impl<V> fmt::Debug for Question<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question").field("origin", &self.origin()).finish_non_exhaustive()
    }
}
