use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use cors_core::adapter::{CompiledPolicy, Decision, RequestParts};
use cors_core::{Policy, PolicyBuilder};
use http::{HeaderMap, HeaderName, HeaderValue};
use libtest_mimic::Failed;
use tests::{Adapter, Connection, Head, HeaderLines, Mount, PATH, Route, listen, serve};

use crate::cases::{Group, Hostile};

/// A framework's server, with the same application under several policies.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) adapter: &'static dyn Adapter,
    pub(crate) address: SocketAddr,
    pub(crate) policies: Arc<[(&'static str, CompiledPolicy<HeaderValue>)]>,
}

fn policies() -> [(&'static str, PolicyBuilder); 4] {
    let credentials = Policy::builder()
        .allow_origins(["https://app.example", "https://*.example.com", "http://localhost:*"])
        .allow_origins(["http://[::1]:3000"])
        .allow_credentials(true);
    let listed = credentials
        .clone()
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["content-type", "x-a", "x-b"])
        .expose_headers(["etag"]);
    let mirrored = credentials.allow_methods(["*"]).allow_headers(["*"]);
    let any = Policy::any_origin().allow_methods(["*"]).allow_headers(["*"]);
    let sole = Policy::builder().allow_origins(["https://app.example"]).allow_methods(["PUT"]);
    [("/listed", listed), ("/mirrored", mirrored), ("/any", any), ("/sole", sole)]
}

impl Server {
    pub(crate) fn start(adapter: &'static dyn Adapter) -> io::Result<Self> {
        let mut mounts = Vec::new();
        let mut compiled = Vec::new();
        for (prefix, policy) in policies() {
            let policy = policy.build().map_err(io::Error::other)?;
            compiled.push((prefix, policy.compile()));
            let deployment = policy.into();
            let prefix = prefix.into();
            mounts.push(Mount {
                prefix,
                deployment,
                asked: None,
                twice: false,
                routes: vec![Route::replying(PATH)],
            });
        }
        let listener = listen()?;
        let address = listener.local_addr()?;
        serve(adapter, listener, mounts);
        Ok(Self { adapter, address, policies: compiled.into() })
    }

    /// Sends all cases of a group, one after the other, over as few connections as HTTP allows.
    pub(crate) fn run(&self, group: &Group) -> Result<(), Failed> {
        let mut problems = Vec::new();
        for (prefix, policy) in &*self.policies {
            let mut connection = Connection::open(self.address)?;
            for case in &group.cases {
                let request = self.bytes_of(prefix, case);
                let expected = self.expected(policy, case, request.len());
                let got = connection.send(&request);
                let is_right = match (&got, &expected) {
                    (Ok(head), expected) => summary(head) == expected.summary(),
                    // The server stops reading, and its answer may be lost.
                    (Err(_), Expected::TooLarge) => true,
                    (Err(_), _) => false,
                };
                if !is_right {
                    let name = &case.name;
                    problems.push(format!("{prefix} {name}: got {got:?}, expected {expected:?}"));
                }
                if got.is_err() || !matches!(expected, Expected::Answer(..)) {
                    connection = Connection::open(self.address)?;
                }
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
    }

    fn bytes_of(&self, prefix: &str, case: &Hostile) -> Vec<u8> {
        let start =
            format!("{} {prefix}{PATH} HTTP/1.1\r\nHost: {}\r\n", case.method, self.address);
        let mut bytes = start.into_bytes();
        for (name, value) in &case.lines {
            bytes.extend(name.bytes().chain(*b": ").chain(value.iter().copied()).chain(*b"\r\n"));
        }
        bytes.extend(b"\r\n");
        bytes
    }

    /// What has to come of a request of so many bytes.
    fn expected(
        &self,
        policy: &CompiledPolicy<HeaderValue>,
        case: &Hostile,
        bytes: usize,
    ) -> Expected {
        let limits = self.adapter.limits();
        if bytes > limits.bytes {
            return Expected::TooLarge;
        }
        let Some(request) = header_map(case) else {
            return Expected::Invalid;
        };
        // `Host` is one more.
        if request.len() + 1 > limits.lines {
            return Expected::TooManyLines;
        }
        decided(policy, case.method, &self.adapter.limits().kept(request))
    }
}

/// What has to come of a request.
#[derive(Debug)]
pub(crate) enum Expected {
    /// What the core decides.
    Answer(u16, HeaderLines),
    /// HTTP does not allow it.
    Invalid,
    TooManyLines,
    TooLarge,
}

impl Expected {
    pub(crate) fn summary(&self) -> (u16, HeaderLines) {
        match self {
            Self::Answer(status, lines) => (*status, lines.clone()),
            Self::Invalid => (400, Vec::new()),
            Self::TooManyLines | Self::TooLarge => (431, Vec::new()),
        }
    }
}

/// What the core decides.
pub(crate) fn decided(
    policy: &CompiledPolicy<HeaderValue>,
    method: &str,
    request: &HeaderMap,
) -> Expected {
    let mut headers = HeaderMap::new();
    let decision = policy.decide(&RequestParts::new(method, request));
    decision.headers().apply(&mut headers);
    let status = match decision {
        Decision::Forward(_) => 200,
        Decision::Respond { status, .. } => status,
        Decision::Ask(question) => unreachable!("{question:?}"),
    };
    Expected::Answer(status, tests::header_lines(&headers))
}

/// The header lines that HTTP makes of a case, injected ones included; `None` if it is malformed.
/// A line feed alone ends a line too
/// ([RFC 9112, section 2.2](https://httpwg.org/specs/rfc9112.html#message.parsing)).
pub(crate) fn header_map(case: &Hostile) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in &case.lines {
        let line = [name.as_bytes(), b":", value.as_slice(), b"\r"].concat();
        for line in line.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                // The end of the head: nothing but an empty line follows in any case.
                continue;
            }
            let colon = line.iter().position(|byte| *byte == b':')?;
            let (name, value) = line.split_at_checked(colon)?;
            let value = value.strip_prefix(b":")?;
            let name = HeaderName::from_bytes(name).ok()?;
            headers.append(name, HeaderValue::from_bytes(value).ok().map(trimmed)?);
        }
    }
    Some(headers)
}

/// Without the spaces and tabs around it, which are no part of a value.
fn trimmed(value: HeaderValue) -> HeaderValue {
    let text = value.as_bytes().trim_ascii();
    HeaderValue::from_bytes(text).unwrap_or(value)
}

/// The status, and the headers that a policy decides on.
pub(crate) fn summary(head: &Head) -> (u16, HeaderLines) {
    let is_decided = |name: &str| {
        matches!(name, "vary" | "cache-control") || name.starts_with("access-control-")
    };
    let mut lines = head.headers.clone();
    lines.retain(|(name, _)| is_decided(name));
    lines.sort();
    (head.status, lines)
}
