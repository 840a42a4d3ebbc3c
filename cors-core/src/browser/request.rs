#[cfg(feature = "testing")]
use crate::origin::Origin;
use crate::policy::ToText;

/// A request that a script makes with `fetch` or `XMLHttpRequest`.
///
/// [`Policy::simulate`](crate::Policy::simulate) plays it against a policy. There, it is sent to a
/// service of another origin than its page's, unless [`host`](Self::host) says otherwise, or the policy
/// has the page's origin in [`own_origins`](crate::PolicyBuilder::own_origins) alone. A
/// [`Fetch`](super::Fetch) sends it to a URL.
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use = "a request does nothing until it is given to `Policy::simulate` or `Fetch::new`"]
pub struct BrowserRequest {
    pub(crate) origin: String,
    pub(super) method: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<Vec<u8>>,
    pub(crate) credentials: bool,
    pub(super) upload: bool,
    pub(super) redirect: RedirectMode,
    pub(crate) allowed_by_predicate: bool,
    pub(crate) host: Option<String>,
}

/// What a script does about redirects: its request's
/// [redirect mode](https://fetch.spec.whatwg.org/#concept-request-redirect-mode).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the standard has these three")]
pub enum RedirectMode {
    /// The browser follows redirects.
    #[default]
    Follow,
    /// A redirect is an error.
    Error,
    /// The script learns that there is a redirect, and nothing else of it.
    Manual,
}

impl BrowserRequest {
    /// A GET request without headers or credentials, by a page of this origin, such as
    /// `https://app.example.com`, or `null` for a sandboxed frame.
    ///
    /// ```
    /// use cors_core::Policy;
    /// use cors_core::explain::BrowserRequest;
    ///
    /// let policy = Policy::loopback().build()?;
    /// let request = BrowserRequest::new("http://localhost:5173");
    /// assert!(policy.simulate(&request).is_allowed());
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn new(origin: impl ToText) -> Self {
        Self {
            origin: origin.to_text().into(),
            method: "GET".into(),
            headers: Vec::new(),
            body: None,
            credentials: false,
            upload: false,
            redirect: RedirectMode::default(),
            allowed_by_predicate: false,
            host: None,
        }
    }

    /// Sets the method, as the script writes it.
    ///
    /// ```
    /// use cors_core::Policy;
    /// use cors_core::explain::BrowserRequest;
    ///
    /// let policy = Policy::loopback().allow_methods(["PUT"]).build()?;
    /// let put = BrowserRequest::new("http://localhost:5173").method("PUT");
    /// assert!(policy.simulate(&put).is_allowed());
    /// assert!(!policy.simulate(&put.method("PATCH")).is_allowed());
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn method(mut self, method: impl ToText) -> Self {
        self.method = method.to_text().into();
        self
    }

    /// Adds a header, as the script writes it. A script that sends JSON, for example, sets
    /// `content-type` to `application/json`.
    ///
    /// ```
    /// use cors_core::Policy;
    /// use cors_core::explain::BrowserRequest;
    ///
    /// let policy = Policy::loopback().allow_headers(["content-type"]).build()?;
    /// let json = BrowserRequest::new("http://localhost:5173")
    ///     .method("POST")
    ///     .header("content-type", "application/json");
    /// assert!(policy.simulate(&json).is_allowed());
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn header(mut self, name: impl ToText, value: impl ToText) -> Self {
        self.headers.push((name.to_text().into(), value.to_text().into()));
        self
    }

    /// Sets the body. The browser adds no `content-type`; a script that sends text or a form gets one of
    /// the safelisted types from it.
    ///
    /// ```
    /// use cors_core::Policy;
    /// use cors_core::explain::{Access, BrowserRequest};
    ///
    /// let request = BrowserRequest::new("https://app.example.com").body("{}");
    /// // GET has no body, so `fetch` throws.
    /// assert_eq!(Policy::permissive().simulate(&request).access(), Access::Unsendable);
    /// assert!(Policy::permissive().simulate(&request.method("POST")).is_allowed());
    /// ```
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sets what the script does about redirects. No policy redirects, so this counts in a
    /// [`Fetch`](super::Fetch) only.
    pub fn redirect(mut self, mode: RedirectMode) -> Self {
        self.redirect = mode;
        self
    }

    /// Sets whether the script asks for credentials: `credentials: "include"`, or
    /// `withCredentials`.
    ///
    /// ```
    /// use cors_core::Policy;
    /// use cors_core::explain::BrowserRequest;
    ///
    /// let request = BrowserRequest::new("https://app.example.com").credentials(true);
    /// assert!(!Policy::permissive().simulate(&request).is_allowed());
    /// ```
    pub fn credentials(mut self, include: bool) -> Self {
        self.credentials = include;
        self
    }

    /// Sets whether the script streams its body or watches its upload, which takes a preflight
    /// whatever the method and headers
    /// ([Fetch](https://fetch.spec.whatwg.org/#use-cors-preflight-flag)).
    ///
    /// ```
    /// use cors_core::Policy;
    /// use cors_core::explain::BrowserRequest;
    ///
    /// let upload = BrowserRequest::new("https://app.example.com").method("POST").upload(true);
    /// let verdict = Policy::permissive().simulate(&upload);
    /// assert!(verdict.preflight().is_some());
    /// ```
    pub fn upload(mut self, upload: bool) -> Self {
        self.upload = upload;
        self
    }

    /// Sets the host and port that the request is sent to, such as `bank.example` or `localhost:3000`.
    /// It counts if the policy [enforces](crate::PolicyBuilder::enforce_origins) origins. If it is that
    /// of the page's origin, the request is by a page of the service itself, or by one at a foreign name
    /// that leads to the service. By default, the host is one of the service's own.
    ///
    /// ```
    /// use cors_core::explain::{Access, BrowserRequest};
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::loopback().enforce_origins(true).build()?;
    /// let rebinding = BrowserRequest::new("http://evil.example:3000").host("evil.example:3000");
    /// assert_eq!(policy.simulate(&rebinding).access(), Access::BlockedByService);
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Sets what the application says of the page's origin, if a rule leaves it to the
    /// application. Unless set, it does not allow it.
    ///
    /// ```
    /// use cors_core::Policy;
    /// use cors_core::explain::BrowserRequest;
    ///
    /// let policy = Policy::builder().allow_origins_by_predicate(true).build()?;
    /// let request = BrowserRequest::new("https://tenant.example");
    /// assert!(!policy.simulate(&request).is_allowed());
    /// assert!(policy.simulate(&request.allowed_by_predicate(true)).is_allowed());
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn allowed_by_predicate(mut self, allowed: bool) -> Self {
        self.allowed_by_predicate = allowed;
        self
    }

    /// Whether the page's origin is one that a page can have.
    #[cfg(feature = "testing")]
    pub(crate) fn has_origin(&self) -> bool {
        self.origin == "null" || Origin::parse(&self.origin).is_some()
    }
}
