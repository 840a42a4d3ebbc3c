//! What is often wrong with a service, found without its policy.

use std::collections::HashSet;

use cors_core::explain::Severity;

use crate::probe::Options;
use crate::probe::headers;
use crate::probe::page::{Kind, Page};
use crate::probe::plan::Plan;
use crate::probe::question::{Answered, Ask, Question, Sent};
use crate::probe::report::{Deviation, Findings};
use crate::probe::run::Run;
use crate::probe::target::Target;

/// As many origins that the service reveals are looked at more closely.
const REVEALED: usize = 2;

/// At most so many requests come from that.
pub(super) const MORE_REQUESTS: usize = REVEALED * 24;

/// Origins around which services often allow too much: those that the caller names, that of the
/// service, and the domain above it.
pub(super) fn guesses(target: &Target, named: &[String]) -> Vec<String> {
    let mut origins = named.to_vec();
    origins.push(target.origin.clone());
    let parent = target.origin.split_once("://").and_then(|(scheme, host)| {
        let (_, parent) = host.split_once('.')?;
        let is_domain = parent.contains('.') && !parent.starts_with(|c: char| c.is_ascii_digit());
        is_domain.then(|| format!("{scheme}://{parent}"))
    });
    origins.extend(parent);
    origins
}

/// Asks about the origins that the answers reveal.
pub(super) fn ask_more(
    run: &mut Run,
    target: &Target,
    options: &Options,
    left: usize,
    ask: impl FnOnce(Vec<Question>) -> Run,
) {
    let asked: HashSet<_> = run.answered.iter().map(|answer| answer.question.key()).collect();
    let mut revealed = Vec::new();
    for sent in run.answered.iter().flat_map(|answer| &answer.exchanges) {
        for origin in sent.received.lines("access-control-allow-origin") {
            let is_repeated = sent.header("origin") == Some(origin.as_str());
            let is_origin = cors_core::Origin::parse(origin.as_bytes()).is_some();
            if is_origin && !is_repeated && !revealed.contains(&origin) {
                revealed.push(origin);
            }
        }
    }
    revealed.truncate(REVEALED);
    if revealed.is_empty() {
        return;
    }
    let mut questions = Plan::for_audit(&revealed, target, options).questions;
    questions.retain(|question| !asked.contains(&question.key()));
    questions.truncate(left.min(MORE_REQUESTS));
    let more = ask(questions);
    run.answered.extend(more.answered);
    run.requests += more.requests;
    run.out_of_time += more.out_of_time;
    run.limited += more.limited;
    run.unanswered += more.unanswered;
    run.error = run.error.take().or(more.error);
}

pub(super) fn audit(answered: &[Answered], findings: &mut Findings) {
    let allowed: Vec<_> = answered.iter().filter_map(Allowed::of).collect();
    let stranger = Page::stranger();
    let is_stranger = |allowed: &&Allowed<'_>| *allowed.page == stranger;
    for allowed in allowed.iter().filter(is_stranger) {
        let fix = match allowed.with_credentials {
            true => stranger.fix(),
            false => "if everybody may read this, answer *, which caches share; otherwise list the origins that are allowed".into(),
        };
        let expected = match allowed.with_credentials {
            true => "any page on the web gets the response with its user's cookies",
            false => "the origin of any page is repeated",
        };
        findings.add(allowed.deviation("origin-reflected", expected, fix));
    }
    if !allowed.iter().any(|allowed| is_stranger(&allowed)) {
        for allowed in &allowed {
            let (code, expected) = match allowed.page.kind {
                Kind::Null => ("null-allowed", "any page can have the origin null"),
                Kind::Stranger => (
                    "loopback-allowed",
                    "a page on the user's own machine gets the response, which only development needs",
                ),
                Kind::Suffix | Kind::Prefix | Kind::Dot | Kind::Label => {
                    ("origin-allowed", "anybody can register this host")
                }
                Kind::Scheme if allowed.page.origin.starts_with("http:") => {
                    ("origin-allowed", "whoever is on the network can change pages over http")
                }
                _ => continue,
            };
            let fix = match allowed.page.kind {
                Kind::Stranger => "do not allow localhost in production".into(),
                _ => allowed.page.fix(),
            };
            findings.add(allowed.deviation(code, expected, fix));
        }
    }
    headers::check_plain_options(answered, &|_| false, findings);
}

/// An answer that lets a page through by naming its origin.
struct Allowed<'a> {
    answer: &'a Answered,
    sent: &'a Sent,
    page: &'a Page,
    with_credentials: bool,
}

impl<'a> Allowed<'a> {
    fn of(answer: &'a Answered) -> Option<Self> {
        let Ask::Script { script, .. } = &answer.question.ask else { return None };
        let [without, with_credentials] =
            [false, true].map(|credentials| answer.passes(script, credentials));
        let sent = answer.exchanges.last()?;
        let is_named = sent.received.value("access-control-allow-origin")? != "*";
        let page = &script.page;
        (is_named && (without || with_credentials)).then_some(Self {
            answer,
            sent,
            page,
            with_credentials,
        })
    }

    fn deviation(&self, code: &'static str, expected: &str, fix: String) -> Deviation {
        let severity = match self.with_credentials {
            true => Severity::Error,
            false => Severity::Warning,
        };
        Deviation::new(severity, code, (&self.answer.question, self.sent), expected, fix)
    }
}
