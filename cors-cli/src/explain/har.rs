//! The requests in an [HTTP archive](https://w3c.github.io/web-performance/specs/HAR/Overview.html), which the
//! network panels of browsers export.

use std::collections::{HashMap, hash_map};
use std::path::Path;
use std::{fs, io};

use cors_core::Origin;
use cors_core::explain::BrowserRequest;
use serde::Deserialize;

use crate::input::in_one_line;

/// A request that a script sent.
pub(super) struct ScriptRequest {
    /// Its method, URL and page.
    pub(super) title: String,
    pub(super) origin: String,
    /// How many such requests there are.
    pub(super) count: usize,
    pub(super) request: BrowserRequest,
    /// Whether the browser got no response from another origin, or kept it from the script.
    pub(super) has_no_response: bool,
}

/// What the verdict depends on.
#[derive(Eq, Hash, PartialEq)]
struct Key {
    title: String,
    credentials: bool,
    by_script: Vec<(String, String)>,
    has_no_response: bool,
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
const ADDED_BY_BROWSERS: [&str; 18] = [
    "cache-control",
    "device-memory",
    "downlink",
    "dpr",
    "ect",
    "if-modified-since",
    "if-none-match",
    "pragma",
    "priority",
    "purpose",
    "rtt",
    "save-data",
    "service-worker",
    "upgrade-insecure-requests",
    "user-agent",
    "viewport-width",
    "width",
    "x-client-data",
];

/// Reads the requests by scripts, except preflights, or only those to one host.
pub(super) fn read(path: &Path, host: Option<&str>) -> io::Result<Vec<ScriptRequest>> {
    let text = fs::read(path)?;
    // Some programs begin a file with a byte order mark.
    let archive: Archive =
        serde_json::from_slice(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text))?;
    let requests = archive.log.entries.iter().filter_map(|entry| entry.script_request(host));
    let mut different = Vec::new();
    let mut places = HashMap::new();
    for (request, key) in requests {
        match places.entry(key) {
            hash_map::Entry::Occupied(place) => {
                let first: Option<&mut ScriptRequest> = different.get_mut(*place.get());
                first.into_iter().for_each(|first| first.count += 1);
            }
            hash_map::Entry::Vacant(place) => {
                place.insert(different.len());
                different.push(request);
            }
        }
    }
    Ok(different)
}

impl Entry {
    /// Returns a request that CORS governs, and what makes it different from others.
    fn script_request(&self, wanted_host: Option<&str>) -> Option<(ScriptRequest, Key)> {
        let Request { method, url, headers, cookies } = &self.request;
        let is_preflight =
            method == "OPTIONS" && self.request.header("access-control-request-method").is_some();
        let is_governed = !is_preflight
            && (url.starts_with("https://") || url.starts_with("http://"))
            && !matches!(self.resource_type.as_str(), "document" | "websocket");
        let host = host_of(url)?;
        if !is_governed || wanted_host.is_some_and(|wanted| wanted != host) {
            return None;
        }
        let origin = self.origin()?;
        let credentials = !cookies.is_empty() || self.request.header("cookie").is_some();
        let mut request = BrowserRequest::new(&*origin)
            .method(method.as_str())
            .host(host)
            .credentials(credentials);
        let is_event_source = self.request.header("accept") == Some("text/event-stream");
        let mut by_script: Vec<_> = headers
            .iter()
            .map(|Header { name, value }| (name.to_ascii_lowercase(), value.clone()))
            // Names of HTTP/2 such as `:path` are no headers.
            .filter(|(name, _)| !name.starts_with(':') && !ADDED_BY_BROWSERS.contains(&&**name))
            .filter(|(name, _)| !(is_event_source && name == "last-event-id"))
            .collect();
        by_script.sort_unstable();
        for (name, value) in &by_script {
            request = request.header(name, value.as_str());
        }
        let has_no_response = self.response.status <= 0 && !url.starts_with(&format!("{origin}/"));
        let title = in_one_line(&format!("{method} {url} by {origin}"));
        let key = Key { title: title.clone(), credentials, by_script, has_no_response };
        Some((ScriptRequest { title, origin, count: 1, request, has_no_response }, key))
    }

    /// The origin of the page. A request that was never sent has no `Origin` in Chromium, but it has a `Referer`.
    fn origin(&self) -> Option<String> {
        if let Some(origin) = self.request.header("origin") {
            let is_origin = origin == "null" || Origin::parse(origin.as_bytes()).is_some();
            return is_origin.then(|| origin.into());
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
