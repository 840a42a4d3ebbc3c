//! Faults as data; `tests/data/probe_faults.toml` says what they mean.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use cors_core::{Policy, PolicyConfig};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Faults {
    pub(crate) policies: BTreeMap<String, PolicyConfig>,
    pub(crate) fault: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    pub(crate) name: String,
    #[serde(default = "main_policy")]
    pub(crate) policy: String,
    pub(crate) finds: String,
    /// What is found without the policy.
    pub(crate) audited: Option<String>,
    /// The policy that is served instead of the right one.
    pub(crate) serves: Option<PolicyConfig>,
    #[serde(default)]
    pub(crate) edits: Vec<Edit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edit {
    #[serde(default)]
    on: Vec<Kind>,
    from: Option<Sender>,
    path: Option<String>,
    method: Option<String>,
    /// The method that a preflight asks for.
    asks: Option<String>,
    /// A header line that the request has.
    header: Option<String>,
    #[serde(default)]
    origin: OriginTest,
    pub(crate) seen_as: Option<String>,
    #[serde(default)]
    pub(crate) bypass: bool,
    #[serde(default)]
    pub(crate) answers: bool,
    status: Option<u16>,
    #[serde(default)]
    remove: Vec<String>,
    #[serde(default)]
    set: Vec<(String, String)>,
    #[serde(default)]
    add: Vec<(String, String)>,
    replace: Option<(String, String, String)>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OriginTest {
    equals: Option<String>,
    starts: Option<String>,
    ends: Option<String>,
    contains: Option<String>,
}

#[derive(Clone, Copy, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Preflight,
    Options,
    Request,
}

#[derive(Clone, Copy, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Sender {
    Allowed,
    Other,
    None,
}

fn main_policy() -> String {
    "main".into()
}

impl Fault {
    pub(crate) fn none() -> Self {
        let (name, policy, finds) = Default::default();
        Self { name, policy, finds, audited: None, serves: None, edits: Vec::new() }
    }
}

/// What a fault looks at in a request.
#[derive(Clone)]
pub(crate) struct Seen {
    kind: Kind,
    sender: Sender,
    path: String,
    method: Method,
    headers: HeaderMap,
}

impl Seen {
    pub(crate) fn of<B>(request: &Request<B>, policy: &Policy) -> Self {
        let headers = request.headers().clone();
        let kind = match headers.contains_key("access-control-request-method") {
            _ if request.method() != Method::OPTIONS => Kind::Request,
            true => Kind::Preflight,
            false => Kind::Options,
        };
        let sender = match headers.get("origin") {
            None => Sender::None,
            Some(origin) if policy.allows_origin(origin) => Sender::Allowed,
            Some(_) => Sender::Other,
        };
        let path = request.uri().path().to_owned();
        Self { kind, sender, path, method: request.method().clone(), headers }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Edit {
    pub(crate) fn applies(&self, seen: &Seen) -> bool {
        let is =
            |wanted: &Option<String>, got: &str| wanted.as_ref().is_none_or(|wanted| wanted == got);
        let has = |line: &String| {
            let (name, value) = line.split_once(": ").unwrap();
            seen.header(name) == value
        };
        (self.on.is_empty() || self.on.contains(&seen.kind))
            && self.from.is_none_or(|from| from == seen.sender)
            && is(&self.path, &seen.path)
            && is(&self.method, seen.method.as_str())
            && is(&self.asks, seen.header("access-control-request-method"))
            && self.header.iter().all(has)
            && self.origin.matches(seen.header("origin"))
    }

    pub(crate) fn change<B>(&self, seen: &Seen, response: &mut Response<B>) {
        if let Some(status) = self.status {
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
        }
        let value = |template: &str| {
            let value = template
                .replace("{origin}", seen.header("origin"))
                .replace("{method}", seen.header("access-control-request-method"))
                .replace("{headers}", seen.header("access-control-request-headers"));
            HeaderValue::try_from(value).unwrap()
        };
        let name = |name: &str| HeaderName::try_from(name).unwrap();
        let headers = response.headers_mut();
        for field in &self.remove {
            headers.remove(name(field));
        }
        for (field, template) in &self.set {
            headers.insert(name(field), value(template));
        }
        for (field, template) in &self.add {
            headers.append(name(field), value(template));
        }
        if let Some((field, from, to)) = &self.replace
            && let Some(found) = headers.get_mut(name(field))
        {
            *found = HeaderValue::try_from(found.to_str().unwrap().replace(from, to)).unwrap();
        }
    }
}

impl OriginTest {
    fn matches(&self, origin: &str) -> bool {
        let is = |wanted: &Option<String>, test: &dyn Fn(&str) -> bool| {
            wanted.as_deref().is_none_or(test)
        };
        is(&self.equals, &|wanted| origin == wanted)
            && is(&self.starts, &|wanted| origin.starts_with(wanted))
            && is(&self.ends, &|wanted| origin.ends_with(wanted))
            && is(&self.contains, &|wanted| origin.contains(wanted))
    }
}
