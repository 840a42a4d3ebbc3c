use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use arc_swap::{ArcSwap, Guard};

use crate::decide::{CompiledPolicy, Surroundings};
use crate::http::FieldValue;
use crate::origin::OwnOrigins;
use crate::policy::Policy;

/// A policy that can be replaced while services run under it. A clone shares it.
///
/// Several adapters, of different frameworks and in any number of workers, can be made from one
/// handle. A request sees one policy from start to end, its preflight's answer and its `Vary`
/// included: the one that was in force when it came.
///
/// Browsers keep answers to preflights for as long as the old policy's `max_age` said.
///
/// ```
/// use cors_core::{Policy, PolicyHandle};
///
/// let handle = PolicyHandle::new(Policy::loopback().build()?);
/// // Cors::new(&handle), CorsLayer::new(&handle), …
/// handle.replace(Policy::any_origin().build()?);
/// assert!(handle.policy().allows_origin(b"https://app.example.com"));
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[derive(Clone)]
pub struct PolicyHandle(Arc<Shared>);

struct Shared {
    policy: ArcSwap<Policy>,
    /// What has to change with the policy. Also makes replacements happen one after the other.
    slots: Mutex<Vec<Weak<dyn Slot>>>,
}

/// The policy in force, compiled for one framework's header values.
trait Slot: Send + Sync {
    fn replace(&self, policy: &Policy);

    /// Whether the deployment knows the service's own origins.
    #[cfg(feature = "tracing")]
    fn has_own_origins(&self) -> bool;
}

/// A compiled policy that its [`PolicyHandle`] replaces.
pub(crate) struct Replaceable<V> {
    policy: ArcSwap<CompiledPolicy<V>>,
    surroundings: Surroundings,
}

impl PolicyHandle {
    /// A handle with this policy in force.
    ///
    /// ```
    /// use cors_core::{Policy, PolicyHandle};
    ///
    /// let handle = PolicyHandle::new(Policy::permissive());
    /// ```
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        let policy = ArcSwap::from_pointee(policy);
        Self(Arc::new(Shared { policy, slots: Mutex::default() }))
    }

    /// The policy in force.
    ///
    /// ```
    /// use cors_core::{Policy, PolicyHandle};
    ///
    /// let handle = PolicyHandle::new(Policy::permissive());
    /// assert_eq!(handle.policy(), Policy::permissive());
    /// ```
    #[must_use]
    pub fn policy(&self) -> Policy {
        Policy::clone(&self.0.policy.load())
    }

    /// Puts another policy in force. Requests never wait for it: one that comes meanwhile is
    /// governed by the old policy or by the new one.
    ///
    /// ```
    /// use cors_core::{Policy, PolicyHandle};
    ///
    /// let handle = PolicyHandle::new(Policy::permissive());
    /// handle.replace(Policy::builder().allow_origins(["https://app.example.com"]).build()?);
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn replace(&self, policy: Policy) {
        self.put_in_force(&policy);
        // Only now: a listener may panic, or do anything else, and lints are about a policy in force.
        #[cfg(feature = "tracing")]
        policy.tell_lints(false, self.all_have_own_origins());
    }

    /// Returns whether all deployments of the policy know the own origins of their services.
    #[cfg(feature = "tracing")]
    pub(crate) fn all_have_own_origins(&self) -> bool {
        let slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let mut used = slots.iter().filter_map(Weak::upgrade).peekable();
        used.peek().is_some() && used.all(|slot| slot.has_own_origins())
    }

    /// Replaces the policy, and tells nobody.
    pub(crate) fn put_in_force(&self, policy: &Policy) {
        self.store(policy, &mut self.0.slots.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Replaces the policy if it is another, and tells nobody. Returns whether it was replaced.
    #[cfg(feature = "_files")]
    pub(crate) fn put_other_in_force(&self, policy: &Policy) -> bool {
        let mut slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let is_other = self.policy() != *policy;
        if is_other {
            self.store(policy, &mut slots);
        }
        is_other
    }

    fn store(&self, policy: &Policy, slots: &mut Vec<Weak<dyn Slot>>) {
        slots.retain(|slot| match slot.upgrade() {
            Some(slot) => {
                slot.replace(policy);
                true
            }
            None => false,
        });
        self.0.policy.store(Arc::new(policy.clone()));
    }

    pub(crate) fn compile<V: FieldValue + Send + Sync + 'static>(
        &self,
        own_origins: Option<Arc<OwnOrigins>>,
    ) -> Arc<Replaceable<V>> {
        let mut slots = self.0.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let surroundings = Surroundings { is_replaceable: true, own_origins };
        let policy = ArcSwap::from_pointee(self.policy().compile_in(&surroundings));
        let slot = Arc::new(Replaceable { policy, surroundings });
        // Where nobody replaces the policy, those that are gone must not pile up.
        slots.retain(|slot| slot.strong_count() > 0);
        let weak: Weak<Replaceable<V>> = Arc::downgrade(&slot);
        slots.push(weak);
        slot
    }
}

impl<V> Replaceable<V> {
    /// The policy in force, without counting a reference to it.
    pub(crate) fn load(&self) -> Guard<Arc<CompiledPolicy<V>>> {
        self.policy.load()
    }
}

impl<V: FieldValue + Send + Sync> Slot for Replaceable<V> {
    fn replace(&self, policy: &Policy) {
        self.policy.store(Arc::new(policy.compile_in(&self.surroundings)));
    }

    #[cfg(feature = "tracing")]
    fn has_own_origins(&self) -> bool {
        self.surroundings.own_origins.is_some()
    }
}

impl fmt::Debug for PolicyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PolicyHandle").field(&self.policy()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::PolicyHandle;
    use crate::deploy::deployment::Deployment;
    use crate::http::{Field, HeaderList, RequestParts};
    use crate::policy::Policy;

    #[test]
    fn a_request_is_answered_by_the_policy_that_it_met() {
        let policy = Policy::builder().allow_origins(["https://a.example"]).allow_credentials(true);
        let handle = PolicyHandle::new(policy.build().unwrap());
        let engine = Deployment::from(&handle).compile::<Vec<u8>>();
        let headers = HeaderList(vec![(Field::Origin, b"https://a.example".to_vec())]);
        let request = RequestParts::new("GET", &headers);
        let answer = |decision: crate::decide::Decision<_>| {
            let mut response = HeaderList::default();
            decision.headers().apply(&mut response);
            let text = |(field, value): (Field, Vec<u8>)| {
                (field.as_str(), String::from_utf8(value).unwrap())
            };
            response.0.into_iter().map(text).collect::<Vec<_>>()
        };
        let before = engine.decide(&request);
        handle.replace(Policy::any_origin().build().unwrap());
        let after = engine.decide(&request);
        assert_eq!(
            answer(before),
            [
                ("access-control-allow-origin", "https://a.example".into()),
                ("access-control-allow-credentials", "true".into()),
                ("vary", "Origin".into()),
            ]
        );
        assert_eq!(answer(after), [("access-control-allow-origin", "*".into())]);
    }

    #[test]
    fn slots_do_not_pile_up() {
        let handle = PolicyHandle::new(Policy::loopback().build().unwrap());
        for _ in 0..1000 {
            drop(handle.compile::<Vec<u8>>(None));
        }
        assert_eq!(handle.0.slots.lock().unwrap().len(), 1);
    }

    #[test]
    fn what_no_adapter_uses_any_more_is_forgotten() {
        let handle = PolicyHandle::new(Policy::loopback().build().unwrap());
        let kept = handle.compile::<Vec<u8>>(None);
        let dropped = handle.compile::<Vec<u8>>(None);
        assert_eq!(handle.0.slots.lock().unwrap().len(), 2);
        drop(dropped);
        handle.replace(Policy::any_origin().build().unwrap());
        assert_eq!(handle.0.slots.lock().unwrap().len(), 1);
        assert!(kept.load().policy().allows_origin(b"https://a.example"));
    }
}
