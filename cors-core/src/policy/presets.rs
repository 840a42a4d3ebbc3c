//! Policies for common needs.

use crate::origin::{OriginIndex, RuleOrigins};
use crate::policy::builder::PolicyBuilder;
use crate::policy::config::{PolicyConfig, RuleConfig};
use crate::policy::policy::Policy;
use crate::policy::rule::Rule;

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
        Self::new(PolicyConfig::default(), vec![rule], origins, false)
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
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::loopback().allow_methods(["PUT"]).build()?;
    /// assert!(policy.allows_origin("http://localhost:5173"));
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn loopback() -> PolicyBuilder {
        Self::builder().allow_origins([
            "http://localhost:*",
            "http://127.0.0.1:*",
            "http://[::1]:*",
            "https://localhost:*",
            "https://127.0.0.1:*",
            "https://[::1]:*",
        ])
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
