use crate::policy::names::Names;

/// What pages of a rule's origins may do. Which origins these are, the
/// [`OriginIndex`](crate::index::OriginIndex) knows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Rule {
    pub(crate) credentials: bool,
    pub(crate) methods: Names,
    pub(crate) headers: Names,
    /// Whether `authorization` is allowed besides [`Names::Any`], which does not cover it.
    pub(crate) any_header_and_authorization: bool,
    pub(crate) exposed: Names,
    /// Whether the application decides on origins that no rule lists.
    pub(crate) origins_by_predicate: bool,
    /// The request headers that it decides by.
    pub(crate) predicate_vary: Box<[Box<str>]>,
    /// In seconds.
    pub(crate) max_age: Option<u32>,
    pub(crate) predicate_origins_with_credentials: bool,
    pub(crate) insecure_origins_with_credentials: bool,
    pub(crate) public_suffix_subdomains_with_credentials: bool,
}

impl Rule {
    /// Whether a preflight's answer does not depend on the method and headers it asks for.
    pub(crate) fn preflight_is_constant(&self) -> bool {
        !self.credentials && self.methods == Names::Any && self.headers == Names::Any
    }
}
