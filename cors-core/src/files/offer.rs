//! Replaces the policy of a handle by one that is offered as text.

use crate::deploy::PolicyHandle;
use crate::files::error::LoadError;
use crate::files::load::Policies;
use crate::policy::PolicyFormat;

/// What errors call an offered text.
const SOURCE_NAME: &str = "<offered policy>";

/// What became of a valid policy; see [`PolicyHandle::offer`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a valid policy is in force, anew or as before")]
pub enum Offered {
    /// It is in force now, in place of another.
    Replaced,
    /// It is equal to the policy in force, which stays.
    Unchanged,
}

impl PolicyHandle {
    /// Replaces the policy by the one in a text: from an admin service, object storage, etcd or Consul. An
    /// invalid text is an error, and the policy in force stays.
    ///
    /// The text is read as strictly as a policy file, and may have 16 MiB. With the feature `tracing`, a
    /// replacement is an event at INFO with the [version](crate::Policy::version), followed by the
    /// [lints](crate::Policy::lints); a text that is refused is one at ERROR. A text whose policy is
    /// equal to the one in force, with other comments for example, is no event.
    ///
    /// Where the text has several policies, by name, select yours from
    /// [`Policies::from_reader`](crate::Policies::from_reader) and call [`replace`](Self::replace).
    ///
    /// ```
    /// use cors_core::{Offered, Policy, PolicyFormat, PolicyHandle};
    ///
    /// let handle = PolicyHandle::new(Policy::loopback().build()?);
    /// let offer = |text| handle.offer(text, PolicyFormat::Toml);
    ///
    /// assert_eq!(offer("allow_origins = ['https://app.example.com']")?, Offered::Replaced);
    /// assert_eq!(offer("allow_origins = [ 'https://app.example.com' ]")?, Offered::Unchanged);
    /// let error = offer("allow_origins = ['https://app.example.com/']").unwrap_err();
    /// assert!(error.to_string().ends_with(r#"an origin has no path; write "https://app.example.com""#));
    /// assert!(handle.policy().allows_origin("https://app.example.com"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the text cannot be parsed, for everything that is wrong with its policy, and if it has several.
    /// Errors call the text `<offered policy>`.
    pub fn offer(&self, text: &str, format: PolicyFormat) -> Result<Offered, LoadError> {
        let policy = Policies::from_reader(text.as_bytes(), Some(format), SOURCE_NAME)
            .and_then(|policies| policies.select(None).cloned());
        let policy = match policy {
            Ok(policy) => policy,
            Err(error) => {
                #[cfg(feature = "tracing")]
                tracing::error!(target: "cors", %error, "the old policy stays in force");
                return Err(error);
            }
        };
        if !self.put_other_in_force(&policy) {
            return Ok(Offered::Unchanged);
        }
        #[cfg(feature = "tracing")]
        {
            tracing::info!(target: "cors", version = %policy.version(), "policy replaced");
            policy.tell_lints(false, self.all_have_own_origins());
        }
        Ok(Offered::Replaced)
    }
}
