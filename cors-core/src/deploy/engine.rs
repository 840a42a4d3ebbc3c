use std::fmt;
use std::sync::Arc;

use crate::decide::Decision;
use crate::deploy::report::Reporter;
use crate::deploy::source::CompiledSource;
use crate::http::{FieldValue, Headers, Request};

/// A [`Deployment`](crate::Deployment) with all answers prepared, as values of one framework's
/// header type: what an adapter asks about each request. Cheap to clone: it is reference-counted.
#[derive(Clone)]
pub struct Engine<V>(Arc<Inner<V>>);

struct Inner<V> {
    source: CompiledSource<V>,
    reporter: Option<Arc<Reporter<V>>>,
}

impl<V: FieldValue> Engine<V> {
    pub(super) fn new(source: CompiledSource<V>, reporter: Option<Reporter<V>>) -> Self {
        Self(Arc::new(Inner { source, reporter: reporter.map(Arc::new) }))
    }
}

impl<V: FieldValue + Send + Sync + 'static> Engine<V> {
    /// Decides by the policy in force; see [`CompiledPolicy::decide`](crate::adapter::CompiledPolicy::decide).
    #[inline(always)]
    pub fn decide(&self, request: &impl Request<Headers: Headers<Value = V>>) -> Decision<V> {
        match &*self.0 {
            Inner { source: CompiledSource::Fixed(policy), reporter: None } => {
                policy.decide(request)
            }
            inner => inner.decide_and_report(request),
        }
    }
}

impl<V: FieldValue + Send + Sync + 'static> Inner<V> {
    #[inline(never)]
    fn decide_and_report(
        &self,
        request: &impl Request<Headers: Headers<Value = V>>,
    ) -> Decision<V> {
        let Some(reporter) = &self.reporter else {
            return self.source.with_policy(|policy| policy.decide(request));
        };
        // Of one policy: another may be in force by the time of the report.
        let (decision, version) =
            self.source.with_policy(|policy| (policy.decide(request), policy.policy().version()));
        reporter.report_when_decided(decision, version, request)
    }
}

impl<V> fmt::Debug for Engine<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = self.0.source.with_policy(|policy| policy.policy().clone());
        f.debug_struct("Engine").field("policy", &policy).finish_non_exhaustive()
    }
}
