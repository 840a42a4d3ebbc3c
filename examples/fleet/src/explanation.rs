use std::fmt::Display;

use cors_core::explain::{BrowserRequest, Exchange, Step, Verdict};
use cors_core::{Policy, Refusal};
use serde::{Deserialize, Serialize};

use crate::draft;

/// The most rules of a policy for which lines are looked for: each one is tried, and makes a policy
/// of its own.
const MOST_RULES: usize = 100;

/// A request that a page's script might make.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScriptRequest {
    method: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    credentials: bool,
    /// Response headers that the script might want to read.
    #[serde(default)]
    reads: Vec<String>,
    /// Whether to say what to write so that the request gets through.
    #[serde(default)]
    amends: bool,
}

/// What a policy makes of a request, in the words of `cors-core`.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Explanation {
    is_allowed: bool,
    /// What becomes of the request, in a sentence that does not begin with the word for it.
    verdict: String,
    /// The preflight, if the request takes one.
    preflight: Option<SimulatedExchange>,
    /// The request itself, if it is sent.
    actual: Option<SimulatedExchange>,
    /// Why the policy refuses the preflight or, without one, the request, if that is why the
    /// browser's last step failed.
    refusal: Option<String>,
    /// The pattern that the origin misses by least.
    closest_pattern: Option<String>,
    steps: Vec<BrowserStep>,
    /// Those of the response headers asked for that the script can read.
    readable: Vec<String>,
    /// What to write so that the request gets through, if something has to be written.
    changes: Vec<Line>,
    /// Why nothing would do.
    no_change: Option<String>,
    /// The policy's text with the changes.
    amended: Option<String>,
}

/// As much of an exchange as has to do with CORS, in lines as they pass over a socket.
#[derive(Debug, Serialize)]
struct SimulatedExchange {
    request: String,
    response: String,
}

#[derive(Debug, Serialize)]
struct BrowserStep {
    passed: bool,
    text: String,
    standard: &'static str,
}

#[derive(Debug, Serialize)]
struct Line {
    path: String,
    reason: String,
    line: String,
}

impl Explanation {
    /// `source` is the text of the policy, if it has one that can be changed.
    pub(crate) fn new(
        policy: &Policy,
        source: Option<&str>,
        origin: &str,
        script: ScriptRequest,
    ) -> Self {
        let request =
            BrowserRequest::new(origin).method(script.method).credentials(script.credentials);
        let request = script
            .headers
            .into_iter()
            .fold(request, |request, (name, value)| request.header(name, value));
        let is_amended = script.amends;
        let verdict = policy.simulate(&request);
        let mut explanation = Self {
            is_allowed: verdict.is_allowed(),
            verdict: sentence(&verdict.access().to_string()).into(),
            preflight: verdict.preflight().map(SimulatedExchange::new),
            actual: verdict.actual().map(SimulatedExchange::new),
            refusal: refusal_of_failed_step(&verdict).map(|refusal| refusal.to_string()),
            closest_pattern: policy.closest_pattern(origin.as_bytes()).map(|miss| miss.to_string()),
            steps: verdict.steps().iter().map(BrowserStep::new).collect(),
            readable: script.reads.into_iter().filter(|name| verdict.can_read(name)).collect(),
            ..Self::default()
        };
        if !is_amended {
            return explanation;
        }
        if policy.to_config().rules.len() > MOST_RULES {
            explanation.no_change =
                Some(format!("the playground tries only policies of at most {MOST_RULES} rules"));
            return explanation;
        }
        match policy.suggest_changes(&request) {
            Ok(suggested_changes) if suggested_changes.changes().is_empty() => {}
            Ok(suggested_changes) => {
                explanation.amended =
                    source.and_then(|text| draft::amend(text, suggested_changes.changes()));
                explanation.changes = suggested_changes
                    .changes()
                    .iter()
                    .map(|change| Line {
                        path: change.path().into(),
                        reason: match change.help().split_once(", or write") {
                            Some((instead, _)) => format!("{}; rather {instead}", change.reason()),
                            None => change.reason().into(),
                        },
                        line: change.suggestion().unwrap_or_default().into(),
                    })
                    .collect();
            }
            Err(error) => explanation.no_change = Some(error.to_string()),
        }
        explanation
    }

    /// Where no policy is, nobody answers a browser's questions.
    pub(crate) fn without_policy() -> Self {
        Self { verdict: "there is no CORS layer".into(), ..Self::default() }
    }
}

/// The policy's refusal, if the step that failed is about the same thing. Where `*` meets
/// credentials, the policy can refuse the method while the browser stops at the origin.
fn refusal_of_failed_step(verdict: &Verdict) -> Option<Refusal> {
    const CORS_CHECK: &str = "https://fetch.spec.whatwg.org/#concept-cors-check";

    let sent = verdict.preflight().or(verdict.actual());
    let refusal = sent.and_then(Exchange::refusal)?;
    let failed = verdict.steps().iter().find(|step| !step.passed())?;
    let is_about_origin = matches!(
        refusal,
        Refusal::OriginNotAllowed
            | Refusal::SeveralOrigins
            | Refusal::OriginMissing
            | Refusal::OriginNotAsked
            | Refusal::OriginCheckFailed
    );
    (is_about_origin == (failed.standard() == CORS_CHECK)).then_some(refusal)
}

/// A verdict without the word that the page shows above it.
fn sentence(verdict: &str) -> &str {
    ["allowed: ", "blocked: "]
        .into_iter()
        .find_map(|word| verdict.strip_prefix(word))
        .unwrap_or(verdict)
}

impl SimulatedExchange {
    fn new(exchange: &Exchange) -> Self {
        let status = exchange.status();
        let status = status.map_or("the service's own status".into(), |status| status.to_string());
        Self {
            request: head(exchange.method().into(), exchange.request_headers()),
            response: head(status, &exchange.response_headers()),
        }
    }
}

fn head<N: Display>(first: String, fields: &[(N, String)]) -> String {
    let fields = fields.iter().map(|(name, value)| format!("\r\n{name}: {value}"));
    first + &fields.collect::<String>()
}

impl BrowserStep {
    fn new(step: &Step) -> Self {
        Self { passed: step.passed(), text: step.text().into(), standard: step.standard() }
    }
}
