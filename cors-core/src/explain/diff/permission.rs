use std::fmt;

use crate::explain::diff::name_set::NameSet;

/// Something that pages of an origin may do under one policy and not under another.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Permission {
    /// They read responses. Methods and headers that need a permission of their own are listed
    /// besides.
    Access,
    /// They read responses if the application allows their origin
    /// ([`allow_origins_by_predicate`](crate::PolicyBuilder::allow_origins_by_predicate)).
    AccessByPredicate,
    /// They read responses without the application being asked, which decided before, or decides
    /// after.
    AccessWithoutPredicate,
    /// They use the cookies and other credentials of the visitor.
    Credentials,
    /// They send requests with these methods. GET, HEAD and POST need no permission and are never
    /// listed.
    Methods(NameSet),
    /// They send requests with these headers.
    RequestHeaders(NameSet),
    /// They read these response headers. The
    /// [safelisted](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name) ones need
    /// no permission and are never listed.
    ExposedHeaders(NameSet),
    /// Their requests reach the service, whether they may read the responses or not. A policy that
    /// [enforces](crate::PolicyBuilder::enforce_origins) origins keeps other pages' requests from
    /// it.
    CrossOriginRequests,
    /// They count as pages of the service itself when they are at its host. A policy with
    /// [`own_origins`](crate::PolicyBuilder::own_origins) knows which ones do.
    SameOriginRequests,
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Access => f.write_str("access"),
            Self::AccessByPredicate => f.write_str("access if the application allows it"),
            Self::AccessWithoutPredicate => f.write_str("access without asking the application"),
            Self::Credentials => f.write_str("credentials"),
            Self::Methods(names) => write!(f, "methods {names}"),
            Self::RequestHeaders(names) => write!(f, "request headers {names}"),
            Self::ExposedHeaders(names) => write!(f, "exposed headers {names}"),
            Self::CrossOriginRequests => f.write_str("cross-origin requests reach the service"),
            Self::SameOriginRequests => f.write_str("pages count as the service's own"),
        }
    }
}
