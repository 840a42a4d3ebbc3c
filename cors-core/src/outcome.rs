use std::fmt;

use crate::lines::Lines;
use crate::{Decision, Field, HeaderValue, Question, Refusal};

/// What a policy decides about a request, to be compared and reported; see
/// [`Observer::differed`](crate::Observer::differed).
///
/// What it repeats of a request is an allowed origin and names that were checked: printable ASCII
/// of at most some four kilobytes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outcome {
    status: Option<u16>,
    refusal: Option<Refusal>,
    asks: bool,
    headers: Vec<(&'static str, String)>,
}

impl Outcome {
    pub(crate) fn of<V: HeaderValue>(decision: &Decision<V>) -> Self {
        let mut lines = Lines::default();
        decision.apply(&mut lines);
        let status = match decision {
            Decision::Forward(_) => None,
            Decision::Respond { status, .. } => Some(*status),
        };
        Self { status, refusal: decision.refusal(), asks: false, headers: lines.text() }
    }

    pub(crate) fn of_result<V: HeaderValue>(result: &Result<Decision<V>, Question<V>>) -> Self {
        match result {
            Ok(decision) => Self::of(decision),
            Err(_) => Self { status: None, refusal: None, asks: true, headers: Vec::new() },
        }
    }

    /// Whether a browser makes the same of both. `Vary` is for caches, and differs between policies
    /// whatever they decide.
    pub(crate) fn decides_like(&self, other: &Self) -> bool {
        let decided = |outcome: &Self| {
            let headers = outcome.headers.iter().filter(|(name, _)| *name != Field::Vary.as_str());
            headers.cloned().collect::<Vec<_>>()
        };
        (self.status, self.refusal, self.asks) == (other.status, other.refusal, other.asks)
            && decided(self) == decided(other)
    }

    /// The status of the answer; `None` where the service is called and answers itself.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// Why the request is not allowed what it asks for; `None` if it is.
    #[must_use]
    pub const fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    /// Whether the policy leaves the origin to the application. A candidate does not ask it.
    #[must_use]
    pub const fn asks(&self) -> bool {
        self.asks
    }

    /// The headers that the policy decides on, with names in lower case.
    #[must_use]
    pub fn headers(&self) -> &[(&'static str, String)] {
        &self.headers
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.refusal, self.asks) {
            (Some(refusal), _) => write!(f, "refused: {refusal}")?,
            (None, true) => f.write_str("left to the application")?,
            (None, false) => f.write_str("allowed")?,
        }
        if let Some(status) = self.status {
            write!(f, "; {status}")?;
        }
        self.headers.iter().try_for_each(|(name, value)| write!(f, "; {name}: {value}"))
    }
}
