use std::fmt;

use crate::decide::{Decision, Refusal};
use crate::http::{Field, FieldValue, fetch};
use crate::policy::names;

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

/// A decision, as far as it can be seen.
pub(super) struct Seen<'a> {
    pub(super) status: Option<u16>,
    pub(super) refusal: Option<Refusal>,
    asks: bool,
    headers: Vec<(Field, &'a [u8])>,
}

impl<'a> Seen<'a> {
    /// `is_compared` is whether the headers count. Without a candidate, they are not collected.
    pub(super) fn of<V: FieldValue>(decision: &'a Decision<V>, is_compared: bool) -> Self {
        let (status, asks) = match decision {
            Decision::Forward(_) => (None, false),
            Decision::Respond { status, .. } => (Some(*status), false),
            Decision::Ask(_) => (None, true),
        };
        let has_headers = is_compared && !asks;
        let headers = if has_headers { decision.headers().lines() } else { Vec::new() };
        Self { status, refusal: decision.refusal(), asks, headers }
    }
}

impl Outcome {
    pub(super) fn of(seen: Seen<'_>) -> Self {
        let Seen { status, refusal, asks, headers } = seen;
        let text = |(field, value): (Field, &[u8])| {
            (field.as_str(), String::from_utf8_lossy(value).into_owned())
        };
        Self { status, refusal, asks, headers: headers.into_iter().map(text).collect() }
    }

    /// Whether a browser makes the same of both, for a page of this origin. `Vary` is for caches.
    pub(crate) fn same_for_browsers(&self, other: &Self, origin: Option<&[u8]>) -> bool {
        let decided = |outcome: &Self| (outcome.status, outcome.refusal, outcome.asks);
        // A browser makes a network error of both preflights, whatever they list.
        let is_refused = self.status.is_some() && self.refusal.is_some();
        decided(self) == decided(other) && (is_refused || self.permits_same(other, origin))
    }

    /// Whether the headers of both permit the same to a page of this origin.
    fn permits_same(&self, other: &Self, origin: Option<&[u8]>) -> bool {
        let are_meant = (self.is_meant_for(origin), other.is_meant_for(origin));
        let is_same = |field: &Field| match (self.header(*field), other.header(*field)) {
            (Some(one), Some(other)) => is_same_list(*field, one, other),
            (one, other) => one == other,
        };
        // Allow-Origin allows the page, by name or as `*`; neither allows credentials.
        let others = [
            Field::AccessControlAllowCredentials,
            Field::AccessControlAllowMethods,
            Field::AccessControlAllowHeaders,
            Field::AccessControlMaxAge,
            Field::AccessControlExposeHeaders,
            Field::CacheControl,
        ];
        are_meant == (false, false) || are_meant == (true, true) && others.iter().all(is_same)
    }

    /// Whether the headers permit anything to a page of this origin.
    fn is_meant_for(&self, origin: Option<&[u8]>) -> bool {
        let allowed = self.header(Field::AccessControlAllowOrigin);
        origin.is_some()
            && allowed.is_some_and(|value| value == "*" || Some(value.as_bytes()) == origin)
    }

    fn header(&self, field: Field) -> Option<&str> {
        let header = self.headers.iter().find(|(name, _)| *name == field.as_str());
        header.map(|(_, value)| value.as_str())
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

/// Whether a browser makes the same of two values of a field. Lists are sets, and those of header
/// names ignore case.
fn is_same_list(field: Field, one: &str, other: &str) -> bool {
    let ignores_case =
        matches!(field, Field::AccessControlAllowHeaders | Field::AccessControlExposeHeaders);
    if ignores_case {
        elements(field, &one.to_ascii_lowercase()) == elements(field, &other.to_ascii_lowercase())
    } else {
        elements(field, one) == elements(field, other)
    }
}

/// The elements of a list that a browser tells apart.
fn elements(field: Field, list: &str) -> Vec<&str> {
    let is_needless = |element: &str| {
        field == Field::AccessControlAllowMethods && fetch::is_safelisted_method(element.as_bytes())
    };
    let elements = list.split(',').map(str::trim).filter(|element| !is_needless(element));
    let mut elements = names::sorted(elements);
    elements.dedup();
    elements
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
