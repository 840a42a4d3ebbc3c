//! What is done besides deciding: a candidate policy is asked too, and observers are told.

use std::error::Error;
use std::sync::Arc;

use crate::decide::{Decision, Refusal, Reply, is_preflight, same_origin};
use crate::deploy::observer::{ObservedRequest, Observer};
use crate::deploy::outcome::{Outcome, Seen};
use crate::deploy::source::CompiledSource;
use crate::http::{Field, FieldValue, Headers, Request, named_host};
use crate::policy::PolicyVersion;

/// Whom to tell, and the policy to compare with.
pub(super) struct Reporter<V> {
    pub(super) listener: Arc<dyn Listener>,
    pub(super) candidate: Option<CompiledSource<V>>,
}

/// Who is told what becomes of requests. A service that tells nobody does not contain what makes
/// the reports, because it makes no listener.
pub(super) trait Listener: Send + Sync {
    /// Whether requests that are allowed are told as well.
    fn hears_everything(&self) -> bool;

    /// Tells a decision, and the one of the candidate policy.
    fn tell(&self, request: &ObservedRequest<'_>, in_force: Seen<'_>, candidate: Option<Seen<'_>>);

    /// Tells that the application failed to decide.
    fn tell_failure(&self, request: &ObservedRequest<'_>, error: &(dyn Error + 'static));
}

impl<V: FieldValue + Send + Sync + 'static> Reporter<V> {
    /// Reports a decision. If the application has to be asked first, the report waits for its reply.
    pub(super) fn report_when_decided(
        self: &Arc<Self>,
        decision: Decision<V>,
        policy_version: PolicyVersion,
        request: &impl Request<Headers: Headers<Value = V>>,
    ) -> Decision<V> {
        if self.has_nothing_to_tell(&decision) {
            return decision;
        }
        let (method, headers) = (request.method(), request.headers());
        let candidate = self.candidate.as_ref();
        let candidate = candidate.map(|source| source.with_policy(|policy| policy.decide(request)));
        let origin = headers.get_all(Field::Origin).next().map(AsRef::as_ref);
        let requested_method = headers.get_all(Field::AccessControlRequestMethod).next();
        // Pages of the service itself need no answer, and send no preflights to it.
        let is_own_page = !is_preflight(method, headers)
            && origin.is_some_and(|origin| same_origin::is_same(origin, request));
        let seen = ObservedRequest {
            method,
            host: named_host(request),
            origin,
            requested_method: requested_method.map(AsRef::as_ref),
            rule: decision.headers().rule(),
            policy_version,
            is_own_page,
        };
        match decision {
            Decision::Ask(question) => {
                let (reporter, kept) = (self.clone(), Kept::new(&seen));
                Decision::Ask(question.on_reply(move |reply, decision| {
                    let request = kept.request(decision.headers().rule());
                    if let Reply::Failed(error) = reply {
                        reporter.listener.tell_failure(&request, error);
                    }
                    // What the candidate would ask is what was asked.
                    let candidate = candidate.map(|candidate| match candidate {
                        Decision::Ask(question) => question.decide(reply),
                        decided => decided,
                    });
                    reporter.report(&request, decision, candidate.as_ref());
                }))
            }
            decision => {
                self.report(&seen, &decision, candidate.as_ref());
                decision
            }
        }
    }

    /// Without observers, only refusals are told, as events.
    fn has_nothing_to_tell(&self, decision: &Decision<V>) -> bool {
        !self.listener.hears_everything()
            && self.candidate.is_none()
            && !matches!(decision, Decision::Ask(_))
            && decision.refusal().is_none()
    }

    fn report(
        &self,
        request: &ObservedRequest<'_>,
        decision: &Decision<V>,
        candidate: Option<&Decision<V>>,
    ) {
        let in_force = Seen::of(decision, candidate.is_some());
        self.listener.tell(request, in_force, candidate.map(|decision| Seen::of(decision, true)));
    }
}

/// Tells an observer, and writes events with the feature `tracing`.
pub(super) struct Teller {
    pub(super) observer: Option<Arc<dyn Observer>>,
}

impl Listener for Teller {
    fn hears_everything(&self) -> bool {
        self.observer.is_some()
    }

    fn tell(&self, request: &ObservedRequest<'_>, in_force: Seen<'_>, candidate: Option<Seen<'_>>) {
        let is_own_page = request.is_own_page;
        match in_force.refusal {
            // The service handles the request of its own page, which needs no permission.
            Some(Refusal::OriginNotAllowed) if is_own_page && in_force.status.is_none() => {
                self.allowed(request);
            }
            Some(refusal) => self.refused(request, refusal),
            None => self.allowed(request),
        }
        let Some(candidate) = candidate else { return };
        let (in_force, candidate) = (Outcome::of(in_force), Outcome::of(candidate));
        let is_same = if is_own_page {
            in_force.status() == candidate.status()
        } else {
            // Of several origins, none is the page's.
            let is_only = in_force.refusal() != Some(Refusal::SeveralOrigins);
            in_force.same_for_browsers(&candidate, request.origin.filter(|_| is_only))
        };
        if !is_same {
            self.differed(request, &in_force, &candidate);
        }
    }

    fn tell_failure(&self, request: &ObservedRequest<'_>, error: &(dyn Error + 'static)) {
        #[cfg(feature = "tracing")]
        tracing::error!(
            target: "cors",
            method = %request.method(),
            host = request.host().map(tracing::field::display),
            origin = request.origin().map(tracing::field::display),
            error,
            "the application failed to decide on an origin"
        );
        if let Some(observer) = &self.observer {
            observer.failed(request, error);
        }
    }
}

impl Teller {
    /// Observers are told of requests with an origin only.
    fn allowed(&self, request: &ObservedRequest<'_>) {
        if let (Some(observer), Some(_)) = (&self.observer, request.origin) {
            observer.allowed(request);
        }
    }

    fn refused(&self, request: &ObservedRequest<'_>, refusal: Refusal) {
        #[cfg(feature = "tracing")]
        tracing::debug!(
            target: "cors",
            method = %request.method(),
            host = request.host().map(tracing::field::display),
            origin = request.origin().map(tracing::field::display),
            requested_method = request.requested_method().map(tracing::field::display),
            rule = request.rule(),
            reason = %refusal,
            "refused"
        );
        if let Some(observer) = &self.observer {
            observer.refused(request, refusal);
        }
    }

    fn differed(&self, request: &ObservedRequest<'_>, in_force: &Outcome, candidate: &Outcome) {
        #[cfg(feature = "tracing")]
        tracing::info!(
            target: "cors",
            method = %request.method(),
            host = request.host().map(tracing::field::display),
            origin = request.origin().map(tracing::field::display),
            requested_method = request.requested_method().map(tracing::field::display),
            %in_force,
            %candidate,
            "the candidate policy differs"
        );
        if let Some(observer) = &self.observer {
            observer.differed(request, in_force, candidate);
        }
    }
}

/// What is told of a request, kept until the application has replied.
struct Kept {
    method: Box<str>,
    host: Option<Box<[u8]>>,
    origin: Option<Box<[u8]>>,
    requested_method: Option<Box<[u8]>>,
    policy_version: PolicyVersion,
    is_own_page: bool,
}

impl Kept {
    fn new(request: &ObservedRequest<'_>) -> Self {
        Self {
            method: request.method.into(),
            host: request.host.map(Into::into),
            origin: request.origin.map(Into::into),
            requested_method: request.requested_method.map(Into::into),
            policy_version: request.policy_version,
            is_own_page: request.is_own_page,
        }
    }

    fn request(&self, rule: Option<usize>) -> ObservedRequest<'_> {
        ObservedRequest {
            method: &self.method,
            host: self.host.as_deref(),
            origin: self.origin.as_deref(),
            requested_method: self.requested_method.as_deref(),
            rule,
            policy_version: self.policy_version,
            is_own_page: self.is_own_page,
        }
    }
}
