//! What is known of browsers, which the oracle is tested against, asked of browsers themselves.
//! There is no policy: most of these answers are ones that no policy gives.

use tests::oracle::{FetchRequest, Page, prepare, unsafe_request_header_names};
use tests::oracle_tables::{CorsCheck, Exposed, ExposedHeaders, PreflightCheck, Safelists};
use tests::{Behaviour, Head, HeaderLines, PATH, Request, latin1};

use crate::client::Client;
use crate::scenario::{Expectation, Outcome, RouteData, Scenario, Step, Unreadable, Via};

/// A scenario for each case.
pub(crate) fn scenarios() -> Vec<Scenario> {
    let exposed = ExposedHeaders::load();
    let safelists = Safelists::load();
    let mut scenarios: Vec<_> = CorsCheck::all().iter().map(check).collect();
    scenarios.extend(PreflightCheck::all().iter().map(check_preflight));
    scenarios.extend(exposed.case.iter().map(|case| expose(&exposed.response, case)));
    for (index, ((name, value), is_safe)) in safelists.lines().enumerate() {
        let title = if name == "*" { "star" } else { &name };
        let title = format!("safelist_{index}_{title}").replace('-', "_");
        scenarios.push(safelist(title, name, value, is_safe));
    }
    scenarios
}

fn check(case: &CorsCheck) -> Scenario {
    let client = match case.origin.as_str() {
        "null" => Client::SandboxedFrame,
        _ => Client::Page,
    };
    let result = if case.passes { Outcome::Status(case.response.status) } else { BLOCKED };
    let step = Step {
        client,
        credentials: case.credentials,
        ..step(request("GET", Vec::new()), result, vec!["GET".into()])
    };
    scenario(format!("cors_check_{}", case.name), here(&case.response), None, step)
}

fn check_preflight(case: &PreflightCheck) -> Scenario {
    let Request { method, headers, .. } = &case.request;
    let sends = |text: String| vec![format!("preflight {text}"), method.clone()];
    let mut sent = match names(&case.request).as_str() {
        "" => sends(method.clone()),
        names => sends(format!("{method} {names}")),
    };
    let result = match case.fails {
        Some(_) => {
            sent.pop();
            BLOCKED
        }
        None => Outcome::Status(200),
    };
    let step = Step {
        credentials: case.credentials,
        ..step(request(method, headers.clone()), result, sent)
    };
    let name = format!("preflight_check_{}", case.name);
    scenario(name, readable(200), Some(here(&case.response)), step)
}

fn expose(response: &Head, case: &Exposed) -> Scenario {
    let mut reply = readable(response.status);
    reply.headers.extend(response.headers.iter().cloned());
    let lines = case.expose.iter();
    let lines = lines.map(|line| ("access-control-expose-headers".to_owned(), line.clone()));
    reply.headers.extend(lines);

    let is_any = case.visible.iter().any(|name| name == "access-control-expose-headers");
    // What the server adds.
    let added: &[&str] =
        &["access-control-allow-credentials", "access-control-allow-origin", "date"];
    let added = if is_any { added } else { &[] };
    let visible = case.visible.iter().map(String::as_str).chain(added.iter().copied());
    let mut visible: Vec<_> =
        visible.filter(|name| !name.starts_with("content-")).map(str::to_owned).collect();
    visible.sort_unstable();
    let mut step = step(request("GET", Vec::new()), Outcome::Status(200), vec!["GET".into()]);
    step.credentials = case.credentials;
    step.expect.visible = visible;
    scenario(format!("exposed_headers_{}", case.name), reply, None, step)
}

/// A refused preflight shows what needs permission, and a request without one what does not.
fn safelist(title: String, name: String, value: String, is_safe: bool) -> Scenario {
    let (result, sent) = match is_safe {
        true => (Outcome::Status(200), "GET".to_owned()),
        false => (BLOCKED, format!("preflight GET {}", name.to_ascii_lowercase())),
    };
    let refusal = Head { status: 403, headers: Vec::new() };
    let step = step(request("GET", vec![(name, value)]), result, vec![sent]);
    scenario(title, readable(200), Some(refusal), step)
}

const BLOCKED: Outcome = Outcome::Unreadable(Unreadable::Blocked);

fn request(method: &str, headers: HeaderLines) -> Request {
    Request { method: method.into(), path: PATH.into(), headers }
}

fn step(request: Request, result: Outcome, sent: Vec<String>) -> Step {
    let expect = Expectation { result, sent, origins: None, visible: Vec::new() };
    Step::new(request, expect)
}

fn scenario(name: String, reply: Head, preflight: Option<Head>, step: Step) -> Scenario {
    let behaviour = Behaviour::Reply;
    let route = RouteData { path: PATH.into(), behaviour, reply, preflight, body: "ok".into() };
    Scenario {
        name,
        intention: String::new(),
        wpt: None,
        policy: None,
        via: vec![Via::Fetch],
        engines: None,
        http_cache: false,
        seconds: None,
        reached: None,
        route: vec![route],
        step: vec![step],
    }
}

/// A head that every page here can read.
fn readable(status: u16) -> Head {
    let headers =
        [("access-control-allow-origin", "{page}"), ("access-control-allow-credentials", "true")];
    let line = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    Head { status, headers: headers.into_iter().map(line).collect() }
}

/// A head that speaks of our page where the case speaks of its own.
fn here(head: &Head) -> Head {
    let fill = |value: &str| {
        value.replace("https://app.example", "{page}").replace("HTTPS://APP.EXAMPLE", "{PAGE}")
    };
    let line = |(name, value): &(String, String)| (name.clone(), fill(value));
    Head { status: head.status, headers: head.headers.iter().map(line).collect() }
}

/// The headers that a preflight asks for.
fn names(request: &Request) -> String {
    let Ok(url) = request.path.parse() else { return String::new() };
    let mut fetch = FetchRequest::new(Page::Opaque, url);
    fetch.method = request.method.clone().into();
    fetch.headers =
        request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let Some(prepared) = prepare(&fetch, "en") else { return String::new() };
    latin1(&unsafe_request_header_names(&prepared.headers).join(&b","[..]))
}
