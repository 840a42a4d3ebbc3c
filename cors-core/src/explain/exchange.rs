use crate::decide::{CompiledPolicy, Decision, Refusal};
use crate::explain::request::{BrowserRequest, Prepared};
use crate::http::{Field, HeaderList, RequestParts};
use crate::origin::{Origin, host};

/// A request that the browser sends, and the answer, as far as CORS is concerned.
#[derive(Clone, Debug)]
pub struct Exchange {
    method: String,
    request: Vec<(&'static str, String)>,
    pub(super) status: Option<u16>,
    pub(super) response: HeaderList<Vec<u8>>,
    refusal: Option<Refusal>,
}

impl Exchange {
    /// The method of the request: `OPTIONS` for a preflight.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The request's headers that matter to CORS, names in lower case.
    #[must_use]
    pub fn request_headers(&self) -> &[(&'static str, String)] {
        &self.request
    }

    /// The status of the answer; `None` where it is the service's own.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// The response's headers that the policy decided on, names in lower case.
    #[must_use]
    pub fn response_headers(&self) -> Vec<(&'static str, String)> {
        self.response.text()
    }

    /// Why the policy does not allow what the request asks for; `None` if it does.
    #[must_use]
    pub const fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }
}

pub(super) fn send_preflight(
    policy: &CompiledPolicy<Vec<u8>>,
    request: &BrowserRequest,
    prepared: &Prepared,
) -> Exchange {
    let mut headers = HeaderList(vec![
        (Field::Origin, request.origin.clone().into()),
        (Field::AccessControlRequestMethod, prepared.method.clone().into()),
    ]);
    if !prepared.unsafe_names.is_empty() {
        let names = prepared.unsafe_names.join(",").into();
        headers.0.push((Field::AccessControlRequestHeaders, names));
    }
    send(policy, "OPTIONS", headers, request)
}

pub(super) fn send_actual(
    policy: &CompiledPolicy<Vec<u8>>,
    request: &BrowserRequest,
    prepared: &Prepared,
) -> Exchange {
    let headers = HeaderList(vec![(Field::Origin, request.origin.clone().into())]);
    send(policy, &prepared.method, headers, request)
}

/// Sends a request of a page to its own origin, which is at this host
/// ([Fetch](https://fetch.spec.whatwg.org/#append-a-request-origin-header)).
pub(super) fn send_to_own_origin(
    policy: &CompiledPolicy<Vec<u8>>,
    request: &BrowserRequest,
    prepared: &Prepared,
    host: &str,
) -> Exchange {
    let mut headers = HeaderList::default();
    if !matches!(prepared.method.as_str(), "GET" | "HEAD") {
        headers.0.push((Field::Origin, request.origin.clone().into()));
    }
    // https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site
    if is_trustworthy(&request.origin) {
        headers.0.push((Field::SecFetchSite, "same-origin".into()));
    }
    send(policy, &prepared.method, headers, &request.clone().host(host))
}

/// Whether browsers send `Sec-Fetch-Site` to an origin
/// ([Secure Contexts](https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy)).
fn is_trustworthy(origin: &str) -> bool {
    let origin = Origin::parse(origin);
    origin.is_some_and(|origin| origin.scheme() == "https" || host::is_loopback(origin.host()))
}

fn send(
    policy: &CompiledPolicy<Vec<u8>>,
    method: &str,
    mut headers: HeaderList<Vec<u8>>,
    request: &BrowserRequest,
) -> Exchange {
    if let Some(host) = &request.host {
        headers.0.insert(0, (Field::Host, host.clone().into()));
    }
    let decision = match policy.decide(&RequestParts::new(method, &headers)) {
        Decision::Ask(question) => question.answer(request.allowed_by_predicate),
        decision => decision,
    };
    let status = match decision {
        Decision::Respond { status, .. } => Some(status),
        Decision::Forward(_) | Decision::Ask(_) => None,
    };
    let refusal = decision.refusal();
    let mut response = HeaderList::default();
    decision.headers().apply(&mut response);
    Exchange { method: method.to_owned(), request: headers.text(), status, response, refusal }
}
