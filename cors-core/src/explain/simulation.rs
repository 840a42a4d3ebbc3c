use std::fmt;

use crate::decide::{CompiledPolicy, same_origin};
use crate::explain::exchange;
use crate::explain::exchange::Exchange;
use crate::explain::request::{BrowserRequest, Prepared, prepare};
use crate::http::{Field, HeaderList, fetch, just_one};
use crate::policy::Policy;

/// How a browser carries out a [`BrowserRequest`] under a [`Policy`], step by step.
#[derive(Clone, Debug, Default)]
pub struct Simulation {
    preflight: Option<Exchange>,
    actual: Option<Exchange>,
    steps: Vec<Step>,
    verdict: Verdict,
    exposed: Exposed,
}

/// Whether the script gets the response.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// It does.
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
}

impl fmt::Display for Verdict {
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
        })
    }
}

/// One step of the Fetch standard.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Step {
    passed: bool,
    text: String,
    standard: &'static str,
}

#[derive(Clone, Debug, Default)]
enum Exposed {
    #[default]
    Safelisted,
    All,
    Listed(Vec<String>),
}

impl Policy {
    /// What a browser makes of a request under this policy. For tests: would a page of this
    /// origin be allowed to do this?
    ///
    /// The service is taken to answer without CORS headers of its own.
    ///
    /// ```
    /// use cors_core::explain::BrowserRequest;
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example.com"])
    ///     .allow_methods(["PUT"])
    ///     .build()?;
    /// let request = BrowserRequest::new("https://app.example.com").method("PUT");
    /// assert!(policy.simulate(&request).is_allowed());
    /// assert!(!policy.simulate(&request.method("DELETE")).is_allowed());
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    #[must_use]
    pub fn simulate(&self, request: &BrowserRequest) -> Simulation {
        let mut simulation = Simulation::default();
        let Some(prepared) = prepare(request) else {
            simulation.step(
                false,
                "no script can use this method, or a header with this name or value",
                "https://fetch.spec.whatwg.org/#dom-request",
            );
            return simulation;
        };
        match self.own_host(request) {
            Some(host) => simulation.run_to_own_origin(&self.compile(), request, &prepared, host),
            None => simulation.run(&self.compile(), request, &prepared),
        }
        simulation
    }

    /// The host of a request that a page sends to its own origin; `None` if the request is sent to
    /// another origin.
    pub(super) fn own_host<'r>(&self, request: &'r BrowserRequest) -> Option<&'r str> {
        let origin = request.origin.as_str();
        match &request.host {
            Some(host) => {
                let is_own = same_origin::is_at(origin.as_bytes(), None, host.as_bytes());
                is_own.then_some(host.as_str())
            }
            None => {
                let own_origins = self.own_origins()?;
                let (_, host) = origin.split_once("://")?;
                let is_own = own_origins.matches(origin.as_bytes()) && !self.allows_origin(origin);
                is_own.then_some(host)
            }
        }
    }
}

impl Simulation {
    /// Whether the script gets the response.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.verdict == Verdict::Allowed
    }

    /// Whether the script gets the response, and if not, when it is stopped.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The preflight, if the request takes one.
    #[must_use]
    pub const fn preflight(&self) -> Option<&Exchange> {
        self.preflight.as_ref()
    }

    /// The request itself, if it is sent.
    #[must_use]
    pub const fn actual(&self) -> Option<&Exchange> {
        self.actual.as_ref()
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

    fn run(
        &mut self,
        policy: &CompiledPolicy<Vec<u8>>,
        request: &BrowserRequest,
        prepared: &Prepared,
    ) {
        let needs_preflight = request.upload
            || !fetch::is_safelisted_method(prepared.method.as_bytes())
            || !prepared.unsafe_names.is_empty();
        self.step(
            true,
            preflight_reason(request, prepared),
            "https://fetch.spec.whatwg.org/#main-fetch",
        );
        if needs_preflight {
            self.verdict = Verdict::BlockedByPreflight;
            let exchange = exchange::send_preflight(policy, request, prepared);
            let passed = self.check_preflight(&exchange, request, prepared);
            self.preflight = Some(exchange);
            if !passed {
                return;
            }
        }
        let exchange = exchange::send_actual(policy, request, prepared);
        self.verdict = match exchange.status {
            Some(_) => Verdict::BlockedByService,
            None => Verdict::BlockedAfterResponse,
        };
        if self.check_origin(&exchange, request) {
            self.verdict = Verdict::Allowed;
            self.exposed = exposed(&exchange.response, request);
        }
        self.actual = Some(exchange);
    }

    /// A request to the page's own origin, which takes no preflight and no CORS check.
    fn run_to_own_origin(
        &mut self,
        policy: &CompiledPolicy<Vec<u8>>,
        request: &BrowserRequest,
        prepared: &Prepared,
        host: &str,
    ) {
        self.step(
            true,
            "the page sends the request to its own origin, which needs no permission",
            "https://fetch.spec.whatwg.org/#main-fetch",
        );
        let exchange = exchange::send_to_own_origin(policy, request, prepared, host);
        self.verdict = match exchange.status {
            Some(_) => Verdict::BlockedByService,
            None => Verdict::Allowed,
        };
        self.exposed = Exposed::All;
        self.actual = Some(exchange);
    }

    /// The [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0), from
    /// the response on.
    fn check_preflight(
        &mut self,
        exchange: &Exchange,
        request: &BrowserRequest,
        prepared: &Prepared,
    ) -> bool {
        const STANDARD: &str = "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0";

        let status = exchange.status.unwrap_or(0);
        let method = prepared.method.as_bytes();
        let allows_any = |field| {
            !request.credentials && exchange.response.lists(field, |element| element == b"*")
        };
        let methods = Field::AccessControlAllowMethods;
        let is_taken_as_asked = request.upload && !exchange.response.has(methods);
        let is_method_allowed = fetch::is_safelisted_method(method)
            || is_taken_as_asked
            || exchange.response.lists(methods, |element| element == method)
            || allows_any(methods);

        self.check_origin(exchange, request)
            && self.step(
                (200..300).contains(&status),
                format!("the preflight's status, {status}, must be from 200 to 299"),
                STANDARD,
            )
            && self.step(
                is_method_allowed,
                format!(
                    "the method {} must be safelisted, or {}",
                    prepared.method,
                    listed_in(methods, request)
                ),
                STANDARD,
            )
            && prepared.unsafe_names.iter().all(|name| {
                let names = Field::AccessControlAllowHeaders;
                let is_listed = exchange
                    .response
                    .lists(names, |element| element.eq_ignore_ascii_case(name.as_bytes()));
                // https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
                let is_covered = name != "authorization" && allows_any(names);
                let text = match name.as_str() {
                    "authorization" => format!(
                        "the header {name} must be named in {}, where * does not cover it",
                        names.as_str()
                    ),
                    _ => format!("the header {name} must be {}", listed_in(names, request)),
                };
                self.step(is_listed || is_covered, text, STANDARD)
            })
    }

    /// The [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check).
    fn check_origin(&mut self, exchange: &Exchange, request: &BrowserRequest) -> bool {
        const STANDARD: &str = "https://fetch.spec.whatwg.org/#concept-cors-check";

        let allowed = just_one(&exchange.response, Field::AccessControlAllowOrigin);
        let any = !request.credentials && allowed == Some(b"*");
        let text = format!(
            "{} must be {}{}",
            Field::AccessControlAllowOrigin.as_str(),
            request.origin,
            if request.credentials { "; with credentials * does not count" } else { " or *" },
        );
        if !self.step(any || allowed == Some(request.origin.as_bytes()), text, STANDARD) {
            return false;
        }
        if !request.credentials {
            return true;
        }
        let field = Field::AccessControlAllowCredentials;
        let allowed = just_one(&exchange.response, field) == Some(b"true");
        self.step(allowed, format!("{} must be true", field.as_str()), STANDARD)
    }

    /// Notes a step, and returns whether it was passed.
    fn step(&mut self, passed: bool, text: impl Into<String>, standard: &'static str) -> bool {
        self.steps.push(Step { passed, text: text.into(), standard });
        passed
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

fn preflight_reason(request: &BrowserRequest, prepared: &Prepared) -> String {
    if !fetch::is_safelisted_method(prepared.method.as_bytes()) {
        return format!("the method {} takes a preflight", prepared.method);
    }
    if !prepared.unsafe_names.is_empty() {
        return format!("these headers take a preflight: {}", prepared.unsafe_names.join(", "));
    }
    if request.upload {
        return "an upload that is streamed or watched takes a preflight".into();
    }
    "the method and headers take no preflight".into()
}

fn listed_in(field: Field, request: &BrowserRequest) -> String {
    let any = if request.credentials { "" } else { ", by name or by *" };
    format!("listed in {}{any}", field.as_str())
}

/// The [names that a script may read](https://fetch.spec.whatwg.org/#concept-response-cors-exposed-header-name-list).
fn exposed(response: &HeaderList<Vec<u8>>, request: &BrowserRequest) -> Exposed {
    let field = Field::AccessControlExposeHeaders;
    if !request.credentials && response.lists(field, |name| name == b"*") {
        return Exposed::All;
    }
    match just_one(response, field) {
        Some(names) => {
            let names = String::from_utf8_lossy(names).to_ascii_lowercase();
            Exposed::Listed(names.split(',').map(|name| name.trim().to_owned()).collect())
        }
        None => Exposed::Safelisted,
    }
}
