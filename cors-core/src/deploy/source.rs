use std::sync::Arc;

use crate::decide::{CompiledPolicy, Surroundings};
#[cfg(feature = "reload")]
use crate::deploy::handle::{PolicyHandle, Replaceable};
use crate::http::FieldValue;
use crate::origin::OwnOrigins;
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
    /// `own_origins` are those of the service, if they are not those of the policy.
    pub(super) fn compile<V: FieldValue + Send + Sync + 'static>(
        &self,
        own_origins: Option<&Arc<OwnOrigins>>,
    ) -> CompiledSource<V> {
        let own_origins = own_origins.cloned();
        match &self.0 {
            Source::Fixed(policy) => CompiledSource::Fixed(
                policy.compile_in(&Surroundings { is_replaceable: false, own_origins }),
            ),
            #[cfg(feature = "reload")]
            Source::Handle(handle) => CompiledSource::Handle(handle.compile(own_origins)),
        }
    }

    /// Returns whether the policy enforces origins, or can be replaced by one that does.
    pub(super) fn can_enforce_origins(&self) -> bool {
        match &self.0 {
            Source::Fixed(policy) => policy.enforces_origins(),
            #[cfg(feature = "reload")]
            Source::Handle(_) => true,
        }
    }

    #[cfg(feature = "tracing")]
    pub(super) fn tell_lints(&self, is_candidate: bool, has_own_origins: bool) {
        match &self.0 {
            Source::Fixed(policy) => policy.tell_lints(is_candidate, has_own_origins),
            #[cfg(feature = "reload")]
            Source::Handle(handle) => handle.policy().tell_lints(is_candidate, has_own_origins),
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
