use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::decide::{Decision, Refusal};
use crate::http::{Field, FieldValue, HeaderList, fetch};

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
    pub(super) fn of<V: FieldValue>(decision: &Decision<V>) -> Self {
        let mut lines = HeaderList::default();
        let (status, asks) = match decision {
            Decision::Forward(_) => (None, false),
            Decision::Respond { status, .. } => (Some(*status), false),
            Decision::Ask(_) => (None, true),
        };
        if !asks {
            decision.headers().apply(&mut lines);
        }
        Self { status, refusal: decision.refusal(), asks, headers: lines.text() }
    }

    /// Whether a browser makes the same of both, for a page of this origin. `Vary` is for caches.
    pub(crate) fn same_for_browsers(&self, other: &Self, origin: Option<&[u8]>) -> bool {
        let decided = |outcome: &Self| (outcome.status, outcome.refusal, outcome.asks);
        // A browser makes a network error of both preflights, whatever they list.
        let is_refused = self.status.is_some() && self.refusal.is_some();
        decided(self) == decided(other)
            && (is_refused || self.permissions(origin) == other.permissions(origin))
    }

    /// What the headers permit a page of this origin; nothing if they are for another one. Lists
    /// are sets, and those of names ignore case.
    fn permissions(&self, origin: Option<&[u8]>) -> BTreeMap<&'static str, BTreeSet<String>> {
        let allow_origin = Field::AccessControlAllowOrigin.as_str();
        let is_meant = |(name, value): &(&str, String)| {
            *name == allow_origin && (value == "*" || Some(value.as_bytes()) == origin)
        };
        if origin.is_none() || !self.headers.iter().any(is_meant) {
            return BTreeMap::new();
        }
        let decided = self.headers.iter().filter(|(name, _)| *name != Field::Vary.as_str());
        decided.map(|(name, value)| (*name, permission(name, value))).collect()
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

/// The elements of a header that a browser tells apart.
fn permission(name: &str, value: &str) -> BTreeSet<String> {
    let is = |field: Field| field.as_str() == name;
    // Here it allows the page, as a name or as `*`; neither allows credentials.
    if is(Field::AccessControlAllowOrigin) {
        return BTreeSet::new();
    }
    let ignores_case =
        is(Field::AccessControlAllowHeaders) || is(Field::AccessControlExposeHeaders);
    let is_needless = |element: &str| {
        is(Field::AccessControlAllowMethods) && fetch::is_safelisted_method(element.as_bytes())
    };
    let elements = value.split(',').map(str::trim).filter(|element| !is_needless(element));
    elements
        .map(|text| if ignores_case { text.to_ascii_lowercase() } else { text.into() })
        .collect()
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
