//! The standard, as one more engine: the oracle, over the same sockets.

use std::net::{Ipv4Addr, SocketAddr};

use tests::oracle::{
    Body, Browser, FetchRequest, HeaderList, HttpRequest, HttpResponse, Outcome, ResponseKind,
};
use tests::{HeaderLines, Request, latin1, latin1_bytes};

use crate::places::Places;
use crate::scenario::{Step, Upload};
use crate::seen::{Response, Seen};

/// What the standard's browser keeps from one step to the next.
#[derive(Debug, Default)]
pub(crate) struct Standard {
    browser: Browser,
    cookie: Option<String>,
}

impl Standard {
    /// Makes a request as the standard says.
    pub(crate) fn make(&mut self, step: &Step, places: &Places<'_>) -> Result<Seen, String> {
        let url = format!("{}{}", places.service(step.to_address), step.request.path);
        let url = url.parse().map_err(|error| format!("{url}: {error}"))?;
        let mut request = FetchRequest::new(step.client.page(places), url);
        request.method = step.request.method.clone().into();
        request.headers = header_list(&step.request.headers);
        request.mode = step.mode;
        request.credentials = step.credentials;
        request.upload_listener = step.upload == Upload::Watched;
        request.body = match (&step.body, step.upload) {
            (None, _) => Body::None,
            (Some(_), Upload::Streamed) => Body::Stream,
            (Some(_), _) => Body::Known(Some(b"text/plain;charset=UTF-8".into())),
        };

        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, places.service_port));
        let cookie = &mut self.cookie;
        let mut body = Vec::new();
        let mut failure = None;
        let mut server = |request: &HttpRequest| {
            let message = message(request, cookie.as_deref());
            match tests::send(address, "", &message, || ()) {
                Ok((head, bytes)) => {
                    body = bytes;
                    let set = head.headers.iter().find(|(name, _)| name == "set-cookie");
                    if let (true, Some((_, value))) = (request.with_credentials, set) {
                        *cookie = value.split(';').next().map(str::to_owned);
                    }
                    HttpResponse { status: head.status, headers: header_list(&head.headers) }
                }
                Err(error) => {
                    failure = Some(error.to_string());
                    HttpResponse { status: 0, headers: HeaderList::default() }
                }
            }
        };
        let verdict = self.browser.fetch(&request, &mut server);
        match failure {
            Some(failure) => Err(failure),
            None => Ok(seen(verdict.outcome, &body, step.upload == Upload::Watched)),
        }
    }
}

fn message(request: &HttpRequest, cookie: Option<&str>) -> Request {
    let line = |(name, value): (&[u8], &[u8])| (latin1(name), latin1(value));
    let mut headers: HeaderLines = request.headers.iter().map(line).collect();
    if let (true, Some(cookie)) = (request.with_credentials, cookie) {
        headers.push(("cookie".into(), cookie.into()));
    }
    let query = request.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let path = format!("{}{query}", request.url.path());
    Request { method: latin1(&request.method), path, headers }
}

fn seen(outcome: Outcome, body: &[u8], uploaded: bool) -> Seen {
    match outcome {
        Outcome::Response { kind, status, headers } => Seen::Response(Response {
            kind: match kind {
                ResponseKind::Basic => "basic",
                ResponseKind::Cors => "cors",
                ResponseKind::Opaque => "opaque",
                ResponseKind::OpaqueRedirect => "opaqueredirect",
            }
            .into(),
            status,
            headers: headers
                .iter()
                .map(|(name, value)| (latin1(name).to_ascii_lowercase(), latin1(value)))
                .collect(),
            body: latin1(body),
            uploaded,
        }),
        Outcome::Throws | Outcome::NetworkError(_) => {
            Seen::Blocked { blocked: "TypeError".into(), uploaded: false }
        }
    }
}

fn header_list(lines: &HeaderLines) -> HeaderList {
    lines.iter().map(|(name, value)| (latin1_bytes(name), latin1_bytes(value))).collect()
}
