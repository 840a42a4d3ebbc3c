//! What is wrong with the header lines of responses, whatever the policy.

use cors_core::explain::Severity;

use crate::probe::question::{Answered, Ask, Purpose, Sent};
use crate::probe::report::{Deviation, Findings};
use crate::probe::send::Received;

/// What tells a page that it is allowed something, besides its origin.
pub(super) const PERMISSIONS: [&str; 5] = [
    "access-control-allow-credentials",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-expose-headers",
    "access-control-max-age",
];

/// Fields that preflights alone have.
const OF_PREFLIGHTS: [&str; 3] =
    ["access-control-allow-methods", "access-control-allow-headers", "access-control-max-age"];

/// Fields of which browsers take one line only.
const SINGLE: [&str; 3] =
    ["access-control-allow-origin", "access-control-allow-credentials", "access-control-max-age"];

/// The fields with several lines of which browsers take one only.
pub(super) fn duplicates(received: &Received) -> impl Iterator<Item = &'static str> + use<'_> {
    SINGLE.into_iter().filter(|name| received.lines(name).nth(1).is_some())
}

/// Lines that no service should send.
pub(super) fn check(answered: &[Answered], findings: &mut Findings) {
    for answer in answered {
        for sent in &answer.exchanges {
            let found = |code, expected: &str, fix: String| {
                let shown = (&answer.question, sent);
                Deviation::new(Severity::Error, code, shown, expected, fix)
            };
            let received = &sent.received;
            for name in duplicates(received) {
                let count = received.lines(name).count();
                let expected = "browsers take one line";
                let fix = format!(
                    "{name} is there {count} times: a second CORS layer, a handler or a proxy adds its own; leave one of them"
                );
                findings.add(found("duplicate-header", expected, fix));
            }
            let is_any = received.value("access-control-allow-origin").as_deref() == Some("*");
            if is_any && received.value("access-control-allow-credentials").is_some() {
                let expected = "browsers do not take * with credentials";
                let fix = "leave access-control-allow-credentials out, or answer each allowed page with its own origin";
                findings.add(found("any-origin-with-credentials", expected, fix.into()));
            }
        }
    }
}

/// `OPTIONS` without a requested method is no preflight, and belongs to the application.
pub(super) fn check_plain_options(
    answered: &[Answered],
    is_allowed: &dyn Fn(&str) -> bool,
    findings: &mut Findings,
) {
    let plain = answered.iter().filter(|answer| {
        matches!(answer.question.ask, Ask::Bare { purpose: Purpose::PlainOptions, .. })
    });
    let plain: Vec<_> =
        plain.filter_map(|answer| Some((&answer.question, answer.exchanges.first()?))).collect();
    for (question, sent) in &plain {
        let is_baseline = |other: &Sent| other.header("origin").is_none();
        let baseline =
            plain.iter().find(|(asked, other)| asked.url == question.url && is_baseline(other));
        let is_preflight_answer =
            OF_PREFLIGHTS.iter().any(|name| sent.received.value(name).is_some());
        let has_other_status = sent.header("origin").is_some_and(is_allowed)
            && baseline.is_some_and(|(_, other)| other.received.status != sent.received.status);
        if is_preflight_answer || has_other_status {
            findings.add(Deviation::new(
                Severity::Warning,
                "options-taken-for-preflight",
                (question, sent),
                "without Access-Control-Request-Method this is no preflight, but a request for the application",
                "pass OPTIONS on to the application unless it has both Origin and Access-Control-Request-Method",
            ));
        }
    }
}
