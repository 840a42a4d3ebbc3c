use crate::policy::config::RuleConfig;
use crate::policy::names::Names;

/// What pages of a rule's origins may do. Which origins these are, the
/// [`OriginIndex`](crate::origin::OriginIndex) knows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Rule {
    /// The settings in their normal form, without `allow_origins`.
    pub(crate) settings: RuleConfig,
    /// `allow_methods`, to look methods up.
    pub(crate) methods: Names,
    /// `allow_headers`, to look names up.
    pub(crate) headers: Names,
}

impl Rule {
    /// `settings` are in their normal form.
    pub(crate) fn new(settings: RuleConfig) -> Self {
        let methods = Names::new(&settings.allow_methods);
        let headers = Names::new(&settings.allow_headers);
        Self { settings, methods, headers }
    }

    /// Whether a preflight's answer does not depend on the method and headers it asks for.
    pub(crate) fn preflight_is_constant(&self) -> bool {
        !self.settings.allow_credentials && self.methods == Names::Any && self.headers == Names::Any
    }
}
