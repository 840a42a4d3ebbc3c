use std::time::Duration;

use cors_core::{Deployment, Policy, PolicyHandle};
use http::{HeaderName, HeaderValue, Method};

use super::{Middleware, apart};

/// A request, and the policy it meets.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) allows: Allows,
}

/// What the policy allows: one of these, and credentials.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Allows {
    /// So many listed origins, of which requests use the last.
    Origins(usize),
    /// The subdomains of one host.
    Subdomains,
    /// A part of the first label before one domain, with so many pairs of lengths.
    Labels(usize),
    /// Any method and header, which are mirrored, from the first of three origins.
    AnyMethodAndHeader,
}

pub(super) const ALLOWED: &str = "https://app.example.com";
const REFUSED: &str = "https://other.example.org";
const SUBDOMAINS: &str = "https://*.example.com";
/// Matches [`ALLOWED`], and [`LONG`].
const LABEL: &str = "https://*p.example.com";
/// Long enough for every one of eight patterns to be looked up.
const LONG: &str = "https://preview-of-the-app.example.com";
pub(super) const SUBDOMAINS_REGEX: &str = r"^https://.+\.example\.com$";
pub(super) const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];
pub(super) const HEADERS: [&str; 3] = ["authorization", "content-type", "x-csrf-token"];
pub(super) const EXPOSED: &str = "x-request-id";
/// Headers that every client sends, whatever the request.
const SENT_BY_ALL: [(&str, &str); 3] =
    [("host", "api.example.com"), ("user-agent", "Mozilla/5.0"), ("accept", "*/*")];
/// In seconds.
pub(super) const MAX_AGE: u16 = 600;

/// The last scenarios, which compare no peers.
pub(crate) const ONLY_OURS: [&str; 3] = ["get_label", "get_label_of_8", "preflight_400_kb_list"];

pub(crate) fn scenarios() -> Vec<Scenario> {
    let origin = ("origin", ALLOWED);
    let other = ("origin", REFUSED);
    let put = ("access-control-request-method", "PUT");
    let asks = |names| ("access-control-request-headers", names);
    let listed = "authorization,content-type";
    let long_list: &str = "x-a,".repeat(100_000).leak();
    let of = Allows::Origins;
    [
        ("get_without_origin", "GET", of(3), vec![]),
        ("get_allowed", "GET", of(3), vec![origin]),
        ("get_refused", "GET", of(3), vec![other]),
        ("get_allowed_of_1000", "GET", of(1000), vec![origin]),
        ("get_allowed_of_one", "GET", of(1), vec![origin]),
        ("get_without_origin_of_one", "GET", of(1), vec![]),
        ("get_subdomain", "GET", Allows::Subdomains, vec![origin]),
        ("preflight_allowed", "OPTIONS", of(3), vec![origin, put, asks(listed)]),
        ("preflight_allowed_of_1000", "OPTIONS", of(1000), vec![origin, put, asks(listed)]),
        ("preflight_refused", "OPTIONS", of(3), vec![other, put]),
        ("preflight_refused_header", "OPTIONS", of(3), vec![origin, put, asks("x-other")]),
        (
            "preflight_mirrored",
            "OPTIONS",
            Allows::AnyMethodAndHeader,
            vec![origin, put, asks(listed)],
        ),
        (
            "preflight_mirrored_anew",
            "OPTIONS",
            Allows::AnyMethodAndHeader,
            vec![origin, put, asks("Authorization, Content-Type")],
        ),
        ("get_label", "GET", Allows::Labels(1), vec![origin]),
        ("get_label_of_8", "GET", Allows::Labels(8), vec![("origin", LONG)]),
        ("preflight_400_kb_list", "OPTIONS", of(3), vec![origin, put, asks(long_list)]),
    ]
    .map(|(name, method, allows, headers)| Scenario {
        name,
        method,
        headers: [SENT_BY_ALL.to_vec(), headers].concat(),
        allows,
    })
    .into()
}

/// A GET from the last of so many origins.
pub(crate) fn with_origins(count: usize) -> Scenario {
    Scenario {
        name: "get_allowed_of_many",
        method: "GET",
        headers: [&SENT_BY_ALL[..], &[("origin", ALLOWED)]].concat(),
        allows: Allows::Origins(count),
    }
}

impl Scenario {
    pub(super) fn origins(&self) -> Vec<String> {
        let count = match self.allows {
            Allows::Origins(count) => count,
            Allows::Subdomains => return vec![SUBDOMAINS.into()],
            Allows::Labels(count) => {
                let others = (1..count).map(|n| format!("https://{}*.example.com", "x".repeat(n)));
                return others.chain([LABEL.to_owned()]).collect();
            }
            Allows::AnyMethodAndHeader => 3,
        };
        let others = (1..count).map(|index| format!("https://tenant-{index}.example.com"));
        others.chain([ALLOWED.to_owned()]).collect()
    }

    pub(super) fn mirrors(&self) -> bool {
        self.allows == Allows::AnyMethodAndHeader
    }

    /// What our middleware is made of.
    pub(super) fn deployment(&self, middleware: Middleware) -> Deployment {
        let policy = apart(|| self.policy());
        if middleware == Middleware::Handle {
            (&PolicyHandle::new(policy)).into()
        } else {
            policy.into()
        }
    }

    fn policy(&self) -> Policy {
        let policy = Policy::builder()
            .allow_origins(self.origins())
            .allow_credentials(true)
            .expose_headers([EXPOSED])
            .max_age(Duration::from_secs(MAX_AGE.into()));
        let policy = if self.mirrors() {
            policy.allow_methods(["*"]).allow_headers(["*"])
        } else {
            policy.allow_methods(METHODS).allow_headers(HEADERS)
        };
        policy.build().expect("the policy is valid")
    }

    /// What makes the request any number of times.
    pub(super) fn requests<B: Default>(&self) -> impl Fn() -> http::Request<B> {
        let method: Method = self.method.parse().expect("a method");
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let headers: Vec<_> = headers.collect();
        move || {
            let mut request = http::Request::new(B::default());
            *request.method_mut() = method.clone();
            request.headers_mut().extend(headers.iter().cloned());
            request
        }
    }
}

/// Whether an origin is one of [`Allows::Subdomains`], as the peers have no such patterns.
pub(super) fn is_subdomain(origin: &[u8]) -> bool {
    let host = origin.strip_prefix(b"https://").and_then(|host| host.strip_suffix(b".example.com"));
    host.is_some_and(|labels| !labels.is_empty())
}
