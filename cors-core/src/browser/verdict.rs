use std::fmt;

use crate::browser::cause::Cause;
use crate::browser::exchange::Exchange;
use crate::browser::header_lines::{Elements, HeaderLines};
use crate::http::{Field, fetch};

/// How a browser carried out a [`BrowserRequest`](super::BrowserRequest), step by step.
///
/// `Display` writes the exchanges and, if the script gets no response, the step that failed and the
/// likely [causes](Self::causes).
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    pub(super) exchanges: Vec<Exchange>,
    pub(super) steps: Vec<Step>,
    pub(super) access: Access,
    pub(super) exposed: Exposed,
    /// The headers of the response that the script can read, each once.
    pub(super) readable: Vec<(String, String)>,
    pub(super) causes: Vec<Cause>,
    /// How the application's framework mounts the middleware outermost.
    pub(super) mounting: Option<&'static str>,
}

/// Whether the script gets the response, and if not, when it is stopped.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Access {
    /// The script gets the response.
    Allowed,
    /// The browser refuses to send such a request to anyone.
    #[default]
    Unsendable,
    /// The browser asks for permission and does not get it; the request is never sent.
    BlockedByPreflight,
    /// The policy [enforces](crate::PolicyBuilder::enforce_origins) origins: the request is
    /// answered before it reaches the service. The script gets an error, or, if the page has the origin
    /// that the request is sent to, an answer without content.
    BlockedByService,
    /// The request is sent and has its effects, but the script gets an error.
    BlockedAfterResponse,
    /// The request is sent, and redirected in a way that the browser does not follow.
    BlockedByRedirect,
    /// The request is redirected, and its [`RedirectMode`](super::RedirectMode) is `Manual`: the script
    /// learns no more than that.
    OpaqueRedirect,
    /// A request got no response.
    Unanswered,
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allowed => "allowed: the script gets the response",
            Self::Unsendable => "blocked: browsers let no script send this",
            Self::BlockedByPreflight => {
                "blocked: the preflight is refused, and the request is never sent"
            }
            Self::BlockedByService => {
                "blocked: the request is refused before it reaches the service"
            }
            Self::BlockedAfterResponse => {
                "blocked: the request reaches the service, but the script gets an error"
            }
            Self::BlockedByRedirect => "blocked: the browser does not follow the redirect",
            Self::OpaqueRedirect => "blocked: the script cannot look into the redirect",
            Self::Unanswered => "blocked: there is no response",
        })
    }
}

/// One step of the Fetch standard.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Step {
    pub(super) passed: bool,
    pub(super) text: String,
    pub(super) standard: &'static str,
}

/// Which headers of the response a script may read.
#[derive(Clone, Debug, Default)]
pub(super) enum Exposed {
    #[default]
    Safelisted,
    All,
    Listed(Vec<String>),
}

impl Verdict {
    /// Whether the script gets the response.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.access == Access::Allowed
    }

    /// Whether the script gets the response, and if not, when it is stopped.
    #[must_use]
    pub const fn access(&self) -> Access {
        self.access
    }

    /// The requests that were sent and their responses, in order.
    #[must_use]
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// The first preflight, if one was sent.
    #[must_use]
    pub fn preflight(&self) -> Option<&Exchange> {
        self.exchanges.iter().find(|exchange| exchange.request.is_preflight)
    }

    /// The request itself, if it was sent: after redirects, the last one.
    #[must_use]
    pub fn actual(&self) -> Option<&Exchange> {
        self.exchanges.iter().rfind(|exchange| !exchange.request.is_preflight)
    }

    /// The browser's steps, up to the one that settled it.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether the script can read a header of the response, if the response has it.
    #[must_use]
    pub fn can_read(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.is_allowed()
            && !fetch::is_forbidden_response_header(&name)
            && (fetch::is_safelisted_response_header(&name)
                || match &self.exposed {
                    Exposed::Safelisted => false,
                    Exposed::All => true,
                    Exposed::Listed(names) => names.contains(&name),
                })
    }

    /// A header of the response as the script reads it, several lines joined by commas; `None` if the
    /// response does not have it, or the script cannot read it.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.readable.iter().find(|(line, _)| line.eq_ignore_ascii_case(name))?;
        self.is_allowed().then_some(value)
    }

    /// The status that the script reads, if it gets the response of an application.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.actual()?.status.filter(|_| self.is_allowed())
    }

    /// What is probably wrong with the application: why the script gets no response, or, if it gets the
    /// response, why pages of other origins would not get it from a cache.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        &self.causes
    }

    /// The verdict on a page without an origin.
    #[cfg(feature = "testing")]
    pub(crate) fn of_no_page() -> Self {
        let mut verdict = Self::default();
        let text =
            "the page must have an origin such as https://app.example.com, without a path, or null";
        verdict.step(false, text, "https://html.spec.whatwg.org/#concept-origin");
        verdict
    }

    /// Gives the script the response.
    pub(super) fn allow(&mut self, response: &HeaderLines, exposed: Exposed) {
        self.access = Access::Allowed;
        self.exposed = exposed;
        let names = response.names().into_iter().filter(|name| self.can_read(name));
        self.readable = names.map(|name| (name.to_owned(), response.joined(name))).collect();
    }

    /// Notes a step, and returns whether it was passed.
    pub(super) fn step(
        &mut self,
        passed: bool,
        text: impl Into<String>,
        standard: &'static str,
    ) -> bool {
        self.steps.push(Step { passed, text: text.into(), standard });
        passed
    }

    /// Sets the line of code that mounts the middleware outermost, for causes that this would cure.
    #[cfg(feature = "testing")]
    pub(crate) const fn set_mounting(&mut self, line: &'static str) {
        self.mounting = Some(line);
    }

    #[cfg(feature = "testing")]
    pub(crate) fn add_cause(&mut self, cause: Option<Cause>) {
        self.causes.extend(cause);
    }

    /// Notes that the policy answered the request itself.
    pub(crate) const fn block_by_service(&mut self) {
        self.access = Access::BlockedByService;
    }
}

impl Step {
    /// Whether the step was passed; the browser stops at the first that is not.
    #[must_use]
    pub const fn passed(&self) -> bool {
        self.passed
    }

    /// What the step demands, such as `access-control-allow-credentials must be true`.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The address of the step in the standard.
    #[must_use]
    pub const fn standard(&self) -> &'static str {
        self.standard
    }
}

impl Exposed {
    /// The [names that a script may read](https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list).
    pub(super) fn by(response: &HeaderLines, credentials: bool) -> Self {
        let names = response.extract(Field::AccessControlExposeHeaders);
        if names.has_wildcard(credentials) {
            return Self::All;
        }
        match names {
            Elements::Listed(names) => {
                let name = |name: &[u8]| String::from_utf8_lossy(name).to_ascii_lowercase();
                Self::Listed(names.into_iter().map(name).collect())
            }
            Elements::Absent | Elements::Malformed => Self::Safelisted,
        }
    }
}
