//! A service behind the core, without a framework.

use cors_core::Refusal;
use cors_core::adapter::{CompiledPolicy, Decision, RequestParts};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use tests::oracle::{HttpRequest, HttpResponse};

use crate::requests::RawRequest;

/// What handlers set, and should better not have set.
const REPLY: [(&str, &str); 15] = [
    ("content-type", "text/plain"),
    ("etag", "\"v1\""),
    ("x-request-id", "r-1"),
    ("x-secret", "s"),
    ("set-cookie", "a=b"),
    ("vary", "Accept-Encoding"),
    ("vary", "accept, ORIGIN"),
    ("vary", "*"),
    ("access-control-allow-origin", "*"),
    ("access-control-allow-origin", "https://evil.example"),
    ("access-control-allow-credentials", "true"),
    ("access-control-allow-methods", "*"),
    ("access-control-max-age", "1"),
    ("access-control-expose-headers", "x-secret"),
    ("access-control-allow-private-network", "true"),
];

pub(crate) type Reply = Vec<(&'static str, &'static str)>;

/// What the handler answers.
pub(crate) fn replies() -> impl Strategy<Value = Reply> {
    subsequence(REPLY.to_vec(), 0..=REPLY.len())
}

/// Statuses that the handler answers with.
pub(crate) fn statuses() -> impl Strategy<Value = u16> {
    select(vec![200, 204, 304, 403, 500])
}

/// What became of a request.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// Whether the handler was not called.
    pub(crate) is_preflight: bool,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) refusal: Option<Refusal>,
}

pub(crate) fn answer(
    policy: &CompiledPolicy<HeaderValue>,
    method: &str,
    request: &HeaderMap,
    status: u16,
    reply: &Reply,
) -> Answer {
    let decision = policy.decide(&RequestParts::new(method, request));
    let refusal = decision.refusal();
    let mut headers = HeaderMap::new();
    let (is_preflight, status) = match decision {
        Decision::Forward(ours) => {
            for (name, value) in reply {
                headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            ours.apply(&mut headers);
            (false, status)
        }
        Decision::Respond { status, headers: ours } => {
            ours.apply(&mut headers);
            (true, status)
        }
        Decision::Ask(question) => unreachable!("{question:?}"),
    };
    Answer { is_preflight, status, headers, refusal }
}

/// Answers browsers, with 304 where they ask whether what they keep is still right.
pub(crate) fn serve(
    policy: &CompiledPolicy<HeaderValue>,
    reply: &Reply,
) -> impl FnMut(&HttpRequest) -> HttpResponse {
    move |request| {
        let mut headers = HeaderMap::new();
        for (name, value) in request.headers.iter() {
            let name = HeaderName::from_bytes(name).expect("browsers send names");
            headers.append(name, HeaderValue::from_bytes(value).expect("browsers send values"));
        }
        let method = str::from_utf8(&request.method).expect("browsers send methods");
        let is_conditional = headers.contains_key(header::IF_NONE_MATCH);
        let status = if is_conditional { 304 } else { 200 };
        let answer = answer(policy, method, &headers, status, reply);
        let lines = answer.headers.iter();
        HttpResponse {
            status: answer.status,
            headers: lines.map(|(name, value)| (name.as_str(), value.as_bytes())).collect(),
        }
    }
}

impl RawRequest {
    pub(crate) fn to_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, values) in [
            (header::ORIGIN, &self.origins),
            (header::ACCESS_CONTROL_REQUEST_METHOD, &self.methods),
            (header::ACCESS_CONTROL_REQUEST_HEADERS, &self.headers),
        ] {
            for value in values {
                headers.append(&name, HeaderValue::from_bytes(value).expect("a value"));
            }
        }
        headers
    }
}
