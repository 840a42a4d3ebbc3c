use crate::compiled::CompiledPolicy;
#[cfg(feature = "reload")]
use crate::handle::{PolicyHandle, Replaceable};
use crate::{Decision, HeaderValue, Headers, Policy};

/// What an adapter puts in force: a [`Policy`], or, with the feature `reload`, whatever policy a
/// `PolicyHandle` has at the time.
///
/// Adapters take anything that becomes one, so that `Cors::new(policy)` and `Cors::new(&handle)`
/// need not mention it.
#[derive(Clone, Debug)]
#[must_use = "a deployment does nothing until an adapter puts it in force"]
pub struct Deployment {
    source: PolicySource,
}

#[derive(Clone, Debug)]
enum PolicySource {
    Fixed(Policy),
    #[cfg(feature = "reload")]
    Handle(PolicyHandle),
}

impl From<Policy> for Deployment {
    fn from(policy: Policy) -> Self {
        Self { source: PolicySource::Fixed(policy) }
    }
}

#[cfg(feature = "reload")]
impl From<PolicyHandle> for Deployment {
    fn from(handle: PolicyHandle) -> Self {
        Self { source: PolicySource::Handle(handle) }
    }
}

#[cfg(feature = "reload")]
impl From<&PolicyHandle> for Deployment {
    fn from(handle: &PolicyHandle) -> Self {
        handle.clone().into()
    }
}

impl Deployment {
    /// The deployment for one framework's header values. Adapters call this; it cannot fail.
    #[must_use]
    pub fn compile<V: HeaderValue + Send + Sync + 'static>(&self) -> Deployed<V> {
        Deployed { source: self.source.compile() }
    }
}

/// A [`Deployment`] as values of one framework's header type: what an adapter asks about each
/// request. A clone shares it.
#[derive(Clone, Debug)]
pub struct Deployed<V> {
    source: CompiledSource<V>,
}

#[derive(Clone, Debug)]
enum CompiledSource<V> {
    Fixed(CompiledPolicy<V>),
    #[cfg(feature = "reload")]
    Handle(std::sync::Arc<Replaceable<V>>),
}

impl<V: HeaderValue> Deployed<V> {
    /// Decides by the policy in force; see [`CompiledPolicy::decide`].
    #[inline]
    pub fn decide(&self, method: &str, headers: &impl Headers<Value = V>) -> Decision<V> {
        match &self.source {
            CompiledSource::Fixed(policy) => policy.decide(method, headers),
            #[cfg(feature = "reload")]
            CompiledSource::Handle(policy) => policy.load().decide(method, headers),
        }
    }
}

impl PolicySource {
    fn compile<V: HeaderValue + Send + Sync + 'static>(&self) -> CompiledSource<V> {
        match self {
            Self::Fixed(policy) => CompiledSource::Fixed(policy.compile()),
            #[cfg(feature = "reload")]
            Self::Handle(handle) => CompiledSource::Handle(handle.compile()),
        }
    }
}
