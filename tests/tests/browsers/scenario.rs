//! What pages do, and what a policy means them to get, as data in `data/browsers/`.

use std::collections::BTreeMap;

use cors_core::PolicyConfig;
use serde::Deserialize;
use tests::oracle::{Credentials, Mode};
use tests::{Behaviour, Head, Request};

use crate::client::Client;

/// Requests by pages to one application.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// Part of the test's name.
    pub(crate) name: String,
    /// What the policy means.
    #[serde(default)]
    pub(crate) intention: String,
    /// The file among the web-platform tests that asks the same.
    #[serde(default)]
    pub(crate) wpt: Option<String>,
    /// Without one, the application answers preflights itself.
    #[serde(default)]
    pub(crate) policy: Option<PolicyConfig>,
    /// How scripts make the requests.
    #[serde(default = "Via::both")]
    pub(crate) via: Vec<Via>,
    /// Which engines play it, if not all do.
    #[serde(default)]
    pub(crate) engines: Option<Vec<String>>,
    /// Whether it is about the cache of responses, which the oracle does not have.
    #[serde(default)]
    pub(crate) http_cache: bool,
    /// For how long browsers remember what it is about. A trial that takes longer is made again.
    #[serde(default)]
    pub(crate) seconds: Option<u64>,
    /// Whether any handler runs, where that is not plain from what the scripts see.
    #[serde(default)]
    pub(crate) reached: Option<bool>,
    /// What the application answers; `/resource` unless given.
    #[serde(default = "RouteData::only")]
    pub(crate) route: Vec<RouteData>,
    pub(crate) step: Vec<Step>,
}

/// How a script makes a request.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Via {
    /// `fetch`.
    Fetch,
    /// `XMLHttpRequest`.
    Xhr,
    /// `WebSocket`.
    Socket,
    /// `fetch`, reading the body as it arrives.
    Stream,
}

/// A path of the application.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RouteData {
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) behaviour: Behaviour,
    pub(crate) reply: Head,
    /// What it answers to preflights.
    #[serde(default)]
    pub(crate) preflight: Option<Head>,
    #[serde(default = "RouteData::body")]
    pub(crate) body: String,
}

/// One request by a script.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// Who makes it.
    #[serde(default)]
    pub(crate) client: Client,
    /// Whether to 127.0.0.1, which is another host than `localhost`.
    #[serde(default)]
    pub(crate) to_address: bool,
    pub(crate) request: Request,
    #[serde(default)]
    pub(crate) body: Option<String>,
    #[serde(default)]
    pub(crate) upload: Upload,
    #[serde(default)]
    pub(crate) credentials: Credentials,
    #[serde(default)]
    pub(crate) mode: Mode,
    /// What is right.
    pub(crate) expect: Expectation,
    /// What engines do otherwise than the standard says, by their names, or by `webkit_fetch` if
    /// it is only so in one way.
    #[serde(default)]
    pub(crate) differs: BTreeMap<String, Difference>,
    /// What the consoles of engines say, as far as their drivers let it be read.
    #[serde(default)]
    pub(crate) console: BTreeMap<String, String>,
}

/// How a body is sent.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Upload {
    /// At once.
    #[default]
    Plain,
    /// At once, with a listener for the progress, which `fetch` does not have.
    Watched,
    /// As a `ReadableStream`, which `XMLHttpRequest` does not have.
    Streamed,
}

/// What is to be seen of a request.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expectation {
    /// What the script gets.
    pub(crate) result: Outcome,
    /// What reaches the server: `preflight PUT x-a,x-b` for a method and the headers that it asks
    /// for, or the method, with `cookie` behind it if there is one, and `conditional` if there is
    /// an `If-None-Match`.
    pub(crate) sent: Vec<String>,
    /// The `Origin` of each; that of the page unless given.
    #[serde(default)]
    pub(crate) origins: Option<Vec<String>>,
    /// Which headers of the reply the script sees, apart from the safelisted ones.
    #[serde(default)]
    pub(crate) visible: Vec<String>,
}

/// What an engine does otherwise than the standard says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    /// Where it is known from.
    pub(crate) because: String,
    /// What is to be seen.
    pub(crate) expect: Expectation,
}

/// What a script gets.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(untagged)]
pub(crate) enum Outcome {
    /// A response that it can read, with this status.
    Status(u16),
    /// Nothing to read.
    Unreadable(Unreadable),
}

/// Why a script reads nothing.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unreadable {
    /// An error without details.
    Blocked,
    /// A response without contents.
    Opaque,
}

impl Step {
    /// A request by a page.
    pub(crate) fn new(request: Request, expect: Expectation) -> Self {
        Self {
            client: Client::default(),
            to_address: false,
            request,
            body: None,
            upload: Upload::default(),
            credentials: Credentials::default(),
            mode: Mode::default(),
            expect,
            differs: BTreeMap::new(),
            console: BTreeMap::new(),
        }
    }

    /// What an engine is known to do otherwise than the standard says.
    pub(crate) fn difference(&self, engine: &str, via: Via) -> Option<&Difference> {
        let in_one_way = || self.differs.get(&format!("{engine}_{}", via.name()));
        self.differs.get(engine).or_else(in_one_way)
    }
}

impl Via {
    fn both() -> Vec<Self> {
        vec![Self::Fetch, Self::Xhr]
    }

    /// As in tests' names.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fetch => "fetch",
            Self::Xhr => "xhr",
            Self::Socket => "socket",
            Self::Stream => "stream",
        }
    }
}

impl RouteData {
    /// Whether its responses have its body.
    pub(crate) fn has_body(&self) -> bool {
        matches!(self.behaviour, Behaviour::Reply | Behaviour::Stream)
            && !matches!(self.reply.status, 204 | 205 | 304)
    }

    fn only() -> Vec<Self> {
        let header = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let headers = [
            // What browsers keep is asked where it matters.
            ("cache-control", "no-store"),
            ("content-type", "text/plain"),
            ("etag", "\"v1\""),
            ("x-request-id", "r-1"),
            ("x-secret", "s"),
        ];
        vec![Self {
            path: tests::PATH.into(),
            behaviour: Behaviour::Reply,
            preflight: None,
            reply: Head { status: 200, headers: headers.into_iter().map(header).collect() },
            body: Self::body(),
        }]
    }

    fn body() -> String {
        "handler".into()
    }
}
