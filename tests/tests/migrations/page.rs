//! Pages that fetch, in the browser that the oracle is.

use std::fmt;

use bytes::Bytes;
use http::{Request, Response};
use tests::oracle::{Browser, Credentials, FetchRequest, HttpRequest, HttpResponse, Page, Verdict};

/// The origin of the service of the guides.
pub(crate) const SERVICE: &str = "https://api.example.com";

type Lines = &'static [(&'static str, &'static str)];

/// What a page's script asks for.
#[derive(Clone, Copy)]
pub(crate) struct Fetch {
    /// The page's origin.
    pub(crate) page: &'static str,
    pub(crate) service: &'static str,
    pub(crate) path: &'static str,
    pub(crate) method: &'static str,
    pub(crate) headers: Lines,
    /// Whether it sends cookies to other origins.
    pub(crate) with_cookies: bool,
}

impl Fetch {
    /// Reads with cookies.
    pub(crate) const fn get(page: &'static str) -> Self {
        Self {
            page,
            service: SERVICE,
            path: "/items",
            method: "GET",
            headers: &[],
            with_cookies: true,
        }
    }

    /// Replaces with cookies.
    pub(crate) const fn put(page: &'static str) -> Self {
        Self { method: "PUT", ..Self::get(page) }
    }

    pub(crate) const fn with(self, headers: Lines) -> Self {
        Self { headers, ..self }
    }
}

/// What passed over the network, and what the page got of it.
pub(crate) struct Seen {
    pub(crate) verdict: Verdict,
    /// One for each request that was sent.
    pub(crate) responses: Vec<Response<Bytes>>,
}

impl Seen {
    /// In a browser that remembers nothing.
    pub(crate) fn of(fetch: &Fetch, send: impl Fn(Request<Bytes>) -> Response<Bytes>) -> Self {
        Self::by(&mut Browser::default(), fetch, send)
    }

    pub(crate) fn by(
        browser: &mut Browser,
        fetch: &Fetch,
        send: impl Fn(Request<Bytes>) -> Response<Bytes>,
    ) -> Self {
        let page = if fetch.page == "null" { Page::Opaque } else { Page::Tuple(fetch.page.into()) };
        let url = format!("{}{}", fetch.service, fetch.path).parse().expect("a URL");
        let mut request = FetchRequest::new(page, url);
        request.method = fetch.method.into();
        request.headers = fetch.headers.iter().copied().collect();
        if fetch.with_cookies {
            request.credentials = Credentials::Include;
        }
        let mut responses = Vec::new();
        let mut server = |request: &HttpRequest| {
            let response = send(to_http(request));
            let lines = response.headers().iter();
            let lines = lines.map(|(name, value)| (name.as_str(), value.as_bytes()));
            let answer =
                HttpResponse { status: response.status().as_u16(), headers: lines.collect() };
            responses.push(response);
            answer
        };
        let verdict = browser.fetch(&request, &mut server);
        Self { verdict, responses }
    }

    pub(crate) fn is_read(&self) -> bool {
        self.verdict.is_readable()
    }
}

fn to_http(request: &HttpRequest) -> Request<Bytes> {
    let host = request.url.authority();
    let http = Request::builder().method(&*request.method).uri(request.url.path());
    let lines = request.headers.iter().chain([(&b"host"[..], host.as_bytes())]);
    let http = lines.fold(http, |http, (name, value)| http.header(name, value));
    http.body(Bytes::new()).expect("browsers send valid requests")
}

/// Each request's method and its status, then whether the page read the last response.
impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exchanges = self.verdict.sent.iter().zip(&self.responses).map(|(request, response)| {
            let method = String::from_utf8_lossy(&request.method);
            format!("{method} {}", response.status().as_u16())
        });
        let exchanges: Vec<_> = exchanges.collect();
        let outcome = if self.is_read() { "read" } else { "blocked" };
        write!(f, "{}: {outcome}", exchanges.join(", "))
    }
}
