//! The answer to a request, as small as it can be: requests carry it while the service works.

use std::sync::Arc;

use crate::decide::compiled::{CompiledPolicy, PREFLIGHT_METHOD};
use crate::decide::preflight::Mirrored;
use crate::decide::refusal::Refusal;

/// An answer, and the policy that has the values to write.
#[derive(Clone)]
pub(crate) struct Decided<V> {
    pub(crate) policy: CompiledPolicy<V>,
    pub(crate) answer: Answer,
    pub(crate) repeated: Repeated<V>,
}

/// What a request is to caches.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RequestKind {
    Actual,
    /// An `OPTIONS` request that is not a preflight.
    PlainOptions,
    Preflight,
}

/// Which answer a request gets; rules are given by their position.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    /// The request has no origin, or is by a page of the service itself.
    NotCors {
        request: RequestKind,
    },
    Allowed {
        request: RequestKind,
        rule: u32,
    },
    /// The origin of a preflight is allowed, but not its method or headers: the answer lists what
    /// is.
    PreflightRefused {
        refusal: Refusal,
        rule: u32,
    },
    /// The service is called all the same.
    Refused {
        request: RequestKind,
        refusal: Refusal,
    },
    /// The service is not called.
    Blocked {
        request: RequestKind,
        refusal: Refusal,
    },
}

impl Answer {
    pub(crate) const fn request(self) -> RequestKind {
        match self {
            Self::NotCors { request }
            | Self::Allowed { request, .. }
            | Self::Refused { request, .. }
            | Self::Blocked { request, .. } => request,
            Self::PreflightRefused { .. } => RequestKind::Preflight,
        }
    }
}

impl RequestKind {
    #[inline]
    pub(crate) fn of_actual(method: &str) -> Self {
        if method == PREFLIGHT_METHOD { Self::PlainOptions } else { Self::Actual }
    }
}

/// What an answer repeats of the request.
#[derive(Clone)]
pub(crate) enum Repeated<V> {
    Nothing,
    Origin(V),
    /// Apart, because few policies need it, and it would make every answer larger; counted, as a
    /// box takes more to drop.
    Mirrored(Arc<(V, Mirrored<V>)>),
}

impl<V> Repeated<V> {
    /// Only an answer with credentials mirrors, and such an answer repeats the origin.
    #[inline]
    pub(crate) fn origin_and(origin: V, mirrored: Option<Mirrored<V>>) -> Self {
        match mirrored {
            Some(mirrored) if mirrored.method.is_some() || mirrored.headers.is_some() => {
                Self::Mirrored(Arc::new((origin, mirrored)))
            }
            _ => Self::Origin(origin),
        }
    }

    pub(crate) fn origin(&self) -> Option<&V> {
        match self {
            Self::Nothing => None,
            Self::Origin(origin) => Some(origin),
            Self::Mirrored(both) => Some(&both.0),
        }
    }

    pub(crate) fn mirrored(&self) -> Option<&Mirrored<V>> {
        match self {
            Self::Mirrored(both) => Some(&both.1),
            Self::Nothing | Self::Origin(_) => None,
        }
    }
}
