//! Compares what a browser makes of a service's answers with what it makes of the policy's.

use std::collections::HashSet;

use cors_core::explain::{Access, Exchange, Severity, Verdict};
use cors_core::{Policy, PolicyConfig};

use crate::probe::compared::Compared;
use crate::probe::headers;
use crate::probe::page::Page;
use crate::probe::question::{Answered, Ask, Purpose, Script};
use crate::probe::report::{Deviation, Findings};
use crate::probe::target::Target;

pub(super) fn compare(
    policy: &Policy,
    target: &Target,
    answered: &[Answered],
    findings: &mut Findings,
) {
    let judge = Judge::new(policy, target, answered);
    for answer in answered {
        match &answer.question.ask {
            Ask::Script { script, .. } => judge.script(answer, script, findings),
            Ask::Bare { purpose, .. } => judge.bare(answer, *purpose, findings),
        }
    }
    headers::check_plain_options(answered, &|origin| policy.allows_origin(origin), findings);
}

struct Judge<'p> {
    policy: &'p Policy,
    config: PolicyConfig,
    /// Counts where the policy looks at it.
    host: Option<&'p str>,
    /// Whether the application decides on origins that are not listed.
    asks: bool,
    /// What a request by no page gets at each URL.
    baseline: Vec<(&'p str, u16)>,
    /// Whether the service allows a stranger whom the policy does not allow.
    allows_strangers: bool,
    /// The URLs at which some preflight is allowed.
    covered: HashSet<&'p str>,
}

impl<'p> Judge<'p> {
    fn new(policy: &'p Policy, target: &'p Target, answered: &'p [Answered]) -> Self {
        let config = policy.to_config();
        let looks_at_host = config.enforce_origins || !config.own_origins.is_empty();
        let asks = config.rules.iter().any(|rule| rule.allow_origins_by_predicate);
        let is_baseline = |answer: &&Answered| {
            matches!(answer.question.ask, Ask::Bare { purpose: Purpose::Baseline, .. })
        };
        let status = |answer: &'p Answered| {
            let sent = answer.exchanges.first()?;
            Some((answer.question.url.as_str(), sent.received.status))
        };
        let baseline = answered.iter().filter(is_baseline).filter_map(status).collect();
        let host = looks_at_host.then_some(target.host.as_str());
        let allows_strangers = !policy.allows_origin(Page::stranger().origin)
            && answered.iter().any(|answer| match &answer.question.ask {
                Ask::Script { script, .. } if script.page == Page::stranger() => {
                    target.urls.first() == Some(&answer.question.url)
                        && [false, true].into_iter().any(|mode| answer.passes(script, mode))
                }
                _ => false,
            });
        let allows_preflight = |answer: &&Answered| {
            answer.exchanges.iter().any(|sent| {
                let allowed = sent.received.value("access-control-allow-origin");
                sent.is_preflight && allowed.is_some()
            })
        };
        let covered = answered.iter().filter(allows_preflight);
        let covered = covered.map(|answer| answer.question.url.as_str()).collect();
        Self { policy, config, host, asks, baseline, allows_strangers, covered }
    }

    /// What the policy makes of a request; `None` if the application decides.
    fn expect(&self, script: &Script, credentials: bool) -> Option<Verdict> {
        let request = script.request(credentials);
        let request = self.host.iter().fold(request, |request, host| request.host(*host));
        let verdict = self.policy.simulate(&request);
        let is_open = self.asks && {
            let allowed = self.policy.simulate(&request.allowed_by_predicate(true));
            allowed.access() != verdict.access()
        };
        (!is_open).then_some(verdict)
    }

    fn allows_page(&self, script: &Script) -> bool {
        let get = Script::get(script.page.clone());
        [false, true]
            .into_iter()
            .any(|credentials| self.expect(&get, credentials).is_some_and(|got| got.is_allowed()))
    }

    fn script(&self, answer: &Answered, script: &Script, findings: &mut Findings) {
        let Answered { question, exchanges } = answer;
        let Some(last) = exchanges.last() else { return };
        let (Some(anonymous), Some(credentialed)) =
            (self.expect(script, false), self.expect(script, true))
        else {
            return;
        };
        let [(got_anonymous, passes_anonymous), (got_credentialed, passes_credentialed)] =
            [false, true].map(|credentials| script.judge(&question.url, credentials, exchanges));
        let expected = [anonymous, credentialed];
        let only_preflight = last.is_preflight;
        let should_pass = [0, 1].map(|mode: usize| {
            expected.get(mode).is_some_and(|verdict| match verdict.access() {
                Access::Allowed => true,
                Access::BlockedByPreflight | Access::Unsendable => false,
                _ => only_preflight && verdict.actual().is_some(),
            })
        });
        let compared = Compared {
            question,
            script,
            last,
            expected,
            got: [got_anonymous, got_credentialed],
            should_pass,
            passes: [passes_anonymous, passes_credentialed],
            allows_page: self.allows_page(script),
            allows_strangers: self.allows_strangers,
            is_covered: self.covered.contains(question.url.as_str()),
        };
        compared.check(&self.config, findings);
        self.check_enforcement(&compared, findings);
    }

    /// Whether requests that the policy keeps from the service are refused, and no others.
    fn check_enforcement(&self, compared: &Compared<'_>, findings: &mut Findings) {
        let Compared { question, last, expected: [anonymous, _], .. } = compared;
        if last.is_preflight {
            return;
        }
        let Some(status) = anonymous.actual().map(Exchange::status) else { return };
        let got = last.received.status;
        let reaches = self.baseline.iter().find(|(url, _)| *url == question.url);
        match status {
            Some(403 | 421) if got < 400 => findings.add(compared.deviation(
                Severity::Error,
                "request-not-refused",
                "the policy keeps requests of this origin from the service",
                "refuse such requests with 403 before a handler runs",
            )),
            None if matches!(got, 400 | 401 | 403)
                && reaches.is_some_and(|(_, got)| *got < 400) =>
            {
                findings.add(compared.deviation(
                    Severity::Warning,
                    "request-refused",
                    "the policy does not enforce origins, so the request reaches the service",
                    "answer without CORS headers, or set enforce_origins in the policy",
                ));
            }
            _ => {}
        }
    }

    fn bare(&self, answer: &Answered, purpose: Purpose, findings: &mut Findings) {
        let Some(sent) = answer.exchanges.first() else { return };
        let status = sent.received.status;
        let (code, expected, fix) = match purpose {
            Purpose::ForeignHost if status < 400 => (
                "host-not-refused",
                "the policy refuses requests for hosts that own_origins does not list",
                "compare Host with the service's own hosts, and answer 421 to others",
            ),
            Purpose::OwnPage if matches!(status, 403 | 421) => (
                "own-page-refused",
                "the policy lets the service's own pages pass",
                "let requests with Sec-Fetch-Site: same-origin pass",
            ),
            _ => return,
        };
        let shown = (&answer.question, sent);
        findings.add(Deviation::new(Severity::Error, code, shown, expected, fix));
    }
}
