//! What browsers make of the answers of a gateway: the same as of the policy itself.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;

use cors_core::explain::BrowserRequest;
use cors_core::{Origin, Policy, PolicyConfig};
use libtest_mimic::{Failed, Trial};
use tests::oracle::{Browser, Credentials, FetchRequest, HttpRequest, HttpResponse, Outcome, Page};
use tests::{Connection, latin1_bytes};

use crate::running::Gateways;

/// What scripts ask for: method, headers, and whether they watch their upload.
const SCRIPTS: [(&str, &[&str], bool); 15] = [
    ("GET", &[], false),
    ("POST", &[], true),
    ("PUT", &[], false),
    ("PUT", &[], true),
    ("PATCH", &[], false),
    ("PROPFIND", &[], false),
    ("PURGE", &["x-csrf-token"], false),
    ("GET", &["content-type"], false),
    ("GET", &["authorization"], false),
    ("GET", &["x-unlisted"], false),
    ("POST", &["x-api-key", "content-type"], false),
    ("DELETE", &["x-requested-with", "content-type"], false),
    ("PUT", &["authorization", "content-type"], false),
    ("PUT", &["x-foo", "x-bar"], true),
    ("GET", &["x!#$%&'*+-.^_`|~z"], false),
];

/// The response headers that the application sends.
const READ: [&str; 4] = ["x-request-id", "etag", "x-secret", "x-handler"];

pub(crate) fn trials(gateways: &Arc<Gateways>) -> Vec<Trial> {
    let names: Vec<_> = gateways.sites.sites.keys().cloned().collect();
    let alike = names.iter().filter(|name| name.ends_with(" alone") || name.ends_with(" twice"));
    let alike = alike.flat_map(|site| {
        let title = format!("verdicts::{}", site.replace(' ', "_"));
        let site = site.clone();
        gateways.trials(&title, move |gateways, index, _| compare(gateways, index, &site))
    });
    let down = names.iter().filter(|name| name.ends_with(" down")).flat_map(|site| {
        let title = format!("errors::{}", site.replace(' ', "_"));
        let site = site.clone();
        gateways.trials(&title, move |gateways, index, _| own_error(gateways, index, &site))
    });
    alike.chain(down).collect()
}

/// A gateway answers what the policy answers, whether the application has the middleware or not.
fn compare(gateways: &Gateways, index: usize, site: &str) -> Result<(), Failed> {
    let running = gateways.get(index)?;
    let policy = &gateways.sites.sites.get(site).ok_or("there is no such site")?.policy;
    let address = running.address(site).ok_or("the gateway does not express the policy")?;
    let name = site.split(' ').next().unwrap_or_default();
    let server = Server { address, open: RefCell::default(), known: RefCell::default() };
    let mut compared = 0;
    for origin in origins(&policy.to_config()) {
        for (at, (method, headers, upload)) in SCRIPTS.into_iter().enumerate() {
            for credentials in [false, true] {
                let paths: &[_] = if at == 0 { &["x", "own", "error"] } else { &["own"] };
                for path in paths {
                    let request = BrowserRequest::new(&*origin)
                        .method(method)
                        .credentials(credentials)
                        .upload(upload);
                    let request = headers
                        .iter()
                        .fold(request, |request, name| request.header(*name, "application/x"));
                    let url = format!("http://{address}/{name}/{path}");
                    let fetch = fetch(&origin, method, headers, upload, credentials, &url)?;
                    compare_one(policy, &request, &fetch, &server)
                        .map_err(|problem| format!("{problem}\n{request:?} {url}"))?;
                    compared += 1;
                }
            }
        }
    }
    if compared < 60 {
        return Err(format!("only {compared} requests were compared").into());
    }
    Ok(())
}

fn compare_one(
    policy: &Policy,
    request: &BrowserRequest,
    fetch: &FetchRequest,
    server: &Server,
) -> Result<(), String> {
    let simulation = policy.simulate(request);
    let error = RefCell::new(None);
    let verdict = Browser::default().fetch(fetch, &mut |request: &HttpRequest| {
        server.send(request).unwrap_or_else(|problem| {
            error.replace(Some(problem));
            HttpResponse { status: 500, headers: Default::default() }
        })
    });
    if let Some(problem) = error.into_inner() {
        return Err(problem);
    }
    if verdict.is_readable() != simulation.is_allowed() {
        let expected = simulation.access();
        return Err(format!("got {verdict:?}\nexpected {expected}"));
    }
    if let Outcome::Response { headers, .. } = &verdict.outcome {
        for name in READ {
            if headers.contains(name) != simulation.can_read(name) {
                return Err(format!("{name} is readable: {}", headers.contains(name)));
            }
        }
    }
    Ok(())
}

fn fetch(
    origin: &str,
    method: &str,
    headers: &[&str],
    upload: bool,
    credentials: bool,
    url: &str,
) -> Result<FetchRequest, Failed> {
    let page = match origin {
        "null" => Page::Opaque,
        origin => Page::Tuple(origin.into()),
    };
    let mut fetch = FetchRequest::new(page, url.parse()?);
    fetch.method = method.into();
    fetch.credentials = if credentials { Credentials::Include } else { Credentials::Omit };
    fetch.upload_listener = upload;
    for name in headers {
        fetch.headers.append(*name, "application/x");
    }
    Ok(fetch)
}

/// Origins that the policy lists, and those that nearly look so.
fn origins(config: &PolicyConfig) -> BTreeSet<String> {
    let mut origins = BTreeSet::from(["null".into(), "https://evil.example".into()]);
    let patterns = config.rules.iter().flat_map(|rule| &rule.allow_origins);
    // A few of a long list, those with wildcards among them.
    let (wild, exact): (Vec<_>, Vec<_>) = patterns.partition(|pattern| pattern.contains('*'));
    for pattern in wild.into_iter().chain(exact.into_iter().take(4)) {
        let pattern = if pattern == "*" { "https://app.example" } else { pattern };
        let Some((scheme, authority)) = pattern.split_once("://") else { continue };
        let with = |label: &str| {
            let (authority, port) = match authority.strip_suffix(":*") {
                Some(host) => (host, ":*"),
                None => (authority, ""),
            };
            format!("{}{port}", authority.replace('*', label))
        };
        for host in [with("a"), with("b.a"), with("c_d"), with("E")] {
            let member = format!("{scheme}://{}", host.replace(":*", ""));
            let with_port = format!("{scheme}://{}", host.replace(":*", ":8081"));
            let dot = member.rfind('.').unwrap_or(member.len() - 1);
            let (start, end) = member.split_at(dot);
            origins.extend([
                format!("{member}.evil.example"),
                format!("{scheme}://evil{host}").replace(":*", ""),
                format!("{scheme}://{}", host.replacen('.', "", 1).replace(":*", "")),
                format!("{start}x{}", end.trim_start_matches('.')),
                format!("{member}:8443"),
                format!("{member}:99"),
                format!("{member}."),
                format!("{scheme}x://{}", host.replace(":*", "")),
                member.replacen(scheme, if scheme == "https" { "http" } else { "https" }, 1),
                with_port,
                member,
            ]);
        }
    }
    // Only what a page can have.
    origins.retain(|origin| origin == "null" || Origin::parse(origin).is_some());
    origins
}

/// A gateway's site, over one connection. Equal requests are sent once.
struct Server {
    address: SocketAddr,
    open: RefCell<Option<Connection>>,
    known: RefCell<HashMap<Vec<u8>, HttpResponse>>,
}

impl Server {
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, String> {
        let mut bytes = request.method.clone();
        bytes.extend(
            format!(" {} HTTP/1.1\r\nHost: {}\r\n", request.url.path(), self.address).bytes(),
        );
        for (name, value) in request.headers.iter() {
            bytes.extend([name, b": ", value, b"\r\n"].concat());
        }
        bytes.extend(b"Content-Length: 0\r\n\r\n");
        if let Some(response) = self.known.borrow().get(&bytes) {
            return Ok(response.clone());
        }
        let mut open = self.open.borrow_mut();
        let connection = match open.take() {
            Some(connection) => connection,
            None => Connection::open(self.address).map_err(|error| error.to_string())?,
        };
        let connection = open.insert(connection);
        let head = connection.send(&bytes).map_err(|error| error.to_string())?;
        let is_closed =
            head.headers.iter().any(|(name, value)| name == "connection" && value == "close");
        if is_closed {
            *open = None;
        }
        check_duplicates(&head.headers)?;
        let headers =
            head.headers.iter().map(|(name, value)| (latin1_bytes(name), latin1_bytes(value)));
        let mut list = tests::oracle::HeaderList::default();
        headers.for_each(|(name, value)| list.append(name, value));
        let response = HttpResponse { status: head.status, headers: list };
        self.known.borrow_mut().insert(bytes, response.clone());
        Ok(response)
    }
}

/// No CORS header has two lines, and no name is in `Vary` twice.
fn check_duplicates(headers: &tests::HeaderLines) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for (name, _) in headers.iter().filter(|(name, _)| name.starts_with("access-control-")) {
        if !seen.insert(name) {
            return Err(format!("{name} has two lines: {headers:?}"));
        }
    }
    Ok(())
}

/// A page of an allowed origin can read the gateway's own error, such as that no service answers.
fn own_error(gateways: &Gateways, index: usize, site: &str) -> Result<(), Failed> {
    let running = gateways.get(index)?;
    let policy = &gateways.sites.sites.get(site).ok_or("there is no such site")?.policy;
    let address = running.address(site).ok_or("the gateway does not express the policy")?;
    let server = Server { address, open: RefCell::default(), known: RefCell::default() };
    for origin in origins(&policy.to_config()).into_iter().take(6) {
        let url = format!("http://{address}/down");
        let request = BrowserRequest::new(&*origin);
        let fetch = fetch(&origin, "GET", &[], false, false, &url)?;
        let mut status = 0;
        let verdict = Browser::default().fetch(&fetch, &mut |request: &HttpRequest| {
            let response = server.send(request).expect("the gateway answers");
            status = response.status;
            response
        });
        if !matches!(status, 502 | 503)
            || verdict.is_readable() != policy.simulate(&request).is_allowed()
        {
            return Err(format!("{origin}: status {status}, {verdict:?}").into());
        }
    }
    Ok(())
}
