//! The requests in an [HTTP archive](https://w3c.github.io/web-performance/specs/HAR/Overview.html), which the
//! network panels of browsers export.

use std::fs::File;
use std::io;
use std::io::BufReader;
use std::path::Path;

use cors_core::Origin;
use cors_core::explain::BrowserRequest;
use serde::Deserialize;

use crate::input::in_one_line;

/// A request that a script sent.
pub(super) struct ScriptRequest {
    /// Its method, URL and page.
    pub(super) title: String,
    pub(super) origin: String,
    pub(super) request: BrowserRequest,
    /// Whether the browser got no response from another origin, or kept it from the script.
    pub(super) has_no_response: bool,
}

#[derive(Deserialize)]
struct Archive {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    request: Request,
    response: Response,
    /// Of Chromium and WebKit.
    #[serde(rename = "_resourceType", default)]
    resource_type: String,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    url: String,
    headers: Vec<Header>,
    #[serde(default)]
    cookies: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Response {
    status: i64,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

/// Browsers add these by themselves, after they have looked which headers need permission.
const ADDED_BY_BROWSERS: [&str; 8] = [
    "cache-control",
    "if-modified-since",
    "if-none-match",
    "pragma",
    "priority",
    "purpose",
    "upgrade-insecure-requests",
    "user-agent",
];

/// Reads the requests by scripts, except preflights, or only those to one host.
pub(super) fn read(path: &Path, host: Option<&str>) -> io::Result<Vec<ScriptRequest>> {
    let archive: Archive = serde_json::from_reader(BufReader::new(File::open(path)?))?;
    let requests = archive.log.entries.iter().filter_map(|entry| entry.script_request(host));
    Ok(requests.collect())
}

impl Entry {
    fn script_request(&self, wanted_host: Option<&str>) -> Option<ScriptRequest> {
        let Request { method, url, headers, cookies } = &self.request;
        let is_preflight =
            method == "OPTIONS" && self.request.header("access-control-request-method").is_some();
        let host = host_of(url)?;
        if is_preflight || wanted_host.is_some_and(|wanted| wanted != host) {
            return None;
        }
        let origin = self.origin()?;
        let mut request = BrowserRequest::new(&*origin)
            .method(method.as_str())
            .host(host)
            .credentials(!cookies.is_empty() || self.request.header("cookie").is_some());
        for Header { name, value } in headers {
            let name = name.to_ascii_lowercase();
            // Names of HTTP/2 such as `:path` are no headers.
            if !name.starts_with(':') && !ADDED_BY_BROWSERS.contains(&&*name) {
                request = request.header(name, value.as_str());
            }
        }
        Some(ScriptRequest {
            title: in_one_line(&format!("{method} {url} by {origin}")),
            has_no_response: self.response.status <= 0 && !url.starts_with(&format!("{origin}/")),
            origin,
            request,
        })
    }

    /// The origin of the page. A request that was never sent has no `Origin` in Chromium, but it has a `Referer`.
    fn origin(&self) -> Option<String> {
        if let Some(origin) = self.request.header("origin") {
            return Some(origin.into());
        }
        let is_by_script = matches!(self.resource_type.as_str(), "fetch" | "xhr");
        let page = self.request.header("referer").filter(|_| is_by_script)?;
        let (scheme, _) = page.split_once("://")?;
        let origin = format!("{scheme}://{}", host_of(page)?);
        Origin::parse(origin.as_bytes()).is_some().then_some(origin)
    }
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
        Some(&header.value)
    }
}

/// The host and port of a URL as browsers write it.
fn host_of(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    host.rsplit('@').next()
}
