use std::fmt;
use std::sync::Arc;

use crate::origin::{OriginIndex, OriginPattern, OwnOrigins};
use crate::policy::config::{PolicyConfig, RuleConfig};
use crate::policy::rule::Rule;
use crate::policy::version::PolicyVersion;
#[cfg(feature = "tracing")]
use std::sync::atomic::AtomicBool;

/// Which web origins may read a service's responses, and what they may ask of it.
///
/// A policy is validated when it is built and never changes; a clone shares it. Build one with
/// [`Policy::builder`], or from a [`PolicyConfig`] that was read from a file.
///
/// It is an ordered list of rules, most often one. The first rule whose origins include the
/// request's governs the request.
///
/// ```
/// use cors_core::Policy;
///
/// let policy = Policy::builder()
///     .allow_origins(["https://app.example.com"])
///     .allow_methods(["PUT", "DELETE"])
///     .build()?;
/// assert!(policy.allows_origin("https://app.example.com"));
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[derive(Clone)]
pub struct Policy(Arc<Inner>);

struct Inner {
    rules: Box<[Rule]>,
    origins: Arc<OriginIndex>,
    /// The origins at which the service itself is reached, if the policy knows them.
    own_origins: Option<Arc<OwnOrigins>>,
    /// The rule whose origins the application decides on.
    predicate_rule: Option<usize>,
    /// Whether more than one rule, or a list of one, was configured.
    rules_are_listed: bool,
    /// The settings of the policy as a whole, without the rules.
    settings: PolicyConfig,
    version: PolicyVersion,
    #[cfg(feature = "tracing")]
    lints_told: AtomicBool,
}

impl Policy {
    /// Returns whether a page of this origin may read responses; `origin` is the value of an
    /// `Origin` header. If the policy allows `*`, every origin may. The service's own origins do not
    /// count, because their pages need no permission, nor do the origins that a rule leaves to the
    /// application.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
    /// assert!(policy.allows_origin("https://app.example.com"));
    /// assert!(!policy.allows_origin("https://evil.example"));
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    #[must_use]
    pub fn allows_origin(&self, origin: impl AsRef<[u8]>) -> bool {
        self.origins().find(origin.as_ref()).is_some()
    }

    /// Returns whether a page of this origin may act with the credentials of its visitor.
    ///
    /// Use it for WebSockets, which CORS does not protect: a browser sends cookies with every
    /// handshake, whatever page asks for it. A service whose sockets rely on cookies has to check the
    /// `Origin` of the handshake.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example.com"])
    ///     .allow_credentials(true)
    ///     .build()?;
    /// assert!(policy.allows_credentials("https://app.example.com"));
    /// assert!(!policy.allows_credentials("https://other.example"));
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    #[must_use]
    pub fn allows_credentials(&self, origin: impl AsRef<[u8]>) -> bool {
        let rule = self.origins().find(origin.as_ref()).and_then(|rule| self.rules().get(rule));
        rule.is_some_and(|rule| rule.settings.allow_credentials)
    }

    /// The data that builds this policy again, in its normal form.
    ///
    /// ```
    /// use cors_core::{Policy, PolicyConfig};
    ///
    /// let policy = Policy::loopback().build()?;
    /// let config: PolicyConfig = policy.to_config();
    /// assert_eq!(Policy::try_from(config)?, policy);
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    #[must_use]
    pub fn to_config(&self) -> PolicyConfig {
        let rules = self.0.rules.iter().enumerate().map(|(index, rule)| RuleConfig {
            allow_origins: self.allow_origins(index),
            allow_no_origins: self.is_without_origins(index),
            ..rule.settings.clone()
        });
        PolicyConfig { rules: rules.collect(), ..self.0.settings.clone() }
    }

    /// Returns what identifies the policy among others, for health pages, metrics and logs. The version
    /// of the policy that a `PolicyHandle` has in force is `handle.policy().version()`.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::loopback().build()?;
    /// println!("the policy {} is in force", policy.version());
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    #[must_use]
    pub fn version(&self) -> PolicyVersion {
        self.0.version
    }

    fn allow_origins(&self, rule: usize) -> Vec<String> {
        if self.origins().is_any(rule) {
            return vec!["*".into()];
        }
        self.origins().patterns_of(rule).iter().map(ToString::to_string).collect()
    }

    /// `settings` has no rules.
    pub(crate) fn new(
        settings: PolicyConfig,
        rules: Vec<Rule>,
        origins: OriginIndex,
        own_origins: Option<OwnOrigins>,
        rules_are_listed: bool,
    ) -> Self {
        let predicate_rule = rules.iter().position(|rule| rule.settings.allow_origins_by_predicate);
        let version = PolicyVersion::new(&settings, &rules, &origins);
        Self(Arc::new(Inner {
            rules: rules.into(),
            origins: Arc::new(origins),
            own_origins: own_origins.map(Arc::new),
            predicate_rule,
            rules_are_listed,
            settings,
            version,
            #[cfg(feature = "tracing")]
            lints_told: AtomicBool::default(),
        }))
    }

    #[cfg(feature = "tracing")]
    pub(crate) fn lints_told(&self) -> &AtomicBool {
        &self.0.lints_told
    }

    /// The rule whose origins the application decides on.
    pub(crate) fn predicate_rule(&self) -> Option<usize> {
        self.0.predicate_rule
    }

    /// The origin that the policy allows, if it allows exactly one: a single exact pattern, with no
    /// origins that the application decides on and without enforcement.
    pub(crate) fn sole_origin(&self) -> Option<&OriginPattern> {
        match (self.rules(), self.origins().patterns_of(0)) {
            ([rule], [pattern])
                if !rule.settings.allow_origins_by_predicate
                    && !self.enforces_origins()
                    && !pattern.has_wildcard() =>
            {
                Some(pattern)
            }
            _ => None,
        }
    }

    pub(crate) fn enforces_origins(&self) -> bool {
        self.0.settings.enforce_origins
    }

    /// Returns whether a rule allows no origin, and leaves none to the application.
    pub(crate) fn is_without_origins(&self, rule: usize) -> bool {
        let asks = self.rules().get(rule).is_some_and(|r| r.settings.allow_origins_by_predicate);
        !asks && !self.origins().is_any(rule) && self.origins().patterns_of(rule).is_empty()
    }

    /// Returns whether no request is allowed anything, so that all are answered alike. A policy that
    /// enforces origins still tells the service's own pages from others.
    pub(crate) fn allows_no_origin(&self) -> bool {
        !self.enforces_origins()
            && (0..self.rules().len()).all(|rule| self.is_without_origins(rule))
    }

    /// The codes of warnings that are about deliberate choices.
    pub(crate) fn accepted_lints(&self) -> &[String] {
        &self.0.settings.accept_lints
    }

    pub(crate) fn rules_are_listed(&self) -> bool {
        self.0.rules_are_listed
    }

    pub(crate) fn rules(&self) -> &[Rule] {
        &self.0.rules
    }

    pub(crate) fn origins(&self) -> &OriginIndex {
        &self.0.origins
    }

    pub(crate) fn shared_origins(&self) -> Arc<OriginIndex> {
        self.0.origins.clone()
    }

    pub(crate) fn own_origins(&self) -> Option<&Arc<OwnOrigins>> {
        self.0.own_origins.as_ref()
    }
}

/// Two policies are equal if they are built from the same data.
impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.to_config() == other.to_config()
    }
}

impl Eq for Policy {}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Policy").field(&self.to_config()).finish()
    }
}
