//! What is done besides deciding: a candidate policy is asked too, and observers are told.

use std::error::Error;
use std::sync::Arc;

use crate::decide::{CompiledPolicy, Decision, Question, Refusal, is_preflight, same_origin};
use crate::deploy::deployed::CompiledSource;
use crate::deploy::observer::{ObservedRequest, Observer};
use crate::deploy::outcome::Outcome;
use crate::http::{Field, HeaderValue, Headers, Request};

/// Whom to tell, and the policy to compare with.
pub(crate) struct Reporter<V> {
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) candidate: Option<CompiledSource<V>>,
}

/// A question whose answer has to be reported, and what is known of its request.
pub(crate) struct Unreported<V> {
    reporter: Arc<Reporter<V>>,
    method: Box<str>,
    origin: Option<V>,
    requested_method: Option<V>,
    is_own_page: bool,
    candidate: Option<Box<Result<Decision<V>, Question<V>>>>,
}

impl<V: HeaderValue> Reporter<V> {
    /// Reports a decision, or sees to it that the answer to a question will be.
    pub(crate) fn report_when_decided(
        self: &Arc<Self>,
        result: Result<Decision<V>, Question<V>>,
        request: &Request<'_, impl Headers<Value = V>>,
    ) -> Result<Decision<V>, Question<V>> {
        if self.has_nothing_to_tell(&result) {
            return result;
        }
        let Request { method, headers, .. } = *request;
        let candidate = self.candidate.as_ref();
        let decide = |policy: &CompiledPolicy<V>| policy.decide_or_ask(*request);
        let candidate = candidate.map(|source| source.ask(decide));
        let origin = headers.get_all(Field::Origin).next();
        let requested_method = headers.get_all(Field::AccessControlRequestMethod).next();
        // Pages of the service itself need no answer, and send no preflights to it.
        let is_own_page = !is_preflight(method, headers)
            && origin.is_some_and(|origin| same_origin::is_same(origin.as_ref(), request));
        match result {
            Ok(decision) => {
                let told = observed(method, origin, requested_method, &decision);
                // What they send is forwarded, and no refusal to anybody.
                let is_no_refusal = is_own_page
                    && matches!(decision, Decision::Forward(_))
                    && decision.refusal() == Some(Refusal::OriginNotAllowed);
                let refusal = decision.refusal().filter(|_| !is_no_refusal);
                self.report(&told, &decision, refusal, is_own_page, candidate.as_ref());
                Ok(decision)
            }
            Err(question) => Err(question.reported_by(Unreported {
                reporter: self.clone(),
                method: method.into(),
                origin: origin.cloned(),
                requested_method: requested_method.cloned(),
                is_own_page,
                candidate: candidate.map(Box::new),
            })),
        }
    }

    /// Without observers, only refusals are told, as events.
    fn has_nothing_to_tell(&self, result: &Result<Decision<V>, Question<V>>) -> bool {
        self.observer.is_none()
            && self.candidate.is_none()
            && result.as_ref().is_ok_and(|decision| decision.refusal().is_none())
    }

    fn report(
        &self,
        request: &ObservedRequest<'_>,
        decision: &Decision<V>,
        refusal: Option<Refusal>,
        is_own_page: bool,
        candidate: Option<&Result<Decision<V>, Question<V>>>,
    ) {
        match refusal {
            Some(refusal) => self.refused(request, refusal),
            None if request.origin.is_some() => {
                if let Some(observer) = &self.observer {
                    observer.allowed(request);
                }
            }
            None => {}
        }
        if let Some(candidate) = candidate {
            let (in_force, candidate) = (Outcome::of(decision), Outcome::of_result(candidate));
            let is_same = if is_own_page {
                in_force.status() == candidate.status()
            } else {
                // Of several origins, none is the page's.
                let origin = request.origin.filter(|_| refusal != Some(Refusal::SeveralOrigins));
                in_force.same_for_browsers(&candidate, origin)
            };
            if !is_same {
                self.differed(request, &in_force, &candidate);
            }
        }
    }

    fn refused(&self, request: &ObservedRequest<'_>, refusal: Refusal) {
        #[cfg(feature = "tracing")]
        tracing::debug!(
            target: "cors",
            method = %request.method(),
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

    fn failed(&self, request: &ObservedRequest<'_>, error: &(dyn Error + 'static)) {
        #[cfg(feature = "tracing")]
        tracing::error!(
            target: "cors",
            method = %request.method(),
            origin = request.origin().map(tracing::field::display),
            error,
            "the application failed to decide on an origin"
        );
        if let Some(observer) = &self.observer {
            observer.failed(request, error);
        }
    }
}

impl<V: HeaderValue> Unreported<V> {
    /// Reports what became of the question; `answer` is what the application said.
    pub(crate) fn report(self, decision: &Decision<V>, answer: Answer<'_>) {
        let request =
            observed(&self.method, self.origin.as_ref(), self.requested_method.as_ref(), decision);
        if let Answer::Failed(error) = answer {
            self.reporter.failed(&request, error);
        }
        // What the candidate would ask is what was asked.
        let candidate = self.candidate.map(|candidate| match (*candidate, answer) {
            (Err(question), Answer::Said(is_allowed)) => Ok(question.answer(is_allowed)),
            (Err(question), Answer::Failed(error)) => Ok(question.fail(error)),
            (Err(question), Answer::NotAsked) => Ok(question.refuse_unasked()),
            (Ok(decision), _) => Ok(decision),
        });
        let refusal = decision.refusal();
        self.reporter.report(&request, decision, refusal, self.is_own_page, candidate.as_ref());
    }
}

/// What an application said of an origin.
#[derive(Clone, Copy)]
pub(crate) enum Answer<'a> {
    Said(bool),
    Failed(&'a (dyn Error + 'static)),
    NotAsked,
}

fn observed<'r, V: HeaderValue>(
    method: &'r str,
    origin: Option<&'r V>,
    requested_method: Option<&'r V>,
    decision: &Decision<V>,
) -> ObservedRequest<'r> {
    ObservedRequest {
        method,
        origin: origin.map(AsRef::as_ref),
        requested_method: requested_method.map(AsRef::as_ref),
        rule: decision.headers().rule(),
    }
}
