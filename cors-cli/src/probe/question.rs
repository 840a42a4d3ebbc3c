//! What the service is asked, and what it answers.

use std::fmt;

use cors_core::explain::{BrowserRequest, Fetch, PreflightCache, RedirectMode, Verdict};

use crate::probe::page::Page;
use crate::probe::send::Received;

/// One thing to ask the service.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) url: String,
    pub(super) ask: Ask,
    /// Whether it is about the boundary of a pattern, and left out first if there are too many.
    pub(super) is_optional: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Ask {
    /// What a script asks for. Unless `is_whole`, nothing is sent after a preflight.
    Script { script: Script, is_whole: bool },
    /// A request that is sent as it is.
    Bare { method: &'static str, headers: Vec<(String, String)>, purpose: Purpose },
}

/// Why a request is sent as it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Purpose {
    /// By no page; what other responses are compared with.
    Baseline,
    /// `OPTIONS` without a requested method.
    PlainOptions,
    /// Whether the response depends on `Accept-Encoding`.
    Encoding,
    /// For a host that is not the service's.
    ForeignHost,
    /// By a page of the service itself.
    OwnPage,
}

/// A request of a script.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) page: Page,
    pub(super) method: String,
    pub(super) headers: Vec<String>,
    /// Whether the upload is watched, which takes a preflight.
    pub(super) upload: bool,
}

/// A question with the responses to its requests, in order.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) question: Question,
    pub(super) exchanges: Vec<Sent>,
}

/// A request and what came back.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) method: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) is_preflight: bool,
    pub(super) received: Received,
}

impl Sent {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let line = self.headers.iter().find(|(line, _)| line == name);
        line.map(|(_, value)| value.as_str())
    }
}

impl Answered {
    /// Whether a browser would go on, or give the script the response.
    pub(super) fn passes(&self, script: &Script, credentials: bool) -> bool {
        script.judge(&self.question.url, credentials, &self.exchanges).1
    }
}

impl Question {
    /// As many requests are sent at most.
    pub(super) fn requests(&self) -> usize {
        match &self.ask {
            Ask::Script { script, is_whole: true } if script.takes_preflight() => 2,
            _ => 1,
        }
    }

    /// What tells it from others: the requests that it sends.
    pub(super) fn key(&self) -> String {
        match &self.ask {
            Ask::Script { script, is_whole } => format!("{} {script:?} {is_whole}", self.url),
            Ask::Bare { method, headers, .. } => format!("{} {method} {headers:?}", self.url),
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.ask {
            Ask::Script { script, is_whole } => {
                if script.takes_preflight() && !is_whole {
                    f.write_str("preflight for ")?;
                }
                write!(f, "{} {}", script.method, self.url)?;
                if !script.headers.is_empty() {
                    write!(f, " with {}", script.headers.join(", "))?;
                }
                write!(f, " from {}", script.page.origin)
            }
            Ask::Bare { method, headers, .. } => {
                write!(f, "{method} {}", self.url)?;
                for (position, (name, value)) in headers.iter().enumerate() {
                    let before = if position == 0 { "with" } else { "and" };
                    write!(f, " {before} {name}: {value}")?;
                }
                Ok(())
            }
        }
    }
}

impl Script {
    pub(super) fn get(page: Page) -> Self {
        Self { page, method: "GET".into(), headers: Vec::new(), upload: false }
    }

    /// A request that takes a preflight whatever a policy lists.
    pub(super) fn upload(page: Page) -> Self {
        Self { page, method: "POST".into(), headers: Vec::new(), upload: true }
    }

    pub(super) fn method(mut self, method: &str) -> Self {
        self.method = method.into();
        self
    }

    pub(super) fn headers<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.headers = names.into_iter().map(Into::into).collect();
        self
    }

    pub(super) fn takes_preflight(&self) -> bool {
        self.upload
            || !self.headers.is_empty()
            || !["GET", "HEAD", "POST"].iter().any(|safe| self.method.eq_ignore_ascii_case(safe))
    }

    pub(super) fn request(&self, credentials: bool) -> BrowserRequest {
        let request = BrowserRequest::new(&self.page.origin)
            .method(&self.method)
            .credentials(credentials)
            .upload(self.upload)
            .redirect(RedirectMode::Manual);
        let with = |request: BrowserRequest, name: &String| {
            request.header(name.as_str(), unsafe_value(name))
        };
        self.headers.iter().fold(request, with)
    }

    /// What a browser makes of these responses, and whether it would go on, or give the script the
    /// response.
    pub(super) fn judge(&self, url: &str, credentials: bool, sent: &[Sent]) -> (Verdict, bool) {
        use cors_core::explain::Access;

        let mut cache = PreflightCache::default();
        let mut fetch = Fetch::new(&self.request(credentials), url, &mut cache);
        for Sent { received, .. } in sent {
            let lines = received.headers.iter().map(|(name, value)| (name.as_str(), value.clone()));
            fetch.receive(received.status, lines, &mut cache);
        }
        let goes_on = fetch.next_request().is_some();
        let verdict = fetch.into_verdict();
        let passes =
            goes_on || matches!(verdict.access(), Access::Allowed | Access::OpaqueRedirect);
        (verdict, passes)
    }
}

/// A value of a header with which a browser asks for permission.
fn unsafe_value(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        "content-type" => "application/json",
        "accept" | "accept-language" | "content-language" => "\"\"",
        "range" => "bytes=-1",
        _ => "cors-probe",
    }
}
