use std::time::Duration;

use crate::policy::config::{PolicyConfig, RuleConfig};
use crate::policy::errors::PolicyErrors;
use crate::policy::list::IntoList;
use crate::policy::policy::Policy;
use crate::policy::validate::{self, Context, RuleContext};

/// Builds a [`Policy`] in code.
///
/// Nothing is checked before [`build`](Self::build), which reports every problem at once.
///
/// ```
/// use std::time::Duration;
/// use cors_core::Policy;
///
/// let policy = Policy::builder()
///     .allow_origins(["https://app.example.com", "https://admin.example.com"])
///     .allow_credentials(true)
///     .allow_methods(["PUT", "DELETE"])
///     .allow_headers(["authorization", "content-type"])
///     .expose_headers(["x-request-id"])
///     .max_age(Duration::from_secs(600))
///     .build()?;
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct PolicyBuilder {
    /// The settings of the policy as a whole, and all rules but the last.
    policy: PolicyConfig,
    /// The last rule, to which settings go.
    pub(super) rule: RuleConfig,
    /// What a [`RuleConfig`] cannot hold: of all rules but the last, and of the last.
    contexts: Vec<RuleContext>,
    pub(super) context: RuleContext,
    /// What is added to the own origins of a policy that enforces origins.
    pub(super) own_origins_if_enforced: &'static [&'static str],
}

impl Policy {
    /// Starts a policy that allows nothing yet.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder::default()
    }
}

impl PolicyBuilder {
    /// Adds origins whose pages may read responses: [patterns](crate::explain::OriginPattern), or `*`
    /// alone for every origin. If the list is empty in the end, no origin is allowed; see
    /// [`Policy::none`]. A rule for which this is never called is an error.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example.com", "https://*.partner.example", "http://localhost:*"])
    ///     .build()?;
    /// assert!(policy.allows_origin("https://shop.partner.example"));
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn allow_origins(mut self, origins: impl IntoList) -> Self {
        self.rule.allow_origins.extend(origins.into_list());
        self.rule.allow_no_origins = self.rule.allow_origins.is_empty();
        self
    }

    /// Sets whether the application decides at run time on origins that no rule lists: tenants in
    /// a database, for example. The adapter is told how to ask it, and does so once for a request
    /// with such an origin. One rule can have this, in a policy that does not allow `*`.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example.com"])
    ///     .next_rule()
    ///     .allow_origins_by_predicate(true)
    ///     .predicate_vary(["x-tenant"])
    ///     .build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn allow_origins_by_predicate(mut self, allow: bool) -> Self {
        self.rule.allow_origins_by_predicate = allow;
        self
    }

    /// Adds request headers by which the application decides on origins, besides `Origin` itself.
    /// Answers then name them in `Vary`, so that caches tell such requests apart.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins_by_predicate(true)
    ///     .predicate_vary(["x-tenant"])
    ///     .build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn predicate_vary(mut self, headers: impl IntoList) -> Self {
        self.rule.predicate_vary.extend(headers.into_list());
        self
    }

    /// Sets whether pages may send and use [credentials] that the browser manages: cookies,
    /// client certificates, passwords it asked for. A token that a script puts into the
    /// `Authorization` header itself is not one of them.
    ///
    /// With credentials, the origins must be listed. Unless set, they are not allowed.
    ///
    /// [credentials]: https://fetch.spec.whatwg.org/#credentials
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example.com"])
    ///     .allow_credentials(true)
    ///     .build()?;
    /// assert!(policy.allows_credentials("https://app.example.com"));
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn allow_credentials(mut self, allow: bool) -> Self {
        self.rule.allow_credentials = allow;
        self
    }

    /// Adds methods that pages may use besides GET, HEAD and POST, which need no permission; `*`
    /// alone for all. Methods are [case-sensitive]: `PATCH` does not allow `patch`.
    ///
    /// [case-sensitive]: https://fetch.spec.whatwg.org/#concept-method
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example.com"])
    ///     .allow_methods(["PUT", "PATCH", "DELETE"])
    ///     .build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn allow_methods(mut self, methods: impl IntoList) -> Self {
        self.rule.allow_methods.extend(methods.into_list());
        self
    }

    /// Adds headers that pages may set; `*` for all but `authorization`, which stands beside it
    /// where it is allowed too ([Fetch]). With credentials, `*` covers `authorization`.
    ///
    /// [Fetch]: https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example.com"])
    ///     .allow_headers(["authorization", "content-type"])
    ///     .build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn allow_headers(mut self, headers: impl IntoList) -> Self {
        self.rule.allow_headers.extend(headers.into_list());
        self
    }

    /// Adds response headers that pages may read besides the [seven] that need no permission;
    /// `*` alone for all, which needs a rule without credentials.
    ///
    /// [seven]: https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example.com"])
    ///     .expose_headers(["x-request-id", "x-total-count"])
    ///     .build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn expose_headers(mut self, headers: impl IntoList) -> Self {
        self.rule.expose_headers.extend(headers.into_list());
        self
    }

    /// Sets for how long a browser may reuse the answer to a preflight: from one second to one
    /// day; fractions of a second are dropped. Zero forbids reuse. By default, the header is
    /// omitted and browsers keep the answer for 5 seconds
    /// ([Fetch](https://fetch.spec.whatwg.org/#http-access-control-max-age)).
    ///
    /// Browsers keep an answer for one URL, query included, so each URL needs a preflight of its
    /// own ([Fetch](https://fetch.spec.whatwg.org/#cors-preflight-cache)).
    ///
    /// ```
    /// use std::time::Duration;
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example.com"])
    ///     .max_age(Duration::from_secs(600))
    ///     .build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn max_age(mut self, max_age: Duration) -> Self {
        let is_short = max_age.as_secs() == 0 && !max_age.is_zero();
        self.context.short_max_age = is_short.then_some(max_age);
        self.rule.max_age = Some(i64::try_from(max_age.as_secs()).unwrap_or(i64::MAX));
        self
    }

    /// Lets pages loaded over plain http, or another scheme that does not protect them, use
    /// credentials. Whoever controls a network between such a page and its reader can then act
    /// with the reader's credentials. Pages on this machine need no such permission.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["http://printer.lan"])
    ///     .allow_credentials(true)
    ///     .dangerously_allow_insecure_origins_with_credentials(true)
    ///     .build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn dangerously_allow_insecure_origins_with_credentials(mut self, allow: bool) -> Self {
        self.rule.dangerously_allow_insecure_origins_with_credentials = allow;
        self
    }

    /// Lets a pattern such as `https://*.github.io` or `https://*-team.vercel.app` use credentials,
    /// or pass [enforcement](Self::enforce_origins), though anybody can register a subdomain there
    /// and then act with the credentials of whoever visits it.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://*.github.io"])
    ///     .allow_credentials(true)
    ///     .dangerously_allow_public_suffix_subdomains_with_credentials(true)
    ///     .build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn dangerously_allow_public_suffix_subdomains_with_credentials(
        mut self,
        allow: bool,
    ) -> Self {
        self.rule.dangerously_allow_public_suffix_subdomains_with_credentials = allow;
        self
    }

    /// Lets a pattern such as `moz-extension://*` use credentials, or pass
    /// [enforcement](Self::enforce_origins). Every extension that a visitor has installed, or every
    /// application with this scheme, can then act with the visitor's credentials.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["moz-extension://*"])
    ///     .allow_credentials(true)
    ///     .dangerously_allow_any_host_origins_with_credentials(true)
    ///     .build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn dangerously_allow_any_host_origins_with_credentials(mut self, allow: bool) -> Self {
        self.rule.dangerously_allow_any_host_origins_with_credentials = allow;
        self
    }

    /// Lets pages of origins that the application decides on at run time use credentials, or pass
    /// [enforcement](Self::enforce_origins). A mistake in that decision hands whoever finds it the
    /// credentials of its visitors.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins_by_predicate(true)
    ///     .allow_credentials(true)
    ///     .dangerously_allow_predicate_origins_with_credentials(true)
    ///     .build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn dangerously_allow_predicate_origins_with_credentials(mut self, allow: bool) -> Self {
        self.rule.dangerously_allow_predicate_origins_with_credentials = allow;
        self
    }

    /// Ends this rule and starts the next, to which the settings that follow belong. A request is
    /// governed by the first rule whose origins include its own.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://admin.example.com"])
    ///     .allow_credentials(true)
    ///     .allow_methods(["PUT", "DELETE"])
    ///     .next_rule()
    ///     .allow_origins(["*"])
    ///     .build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn next_rule(mut self) -> Self {
        self.policy.rules.push(std::mem::take(&mut self.rule));
        self.contexts.push(std::mem::take(&mut self.context));
        self
    }

    /// Sets whether requests by pages of origins that are not allowed are kept from the service:
    /// answered with a bare 403 before any handler runs, WebSocket handshakes included. Otherwise
    /// such a request has its effects, and only its response is kept from the page. This protects against
    /// [cross-site request forgery](https://developer.mozilla.org/en-US/docs/Web/Security/Attacks/CSRF)
    /// (CSRF) and cross-site WebSocket hijacking, and with [`own_origins`](Self::own_origins) against DNS
    /// rebinding.
    ///
    /// Requests by the service's own pages pass. The browser's `Sec-Fetch-Site` tells these pages,
    /// or else the host and port that the request is sent to, and https where it is known to have
    /// arrived over it. Set [`own_origins`](Self::own_origins) as well, so that a foreign name that leads
    /// to the service does not count as its own. A request without an origin passes, since links, images
    /// and programs other than browsers send none; unless the browser says that it comes from another
    /// site and its method is none of GET, HEAD and OPTIONS.
    ///
    /// A request that passes has the visitor's cookies, so patterns and predicates that trust
    /// strangers need the same `dangerously_` settings as with credentials. The chapter
    /// [`enforcement`](crate::guide::enforcement) has every case.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example.com"])
    ///     .enforce_origins(true)
    ///     .own_origins(["https://bank.example"])
    ///     .build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn enforce_origins(mut self, enforce: bool) -> Self {
        self.policy.enforce_origins = enforce;
        self
    }

    /// Adds the origins at which the service itself is reached: patterns of `http` and `https` origins,
    /// such as `https://bank.example` or `http://localhost:*`. They go with
    /// [`enforce_origins`](Self::enforce_origins), and are an error without it. If several services share
    /// a policy, set them with [`Deployment::own_origins`](crate::Deployment::own_origins).
    ///
    /// A page is then the service's own if its origin is one of these and it is same-origin with the
    /// request. Requests for other hosts are answered with 421. This stops
    /// [DNS rebinding](https://en.wikipedia.org/wiki/DNS_rebinding). IP addresses and `localhost` need
    /// not be listed for that. The chapter [`enforcement`](crate::guide::enforcement) has every case.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example.com"])
    ///     .enforce_origins(true)
    ///     .own_origins(["https://bank.example", "http://localhost:*"])
    ///     .build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn own_origins(mut self, origins: impl IntoList) -> Self {
        self.policy.own_origins.extend(origins.into_list());
        self
    }

    /// Accepts warnings by their [codes](crate::guide::codes), because they are about deliberate
    /// choices. [`Policy::lints`] then returns no warnings with these codes, so a test can assert that
    /// it returns none. A code that accepts nothing is a warning itself.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example.com"])
    ///     .allow_methods(["PATCH", "PATCH"])
    ///     .accept_lints(["duplicate-name"])
    ///     .build()?;
    /// assert_eq!(policy.lints(), []);
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn accept_lints(mut self, codes: impl IntoList) -> Self {
        self.policy.accept_lints.extend(codes.into_list());
        self
    }

    /// Returns the settings as data: the default of a service's own settings, for example.
    ///
    /// Nothing is checked. A `max_age` of less than a second becomes 0, and an environment variable
    /// that [`allow_origins_from_env`](Self::allow_origins_from_env) did not find leaves no trace.
    ///
    /// ```
    /// use cors_core::{Policy, PolicyConfig};
    ///
    /// struct Settings {
    ///     port: u16,
    ///     cors: PolicyConfig,
    /// }
    ///
    /// impl Default for Settings {
    ///     fn default() -> Self {
    ///         Self { port: 8080, cors: Policy::loopback().into_config() }
    ///     }
    /// }
    /// # let Settings { port, cors } = Settings::default();
    /// # assert_eq!((port, Policy::try_from(cors)), (8080, Policy::loopback().build()));
    /// ```
    #[must_use]
    pub fn into_config(self) -> PolicyConfig {
        let mut config = self.policy;
        config.rules.push(self.rule);
        if config.enforce_origins {
            config.own_origins.extend(self.own_origins_if_enforced.into_list());
        }
        config
    }

    /// The policy, or everything that is wrong with it.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let errors = Policy::builder().allow_origins(["https://app.example.com/"]).build().unwrap_err();
    /// assert_eq!(
    ///     errors.to_string(),
    ///     "allow_origins[0] \"https://app.example.com/\": an origin has no path; write \"https://app.example.com\""
    /// );
    /// ```
    ///
    /// # Errors
    ///
    /// All problems of all rules, each with what to write; the chapter [`codes`](crate::guide::codes)
    /// lists them.
    pub fn build(mut self) -> Result<Policy, PolicyErrors> {
        let mut rules = std::mem::take(&mut self.contexts);
        rules.push(std::mem::take(&mut self.context));
        validate::policy(&self.into_config(), Context { rules, ..Context::default() })
    }
}
