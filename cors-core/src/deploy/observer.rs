use std::error::Error;
use std::fmt;

use crate::decide::Refusal;
use crate::deploy::outcome::Outcome;
use crate::policy::PolicyVersion;

/// Is told what becomes of requests, to count them: for each kind one method, which does nothing
/// unless it is written. They run while the request waits, and must not panic.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use cors_core::{ObservedRequest, Observer, Refusal};
///
/// #[derive(Default)]
/// struct Metrics {
///     refused: AtomicU64, // or a Prometheus counter, labelled with the refusal
/// }
///
/// impl Observer for Metrics {
///     fn refused(&self, _request: &ObservedRequest<'_>, _refusal: Refusal) {
///         self.refused.fetch_add(1, Ordering::Relaxed);
///     }
/// }
/// ```
pub trait Observer: Send + Sync {
    /// A request with an origin is allowed what it asks for.
    fn allowed(&self, request: &ObservedRequest<'_>) {
        let _ = request;
    }

    /// A request is not allowed what it asks for.
    fn refused(&self, request: &ObservedRequest<'_>, refusal: Refusal) {
        let _ = (request, refusal);
    }

    /// The candidate policy of [`Deployment::report_only`](crate::Deployment::report_only)
    /// decides otherwise than the one in force.
    fn differed(&self, request: &ObservedRequest<'_>, in_force: &Outcome, candidate: &Outcome) {
        let _ = (request, in_force, candidate);
    }

    /// The application failed to say whether it allows an origin; a panic is such a failure.
    fn failed(&self, request: &ObservedRequest<'_>, error: &(dyn Error + 'static)) {
        let _ = (request, error);
    }
}

/// What an [`Observer`] is told of a request.
#[derive(Clone, Copy)]
pub struct ObservedRequest<'r> {
    pub(crate) method: &'r str,
    pub(crate) host: Option<&'r [u8]>,
    pub(crate) origin: Option<&'r [u8]>,
    pub(crate) requested_method: Option<&'r [u8]>,
    pub(crate) rule: Option<usize>,
    pub(crate) policy_version: PolicyVersion,
    /// Whether a page of the service itself sent the request.
    pub(crate) is_own_page: bool,
}

impl<'r> ObservedRequest<'r> {
    /// The method; `OPTIONS` for a preflight.
    #[must_use]
    pub const fn method(&self) -> Escaped<'r> {
        Escaped(self.method.as_bytes())
    }

    /// The host and port that the request names: those of its target, or else of `Host`; the first of
    /// several.
    #[must_use]
    pub fn host(&self) -> Option<Escaped<'r>> {
        self.host.map(Escaped)
    }

    /// The origin; the first of several.
    #[must_use]
    pub fn origin(&self) -> Option<Escaped<'r>> {
        self.origin.map(Escaped)
    }

    /// The method that a preflight asks for; the first of several.
    #[must_use]
    pub fn requested_method(&self) -> Option<Escaped<'r>> {
        self.requested_method.map(Escaped)
    }

    /// The position of the rule that governs the request, if its origin is allowed.
    #[must_use]
    pub const fn rule(&self) -> Option<usize> {
        self.rule
    }

    /// The version of the policy that governs the request: the one in force when the request came, not
    /// the candidate.
    #[must_use]
    pub const fn policy_version(&self) -> PolicyVersion {
        self.policy_version
    }
}

impl fmt::Debug for ObservedRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObservedRequest")
            .field("method", &self.method())
            .field("host", &self.host())
            .field("origin", &self.origin())
            .field("requested_method", &self.requested_method())
            .field("rule", &self.rule)
            .field("policy_version", &self.policy_version)
            .finish()
    }
}

/// Bytes of a request that are safe to log: printed, all but printable ASCII is escaped, and what
/// is beyond 128 bytes is cut off.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Escaped<'r>(&'r [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 128;

        match self.0.split_at_checked(LONGEST) {
            Some((start, [_, ..])) => write!(f, "{}...", start.escape_ascii()),
            _ => self.0.escape_ascii().fmt(f),
        }
    }
}

impl fmt::Debug for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[test]
    fn what_is_logged_is_printable_and_short() {
        assert_eq!(Escaped(b"https://a.example").to_string(), "https://a.example");
        assert_eq!(Escaped(b"a\r\nb\xff\"").to_string(), r#"a\r\nb\xff\""#);
        assert_eq!(Escaped(&[b'a'; 128]).to_string(), "a".repeat(128));
        assert_eq!(Escaped(&[b'a'; 129]).to_string(), format!("{}...", "a".repeat(128)));
    }
}
