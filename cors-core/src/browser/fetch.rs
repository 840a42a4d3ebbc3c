use crate::browser::diagnose;
use crate::browser::exchange::{Exchange, OutgoingRequest};
use crate::browser::header_lines::HeaderLines;
use crate::browser::preflight_cache::{Key, PreflightCache};
use crate::browser::prepare::{Prepared, prepare};
use crate::browser::request::{BrowserRequest, RedirectMode};
use crate::browser::url::Url;
use crate::browser::verdict::{Access, Verdict};
use crate::decide::Refusal;
use crate::http::{Field, fetch};

/// A fetch that is under way: the [Fetch algorithm](https://fetch.spec.whatwg.org/#concept-fetch) without
/// I/O, for a request in mode `cors`.
///
/// It says which request the browser sends next, and is told the response, until nothing is left to send.
/// The cache of preflights belongs to the caller, who keeps it between fetches.
///
/// ```
/// use cors_core::explain::{BrowserRequest, Fetch, OutgoingRequest, PreflightCache};
///
/// /// A service that allows everything that needs no preflight.
/// fn answer(request: &OutgoingRequest) -> (u16, Vec<(&'static str, &'static str)>) {
///     match request.method() {
///         "OPTIONS" => (405, vec![]),
///         _ => (200, vec![("access-control-allow-origin", "*")]),
///     }
/// }
///
/// let mut cache = PreflightCache::default();
/// let mut fetch = |request: BrowserRequest| {
///     let mut fetch = Fetch::new(&request, "https://api.example.com/items", &mut cache);
///     while let Some(outgoing) = fetch.next_request() {
///         let (status, headers) = answer(outgoing);
///         fetch.receive(status, headers, &mut cache);
///     }
///     fetch.into_verdict()
/// };
/// let page = BrowserRequest::new("https://app.example.com");
/// assert!(fetch(page.clone()).is_allowed());
/// assert!(!fetch(page.method("PUT")).is_allowed());
/// ```
#[derive(Debug)]
#[must_use = "a fetch does nothing until its requests are sent"]
pub struct Fetch {
    /// The serialized origin of the page.
    pub(super) page: String,
    pub(super) prepared: Prepared,
    pub(super) body: Option<Vec<u8>>,
    pub(super) credentials: bool,
    pub(super) upload: bool,
    pub(super) redirect: RedirectMode,
    /// The [URL list](https://fetch.spec.whatwg.org/#concept-request-url-list).
    pub(super) urls: Vec<Url>,
    /// The [response tainting](https://fetch.spec.whatwg.org/#concept-request-response-tainting) is
    /// `cors`, not `basic`.
    pub(super) is_tainted: bool,
    /// Whether any of the requests so far took a preflight, sent or remembered.
    pub(super) takes_preflight: bool,
    next: Option<OutgoingRequest>,
    pub(super) verdict: Verdict,
}

/// What came back for a request.
#[derive(Debug, Default)]
pub(crate) struct Response {
    /// `None` if a policy left it to the service.
    pub(crate) status: Option<u16>,
    pub(crate) headers: HeaderLines,
    /// Why a policy does not allow what the request asks for.
    pub(crate) refusal: Option<Refusal>,
}

const MAIN_FETCH: &str = "https://fetch.spec.whatwg.org/#main-fetch";

impl Fetch {
    /// Starts to send a request to an absolute `http` or `https` URL.
    /// [`BrowserRequest::host`] does not count, because the URL has a host. A request that no script
    /// can send, or a URL that cannot be read, ends the fetch at once.
    pub fn new(request: &BrowserRequest, url: &str, cache: &mut PreflightCache) -> Self {
        Self::to(request, Url::parse(url), cache)
    }

    pub(crate) fn to(
        request: &BrowserRequest,
        url: Option<Url>,
        cache: &mut PreflightCache,
    ) -> Self {
        let mut verdict = Verdict::default();
        let prepared = prepare(request);
        let unsendable = if prepared.is_none() {
            Some("no script can use this method, or a header with this name or value")
        } else {
            url.is_none().then_some("a script can send requests to http and https URLs only")
        };
        if let Some(text) = unsendable {
            verdict.step(false, text, "https://fetch.spec.whatwg.org/#dom-request");
        }
        let is_sendable = unsendable.is_none();
        let mut fetch = Self {
            page: request.origin.clone(),
            prepared: prepared.unwrap_or_default(),
            body: request.body.clone(),
            credentials: request.credentials,
            upload: request.upload,
            redirect: request.redirect,
            urls: url.into_iter().collect(),
            is_tainted: false,
            takes_preflight: false,
            next: None,
            verdict,
        };
        if is_sendable {
            fetch.main_fetch(cache);
        }
        fetch
    }

    /// The request that the browser sends next; `None` once the verdict is settled.
    #[must_use]
    pub const fn next_request(&self) -> Option<&OutgoingRequest> {
        self.next.as_ref()
    }

    /// Tells the browser the response to [`next_request`](Self::next_request): its status, and its header
    /// lines in order.
    pub fn receive<N: Into<String>, V: Into<Vec<u8>>>(
        &mut self,
        status: u16,
        headers: impl IntoIterator<Item = (N, V)>,
        cache: &mut PreflightCache,
    ) {
        let headers = headers.into_iter().collect();
        self.receive_response(Response { status: Some(status), headers, refusal: None }, cache);
    }

    /// Tells the browser that [`next_request`](Self::next_request) gets no response, and why.
    pub fn fail(&mut self, error: &str, cache: &mut PreflightCache) {
        let Some(request) = self.next.take() else { return };
        let text =
            format!("{} {} must get a response: {error}", request.method, request.url.text());
        self.verdict.step(false, text, "https://fetch.spec.whatwg.org/#http-network-fetch");
        self.block(Access::Unanswered, cache);
    }

    /// What came of the fetch.
    #[must_use]
    pub fn into_verdict(self) -> Verdict {
        let Self { page, credentials, next, mut verdict, .. } = self;
        if next.is_some() {
            verdict.access = Access::Unanswered;
        }
        verdict.causes = diagnose::find(&verdict, &page, credentials).into_iter().collect();
        verdict
    }

    pub(crate) fn receive_response(&mut self, response: Response, cache: &mut PreflightCache) {
        let Some(mut request) = self.next.take() else { return };
        request.body = None;
        let Response { status, headers, refusal } = response;
        let exchange = Exchange { request, status, response: headers, refusal };
        if exchange.request.is_preflight {
            self.receive_preflight(&exchange, cache);
        } else {
            self.receive_actual(&exchange, cache);
        }
        // A redirect has made the next request, whose exchange comes after this one.
        self.verdict.exchanges.push(exchange);
    }

    /// [Main fetch](https://fetch.spec.whatwg.org/#concept-main-fetch): which rules the request falls
    /// under, and whether it takes a preflight.
    pub(super) fn main_fetch(&mut self, cache: &PreflightCache) {
        let Some(url) = self.urls.last() else { return };
        if url.origin() == Some(self.page.as_str()) && !self.is_tainted {
            let text = "the page sends the request to its own origin, which needs no permission";
            self.verdict.step(true, text, MAIN_FETCH);
            return self.send_actual();
        }
        self.is_tainted = true;
        self.verdict.step(true, self.preflight_reason(), MAIN_FETCH);
        let needs_preflight = self.upload
            || !fetch::is_safelisted_method(self.prepared.method.as_bytes())
            || !self.prepared.unsafe_names.is_empty();
        if !needs_preflight {
            return self.send_actual();
        }
        self.takes_preflight = true;
        if self.is_remembered(cache) {
            let text = "the browser remembers that an earlier preflight allowed this";
            let standard = "https://fetch.spec.whatwg.org/#concept-cache-match-method";
            self.verdict.step(true, text, standard);
            return self.send_actual();
        }
        self.send_preflight();
    }

    fn is_remembered(&self, cache: &PreflightCache) -> bool {
        let Some(key) = self.key() else { return false };
        let Prepared { method, unsafe_names, .. } = &self.prepared;
        let is_safelisted = fetch::is_safelisted_method(method.as_bytes()) && !self.upload;
        (is_safelisted || cache.has_method(&key, method))
            && unsafe_names.iter().all(|name| cache.has_header(&key, name))
    }

    fn send_preflight(&mut self) {
        let mut headers = vec![
            (Field::Origin, self.origin().to_owned()),
            (Field::AccessControlRequestMethod, self.prepared.method.clone()),
        ];
        if !self.prepared.unsafe_names.is_empty() {
            let names = self.prepared.unsafe_names.join(",");
            headers.push((Field::AccessControlRequestHeaders, names));
        }
        self.send("OPTIONS".into(), Vec::new(), headers, true);
    }

    pub(super) fn send_actual(&mut self) {
        let method = self.prepared.method.clone();
        // https://fetch.spec.whatwg.org/#append-a-request-origin-header
        let has_origin = self.is_tainted || !matches!(method.as_str(), "GET" | "HEAD");
        let origin = has_origin.then(|| (Field::Origin, self.origin().to_owned()));
        self.send(method, self.prepared.headers.clone(), origin.into_iter().collect(), false);
    }

    fn send(
        &mut self,
        method: String,
        mut headers: Vec<(String, String)>,
        by_browser: Vec<(Field, String)>,
        is_preflight: bool,
    ) {
        let Some(url) = self.urls.last() else { return };
        let host = url.host().map(|host| (Field::Host, host.to_owned()));
        // https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site, where sites are not
        // told apart from origins.
        let is_own = |url: &Url| url.origin() == Some(self.page.as_str());
        let site = if self.urls.iter().all(is_own) { "same-origin" } else { "cross-site" };
        let site = url.is_trustworthy().then(|| (Field::SecFetchSite, site.to_owned()));
        let by_browser = host.into_iter().chain(by_browser).chain(site);
        headers.extend(by_browser.map(|(field, value)| (field.as_str().to_owned(), value)));
        let with_credentials = !is_preflight && (self.credentials || !self.is_tainted);
        let body = self.body.clone().filter(|_| !is_preflight);
        let url = url.clone();
        self.next =
            Some(OutgoingRequest { method, url, headers, body, is_preflight, with_credentials });
    }

    fn origin(&self) -> &str {
        request_origin(&self.page, &self.urls)
    }

    pub(super) fn key(&self) -> Option<Key> {
        let url = self.urls.last()?.clone();
        Some(Key { origin: self.origin().to_owned(), url, credentials: self.credentials })
    }

    fn preflight_reason(&self) -> String {
        let Prepared { method, unsafe_names, .. } = &self.prepared;
        if !fetch::is_safelisted_method(method.as_bytes()) {
            return format!("the method {method} takes a preflight");
        }
        if !unsafe_names.is_empty() {
            return format!("these headers take a preflight: {}", unsafe_names.join(", "));
        }
        if self.upload {
            return "an upload that is streamed or watched takes a preflight".into();
        }
        "the method and headers take no preflight".into()
    }
}

/// The [serialized origin of a request](https://fetch.spec.whatwg.org/#byte-serializing-a-request-origin):
/// `null` once a redirect led from one foreign origin to another.
pub(super) fn request_origin<'a>(page: &'a str, urls: &[Url]) -> &'a str {
    let mut hops = urls.iter().zip(urls.iter().skip(1));
    let is_tainted =
        hops.any(|(from, to)| from.origin() != to.origin() && from.origin() != Some(page));
    if is_tainted { "null" } else { page }
}
