use std::error::Error;
use std::fmt;

use crate::decide::decision::Decision;
use crate::decide::refusal::Refusal;
use crate::deploy::{Answer, Unreported};
use crate::http::HeaderValue;
use crate::origin::Origin;

/// What an application has to say before a request is decided: whether pages of its origin are
/// allowed. See [`CompiledPolicy::decide_or_ask`](crate::CompiledPolicy::decide_or_ask).
///
/// One that is dropped instead, as when a client goes away, is reported to nobody.
#[must_use = "a question has to be answered"]
pub struct Question<V>(Box<Inner<V>>);

struct Inner<V> {
    scheme: Box<str>,
    host: Box<str>,
    port: Option<u16>,
    if_allowed: Decision<V>,
    if_refused: Decision<V>,
    unreported: Option<Unreported<V>>,
}

impl<V> Question<V> {
    /// `if_refused` refuses the origin.
    pub(crate) fn new(
        origin: &Origin<'_>,
        if_allowed: Decision<V>,
        if_refused: Decision<V>,
    ) -> Self {
        Self(Box::new(Inner {
            scheme: origin.scheme().into(),
            host: origin.host().into(),
            port: origin.port(),
            if_allowed,
            if_refused,
            unreported: None,
        }))
    }

    /// The same question, whose answer is reported.
    pub(crate) fn reported_by(mut self, unreported: Unreported<V>) -> Self {
        self.0.unreported = Some(unreported);
        self
    }

    /// The origin in question.
    #[must_use]
    pub const fn origin(&self) -> Origin<'_> {
        Origin::from_parts(&self.0.scheme, &self.0.host, self.0.port)
    }
}

impl<V: HeaderValue> Question<V> {
    /// The decision, once it is known whether the origin is allowed.
    pub fn answer(self, is_allowed: bool) -> Decision<V> {
        self.decide(Answer::Said(is_allowed))
    }

    /// The decision where the application failed to say: the origin is refused, and the error
    /// reported to the [`Observer`](crate::Observer).
    pub fn fail(self, error: &(dyn Error + 'static)) -> Decision<V> {
        self.decide(Answer::Failed(error))
    }

    pub(crate) fn refuse_unasked(self) -> Decision<V> {
        self.decide(Answer::NotAsked)
    }

    fn decide(self, answer: Answer<'_>) -> Decision<V> {
        let Inner { if_allowed, mut if_refused, unreported, .. } = *self.0;
        let mut refuse = |refusal| {
            if_refused.headers_mut().refuse_origin_for(refusal);
        };
        let decision = match answer {
            Answer::Said(true) => if_allowed,
            Answer::Said(false) => if_refused,
            Answer::Failed(_) => {
                refuse(Refusal::OriginCheckFailed);
                if_refused
            }
            Answer::NotAsked => {
                refuse(Refusal::OriginNotAsked);
                if_refused
            }
        };
        if let Some(unreported) = unreported {
            unreported.report(&decision, answer);
        }
        decision
    }
}

impl<V> fmt::Debug for Question<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question").field("origin", &self.origin()).finish_non_exhaustive()
    }
}
