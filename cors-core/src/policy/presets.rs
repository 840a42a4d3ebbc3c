//! Policies for common needs.

use crate::origin::{OriginIndex, RuleOrigins};
use crate::policy::builder::PolicyBuilder;
use crate::policy::config::{PolicyConfig, RuleConfig};
use crate::policy::policy::Policy;
use crate::policy::rule::Rule;

/// The origins of pages that are served from this machine, on any port.
const LOOPBACK: [&str; 6] = [
    "http://localhost:*",
    "http://127.0.0.1:*",
    "http://[::1]:*",
    "https://localhost:*",
    "https://127.0.0.1:*",
    "https://[::1]:*",
];

impl Policy {
    /// Returns the policy of a service with public data: pages of every origin may use every
    /// method, send every header, `authorization` included, and read every response header, without
    /// credentials.
    ///
    /// Safe for whatever anybody can fetch from the open internet
    /// ([Fetch, safe setup](https://fetch.spec.whatwg.org/#basic-safe-cors-protocol-setup)), and for
    /// services whose callers send a token that a script puts into `Authorization`. Do not use it for a
    /// service that is protected by its network only, such as one on an intranet or on a developer's
    /// machine: every website could then read it through the browsers of its visitors. Services that
    /// use cookies list their origins instead.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::permissive();
    /// assert!(policy.allows_origin("https://any.example"));
    /// assert!(!policy.allows_credentials("https://any.example"));
    /// ```
    #[must_use]
    pub fn permissive() -> Self {
        let any = || vec!["*".to_owned()];
        let rule = Rule::new(RuleConfig {
            allow_methods: any(),
            allow_headers: vec!["*".into(), "authorization".into()],
            expose_headers: any(),
            ..RuleConfig::default()
        });
        let origins = OriginIndex::new(vec![RuleOrigins::Any]);
        Self::new(PolicyConfig::default(), vec![rule], origins, None, false)
    }

    /// Starts a policy that shares public data with every page, without credentials. Safe for
    /// whatever anybody can fetch from the open internet anyway; not for what only a network
    /// position protects, such as a service on an intranet or on this machine
    /// ([Fetch, safe setup](https://fetch.spec.whatwg.org/#basic-safe-cors-protocol-setup)).
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::any_origin().allow_methods(["PUT"]).build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn any_origin() -> PolicyBuilder {
        Self::builder().allow_origins(["*"])
    }

    /// Starts a policy for development: pages served from this machine, on any port.
    ///
    /// With [`enforce_origins`](PolicyBuilder::enforce_origins), the service itself is taken to be
    /// reached on this machine too: the same origins are added to
    /// [`own_origins`](PolicyBuilder::own_origins). A page at a foreign name that leads to this machine
    /// then reaches no handler.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::loopback().allow_methods(["PUT"]).build()?;
    /// assert!(policy.allows_origin("http://localhost:5173"));
    ///
    /// let policy = Policy::loopback().enforce_origins(true).build()?;
    /// assert!(policy.to_config().own_origins.contains(&"http://localhost:*".to_owned()));
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn loopback() -> PolicyBuilder {
        let mut builder = Self::builder().allow_origins(LOOPBACK);
        builder.own_origins_if_enforced = &LOOPBACK;
        builder
    }

    /// Starts a policy that allows no other origin. With
    /// [`enforce_origins`](PolicyBuilder::enforce_origins), that is a service for its own pages alone.
    ///
    /// Without it, preflights are answered with 403, and `Access-Control-*` headers that handlers set
    /// are removed. So this is not the same as a service without the middleware.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::none()
    ///     .enforce_origins(true)
    ///     .own_origins(["https://bank.example"])
    ///     .build()?;
    /// assert!(!policy.allows_origin("https://app.example.com"));
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn none() -> PolicyBuilder {
        Self::builder().allow_origins([] as [&str; 0])
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::policy::Policy;

    #[test]
    fn the_permissive_policy_is_the_one_that_the_builder_makes() {
        let built = Policy::any_origin()
            .allow_methods(["*"])
            .allow_headers(["*", "authorization"])
            .expose_headers(["*"])
            .build()
            .unwrap();
        assert_eq!(Policy::permissive(), built);
        assert_eq!(Policy::permissive().lints(), []);
    }
}
