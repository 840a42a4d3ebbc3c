use std::fmt;
use std::sync::Arc;

use crate::decide::{CompiledPolicy, Decision, Origins, PREFLIGHT_METHOD, Question, VaryOnly};
#[cfg(feature = "reload")]
use crate::deploy::handle::Replaceable;
use crate::deploy::reporter::Reporter;
use crate::http::{HeaderValue, Headers, Request};

/// A [`Deployment`](crate::Deployment) as values of one framework's header type: what an adapter
/// asks about each request. A clone shares it.
#[derive(Clone)]
pub struct Deployed<V>(Arc<Inner<V>>);

struct Inner<V> {
    source: CompiledSource<V>,
    reporter: Option<Arc<Reporter<V>>>,
    /// Whether there is nothing to decide about a request without an origin.
    only_varies: bool,
}

pub(crate) enum CompiledSource<V> {
    Fixed(CompiledPolicy<V>),
    #[cfg(feature = "reload")]
    Handle(Arc<Replaceable<V>>),
}

/// A request about which there is something to decide; see [`Deployed::undecided`].
#[must_use = "a request has to be decided about"]
pub struct Undecided<'r, V> {
    deployed: &'r Deployed<V>,
    origins: Origins<'r, V>,
}

impl<V: HeaderValue> Deployed<V> {
    pub(crate) fn new(source: CompiledSource<V>, reporter: Option<Reporter<V>>) -> Self {
        // Where the policy enforces nothing, nobody is told of a request without an origin; but
        // candidates are compared on it.
        let is_compared = reporter.as_ref().is_some_and(|reporter| reporter.candidate.is_some());
        let only_varies = match &source {
            CompiledSource::Fixed(policy) => policy.only_varies() && !is_compared,
            #[cfg(feature = "reload")]
            CompiledSource::Handle(_) => false,
        };
        Self(Arc::new(Inner { source, reporter: reporter.map(Arc::new), only_varies }))
    }

    /// Decides by the policy in force; see [`CompiledPolicy::decide`].
    #[inline]
    pub fn decide(&self, request: Request<'_, impl Headers<Value = V>>) -> Decision<V> {
        self.decide_or_ask(request).unwrap_or_else(Question::refuse_unasked)
    }

    /// Decides by the policy in force; see [`CompiledPolicy::decide_or_ask`].
    ///
    /// # Errors
    ///
    /// A [`Question`], whose answer makes the decision.
    #[inline(always)]
    pub fn decide_or_ask(
        &self,
        request: Request<'_, impl Headers<Value = V>>,
    ) -> Result<Decision<V>, Question<V>> {
        match self.undecided(request.method, request.headers) {
            Err(headers) => Ok(Decision::Forward(headers.into())),
            Ok(undecided) => undecided.decide_or_ask(request),
        }
    }

    /// The first step of [`decide_or_ask`](Self::decide_or_ask): the request, if there is anything
    /// to decide about it. Adapters take it because most requests need no more: neither their
    /// target is looked at, nor a [`Decision`] moved about.
    ///
    /// # Errors
    ///
    /// The headers for the service's response, where there is nothing to decide: the request has
    /// no origin and its method is not `OPTIONS`, and the policy, which stays in force and has no
    /// candidate, lists origins and enforces nothing.
    #[inline(always)]
    pub fn undecided<'r, H: Headers<Value = V>>(
        &'r self,
        method: &str,
        headers: &'r H,
    ) -> Result<Undecided<'r, V>, VaryOnly> {
        let origins = Origins::of(headers);
        if self.0.only_varies && origins.first.is_none() && method != PREFLIGHT_METHOD {
            return Err(VaryOnly(()));
        }
        Ok(Undecided { deployed: self, origins })
    }
}

impl<V: HeaderValue> Undecided<'_, V> {
    /// Decides about all of the same request, by the policy in force; see
    /// [`CompiledPolicy::decide`].
    #[inline(always)]
    pub fn decide(self, request: Request<'_, impl Headers<Value = V>>) -> Decision<V> {
        self.decide_or_ask(request).unwrap_or_else(Question::refuse_unasked)
    }

    /// Decides about all of the same request, by the policy in force; see
    /// [`CompiledPolicy::decide_or_ask`].
    ///
    /// # Errors
    ///
    /// A [`Question`], whose answer makes the decision.
    #[inline(always)]
    pub fn decide_or_ask(
        self,
        request: Request<'_, impl Headers<Value = V>>,
    ) -> Result<Decision<V>, Question<V>> {
        let Self { deployed, origins } = self;
        let result = match &*deployed.0 {
            Inner { source: CompiledSource::Fixed(policy), reporter: None, .. } => {
                policy.decide_about(origins, &request)
            }
            inner => inner.decide_and_report(origins, &request),
        };
        // Taken apart and put together again, so that the adapter takes the parts from where the
        // result is, and copies no whole of it; see the design record.
        match result {
            Ok(Decision::Forward(headers)) => Ok(Decision::Forward(headers)),
            Ok(Decision::Respond { status, headers }) => Ok(Decision::Respond { status, headers }),
            Err(question) => Err(question),
        }
    }
}

impl<V: HeaderValue> Inner<V> {
    #[inline(never)]
    fn decide_and_report(
        &self,
        origins: Origins<'_, V>,
        request: &Request<'_, impl Headers<Value = V>>,
    ) -> Result<Decision<V>, Question<V>> {
        let result = self.source.ask(|policy| policy.decide_about(origins, request));
        match &self.reporter {
            Some(reporter) => reporter.report_when_decided(result, request),
            None => result,
        }
    }
}

impl<V> CompiledSource<V> {
    /// Calls `ask` with the policy in force.
    pub(crate) fn ask<T>(&self, ask: impl FnOnce(&CompiledPolicy<V>) -> T) -> T {
        match self {
            Self::Fixed(policy) => ask(policy),
            #[cfg(feature = "reload")]
            Self::Handle(policy) => ask(&policy.load()),
        }
    }
}

impl<V: HeaderValue> fmt::Debug for Deployed<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = self.0.source.ask(|policy| policy.policy().clone());
        f.debug_struct("Deployed").field("policy", &policy).finish_non_exhaustive()
    }
}

impl<V: HeaderValue> fmt::Debug for Undecided<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Undecided").field("deployed", self.deployed).finish_non_exhaustive()
    }
}
