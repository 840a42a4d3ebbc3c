//! What was seen of a request, and whether it is right.

use serde::Deserialize;
use tests::HeaderLines;

use crate::client::OWN_PAGE;
use crate::relay::Recorded;
use crate::scenario::{Expectation, Outcome, RouteData, Unreadable};

/// What a script sees.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Seen {
    Response(Response),
    Blocked {
        /// The kind of error.
        blocked: String,
        /// Whether the listener of the upload was told of its end.
        #[serde(default)]
        uploaded: bool,
    },
}

/// What a script sees of a response.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Response {
    /// The standard's response type.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderLines,
    pub(crate) body: String,
    /// Whether the listener of the upload was told of its end.
    #[serde(default)]
    pub(crate) uploaded: bool,
}

/// Everything that is observed of a request.
#[derive(Clone, Debug)]
pub(crate) struct Observation {
    pub(crate) seen: Seen,
    pub(crate) sent: Vec<Recorded>,
}

impl Observation {
    /// In terms of what is expected.
    pub(crate) fn summary(&self, page_origin: &str, routes: &[RouteData]) -> Expectation {
        let origin = |request: &Recorded| request.header("origin").unwrap_or("none").to_owned();
        let origins: Vec<_> = self.sent.iter().map(origin).collect();
        let as_usual = origins.iter().all(|origin| origin == page_origin);
        Expectation {
            result: self.seen.outcome(),
            sent: self.sent.iter().map(describe).collect(),
            origins: if as_usual { None } else { Some(origins) },
            visible: self.seen.visible(routes),
        }
    }
}

impl Response {
    /// Whether the script may see its contents.
    pub(crate) fn is_readable(&self) -> bool {
        matches!(self.kind.as_str(), "basic" | "cors")
    }
}

impl Seen {
    /// Whether the listener of an upload was told of its end.
    pub(crate) fn uploaded(&self) -> bool {
        match self {
            Self::Response(response) => response.uploaded,
            Self::Blocked { uploaded, .. } => *uploaded,
        }
    }

    fn outcome(&self) -> Outcome {
        match self {
            Self::Response(response) if response.kind == "opaque" => {
                Outcome::Unreadable(Unreadable::Opaque)
            }
            Self::Response(response) => Outcome::Status(response.status),
            Self::Blocked { .. } => Outcome::Unreadable(Unreadable::Blocked),
        }
    }

    /// Names that are visible though not safelisted: among those that the handler set, because
    /// frameworks add headers of their own, and the one that all servers add.
    fn visible(&self, routes: &[RouteData]) -> Vec<String> {
        const ADDED: [&str; 2] = ["date", "access-control-expose-headers"];
        let Self::Response(response) = self else { return Vec::new() };
        let routes = routes.iter().filter(|route| route.path != OWN_PAGE);
        let set = routes.flat_map(|route| &route.reply.headers);
        let is_set = |name: &str| set.clone().any(|(set, _)| set == name);
        let names = response.headers.iter().map(|(name, _)| name.as_str());
        let mut names: Vec<_> = names
            .filter(|name| (is_set(name) || ADDED.contains(name)) && !SAFELISTED.contains(name))
            .map(str::to_owned)
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// [CORS-safelisted response-header names](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name).
const SAFELISTED: [&str; 7] = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
];

fn describe(request: &Recorded) -> String {
    let method = match request.header("access-control-request-method") {
        Some(method) if request.method == "OPTIONS" => format!("preflight {method}"),
        _ => request.method.clone(),
    };
    let names = request.header("access-control-request-headers").into_iter();
    let cookie = request.header("cookie").map(|_| "cookie");
    let conditional = request.header("if-none-match").map(|_| "conditional");
    let words = [method.as_str()].into_iter().chain(names).chain(cookie).chain(conditional);
    words.collect::<Vec<_>>().join(" ")
}
