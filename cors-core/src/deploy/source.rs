#[cfg(feature = "reload")]
use std::sync::Arc;

use crate::decide::CompiledPolicy;
#[cfg(feature = "reload")]
use crate::deploy::handle::{PolicyHandle, Replaceable};
use crate::http::FieldValue;
use crate::policy::Policy;

/// A [`Policy`], or whatever policy a `PolicyHandle` has at the time.
#[derive(Clone, Debug)]
pub struct PolicySource(Source);

#[derive(Clone, Debug)]
enum Source {
    Fixed(Policy),
    #[cfg(feature = "reload")]
    Handle(PolicyHandle),
}

/// A [`PolicySource`] with the answers of its policy prepared.
pub(super) enum CompiledSource<V> {
    Fixed(CompiledPolicy<V>),
    #[cfg(feature = "reload")]
    Handle(Arc<Replaceable<V>>),
}

impl PolicySource {
    pub(super) fn compile<V: FieldValue + Send + Sync + 'static>(&self) -> CompiledSource<V> {
        match &self.0 {
            Source::Fixed(policy) => CompiledSource::Fixed(policy.compile()),
            #[cfg(feature = "reload")]
            Source::Handle(handle) => CompiledSource::Handle(handle.compile()),
        }
    }

    #[cfg(feature = "tracing")]
    pub(super) fn tell_lints(&self, is_candidate: bool) {
        match &self.0 {
            Source::Fixed(policy) => policy.tell_lints(is_candidate),
            #[cfg(feature = "reload")]
            Source::Handle(handle) => handle.policy().tell_lints(is_candidate),
        }
    }
}

impl<V> CompiledSource<V> {
    /// Calls a function with the policy in force.
    pub(super) fn with_policy<T>(&self, call: impl FnOnce(&CompiledPolicy<V>) -> T) -> T {
        match self {
            Self::Fixed(policy) => call(policy),
            #[cfg(feature = "reload")]
            Self::Handle(policy) => call(&policy.load()),
        }
    }
}

impl From<Policy> for PolicySource {
    fn from(policy: Policy) -> Self {
        Self(Source::Fixed(policy))
    }
}

#[cfg(feature = "reload")]
impl From<&PolicyHandle> for PolicySource {
    fn from(handle: &PolicyHandle) -> Self {
        Self(Source::Handle(handle.clone()))
    }
}
