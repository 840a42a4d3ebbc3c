use std::fmt;
use std::sync::Arc;

use crate::deploy::engine::Engine;
#[cfg(feature = "reload")]
use crate::deploy::handle::PolicyHandle;
use crate::deploy::observer::Observer;
use crate::deploy::report::{Listener, Reporter, Teller};
use crate::deploy::source::PolicySource;
use crate::http::FieldValue;
use crate::origin::OwnOrigins;
use crate::policy::{IntoList, Policy, PolicyErrors, validate};

/// What an adapter puts in force: a policy, and what stands around it.
///
/// Adapters take anything that becomes one, so that `Cors::new(policy)` and, with the feature
/// `reload`, `Cors::new(&handle)` need not mention it.
#[derive(Clone)]
#[must_use = "a deployment does nothing until an adapter puts it in force"]
pub struct Deployment {
    source: PolicySource,
    candidate: Option<PolicySource>,
    listener: Option<Arc<dyn Listener>>,
    own_origins: Option<Arc<OwnOrigins>>,
}

impl Deployment {
    /// Puts a policy in force.
    ///
    /// ```
    /// use cors_core::{Deployment, Policy};
    ///
    /// let deployment = Deployment::new(Policy::loopback().build()?);
    /// // CorsLayer::new(deployment), Cors::new(deployment), …
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn new(policy: impl Into<PolicySource>) -> Self {
        Self { source: policy.into(), candidate: None, listener: None, own_origins: None }
    }

    /// Tries another policy: it decides about each request too, but the answers stay those of
    /// the policy in force. Each request on which the two differ is reported to the observer and,
    /// with the feature `tracing`, as an event. Without either, nobody could be told, and the
    /// candidate is not asked.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use cors_core::{Deployment, Observer, Policy};
    ///
    /// struct Metrics; // see `Observer`
    ///
    /// impl Observer for Metrics {}
    ///
    /// let in_force = Policy::any_origin().build()?;
    /// let candidate = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
    /// let deployment =
    ///     Deployment::new(in_force).report_only(candidate).observe(Arc::new(Metrics));
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn report_only(self, candidate: impl Into<PolicySource>) -> Self {
        Self { candidate: Some(candidate.into()), ..self }
    }

    /// Tells an observer what becomes of requests.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use cors_core::{Deployment, Observer, Policy};
    ///
    /// struct Metrics; // see `Observer`
    ///
    /// impl Observer for Metrics {}
    ///
    /// let deployment = Deployment::new(Policy::permissive()).observe(Arc::new(Metrics));
    /// ```
    pub fn observe(self, observer: Arc<dyn Observer>) -> Self {
        Self { listener: Some(Arc::new(Teller { observer: Some(observer) })), ..self }
    }

    /// Sets the origins at which this service is reached, for services that share a policy. They take
    /// the place of the policy's [`own_origins`](crate::PolicyBuilder::own_origins), which says what they
    /// mean, in the policy in force and in the candidate. An empty list changes nothing.
    ///
    /// Call it after [`report_only`](Self::report_only) if only the candidate enforces origins.
    ///
    /// ```
    /// use cors_core::{Deployment, Policy};
    ///
    /// # let shared = || Policy::none().enforce_origins(true).build();
    /// let policy: Policy = shared()?; // from a file that several services read
    /// let deployment = Deployment::new(policy).own_origins(["https://bank.example"])?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A pattern is invalid, or of another scheme than `http` and `https`. Or no policy of the deployment
    /// [enforces](crate::PolicyBuilder::enforce_origins) origins, so none would use them; a policy that a
    /// `PolicyHandle` can replace may do so later.
    pub fn own_origins(self, origins: impl IntoList) -> Result<Self, PolicyErrors> {
        let own_origins = validate::own_origins(&origins.into_list())?;
        let Some(own_origins) = own_origins else { return Ok(self) };
        let can_be_used = self.source.can_enforce_origins()
            || self.candidate.as_ref().is_some_and(PolicySource::can_enforce_origins);
        if !can_be_used {
            return Err(validate::unused_own_origins());
        }
        Ok(Self { own_origins: Some(Arc::new(own_origins)), ..self })
    }

    /// The deployment for one framework's header values. Adapters call this; it cannot fail.
    #[must_use]
    pub fn compile<V: FieldValue + Send + Sync + 'static>(&self) -> Engine<V> {
        #[cfg(feature = "tracing")]
        {
            let has_own_origins = self.own_origins.is_some();
            self.source.tell_lints(false, has_own_origins);
            self.candidate.iter().for_each(|source| source.tell_lints(true, has_own_origins));
        }
        let own_origins = self.own_origins.as_ref();
        let listener = self.listener.clone();
        // With tracing, there is always somebody to tell.
        #[cfg(feature = "tracing")]
        let listener = listener.or_else(|| Some(Arc::new(Teller { observer: None })));
        let reporter = listener.map(|listener| Reporter {
            listener,
            candidate: self.candidate.as_ref().map(|source| source.compile(own_origins)),
        });
        Engine::new(self.source.compile(own_origins), reporter)
    }
}

impl From<Policy> for Deployment {
    fn from(policy: Policy) -> Self {
        Self::new(policy)
    }
}

#[cfg(feature = "reload")]
impl From<&PolicyHandle> for Deployment {
    fn from(handle: &PolicyHandle) -> Self {
        Self::new(handle)
    }
}

impl fmt::Debug for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deployment")
            .field("policy", &self.source)
            .field("candidate", &self.candidate)
            .field("own_origins", &self.own_origins)
            .finish_non_exhaustive()
    }
}
