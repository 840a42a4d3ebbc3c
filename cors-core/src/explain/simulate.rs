use crate::browser::{
    BrowserRequest, Fetch, HeaderLines, OutgoingRequest, PreflightCache, Response, Url, Verdict,
};
use crate::decide::{CompiledPolicy, Decision, same_origin};
use crate::http::{Field, HeaderList, RequestParts};
use crate::policy::Policy;

impl Policy {
    /// What a browser makes of a request under this policy. For tests: would a page of this
    /// origin be allowed to do this?
    ///
    /// The service is taken to answer without CORS headers of its own. To ask the same of an application,
    /// use the feature `testing` of its framework's adapter.
    ///
    /// ```
    /// use cors_core::explain::BrowserRequest;
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example.com"])
    ///     .allow_methods(["PUT"])
    ///     .build()?;
    /// let request = BrowserRequest::new("https://app.example.com").method("PUT");
    /// assert!(policy.simulate(&request).is_allowed());
    /// assert!(!policy.simulate(&request.method("DELETE")).is_allowed());
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    #[must_use]
    pub fn simulate(&self, request: &BrowserRequest) -> Verdict {
        let policy = self.compile();
        let own_host = self.own_host(request);
        let url = match own_host {
            Some(host) => Url::root(&request.origin, host),
            None => Url::unnamed(request.host.as_deref()),
        };
        let mut cache = PreflightCache::default();
        let mut fetch = Fetch::to(request, Some(url), &mut cache);
        while let Some(outgoing) = fetch.next_request() {
            let response = answer(&policy, outgoing, request.allowed_by_predicate);
            fetch.receive_response(response, &mut cache);
        }
        let mut verdict = fetch.into_verdict();
        let is_answered = verdict.actual().is_some_and(|actual| actual.status().is_some());
        if is_answered && (own_host.is_some() || !verdict.is_allowed()) {
            verdict.block_by_service();
        }
        verdict
    }

    /// The host of a request that a page sends to its own origin; `None` if the request is sent to
    /// another origin.
    pub(super) fn own_host<'r>(&self, request: &'r BrowserRequest) -> Option<&'r str> {
        let origin = request.origin.as_str();
        match &request.host {
            Some(host) => {
                let is_own = same_origin::is_at(origin.as_bytes(), None, host.as_bytes());
                is_own.then_some(host.as_str())
            }
            None => {
                let own_origins = self.own_origins()?;
                let (_, host) = origin.split_once("://")?;
                let is_own = own_origins.matches(origin.as_bytes()) && !self.allows_origin(origin);
                is_own.then_some(host)
            }
        }
    }
}

/// What a service under the policy answers. The service's own status is not known.
fn answer(
    policy: &CompiledPolicy<Vec<u8>>,
    request: &OutgoingRequest,
    allowed_by_predicate: bool,
) -> Response {
    let line = |(name, value): &(String, String)| {
        let field = Field::all().find(|field| field.as_str() == name)?;
        Some((field, value.clone().into_bytes()))
    };
    let headers: HeaderList<_> = request.headers().iter().filter_map(line).collect();
    let decision = match policy.decide(&RequestParts::new(request.method(), &headers)) {
        Decision::Ask(question) => question.answer(allowed_by_predicate),
        decision => decision,
    };
    let status = match decision {
        Decision::Respond { status, .. } => Some(status),
        Decision::Forward(_) | Decision::Ask(_) => None,
    };
    let refusal = decision.refusal();
    let mut lines = HeaderList::default();
    decision.headers().apply(&mut lines);
    let lines = lines.0.into_iter().map(|(field, value)| (field.as_str(), value));
    Response { status, headers: lines.collect::<HeaderLines>(), refusal }
}
