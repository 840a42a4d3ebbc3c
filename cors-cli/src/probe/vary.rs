//! What caches make of the responses: whatever they differ by has to be in `Vary`.

use std::collections::{HashMap, HashSet};

use cors_core::explain::Severity;

use crate::probe::question::{Answered, Ask, Purpose, Question, Sent};
use crate::probe::report::{Deviation, Findings};

const METHOD: &str = "access-control-request-method";
const HEADERS: &str = "access-control-request-headers";

/// A response, and the request that a cache would remember it for.
struct Stored<'a> {
    question: &'a Question,
    sent: &'a Sent,
    kind: Kind,
}

#[derive(Clone, Copy, Eq, Hash, PartialEq)]
enum Kind {
    Get,
    Head,
    PlainOptions,
    Preflight,
}

impl Stored<'_> {
    /// What the response says of CORS.
    fn answer(&self) -> Vec<String> {
        let received = &self.sent.received;
        let headers = received.headers.iter();
        let told = headers.filter(|(name, _)| name.starts_with("access-control-"));
        let mut answer: Vec<_> =
            told.map(|(name, value)| format!("{name}: {}", value.escape_ascii())).collect();
        if matches!(self.kind, Kind::PlainOptions | Kind::Preflight) {
            answer.push(received.status.to_string());
        }
        answer.sort_unstable();
        answer
    }

    /// The request but for one field.
    fn without(&self, field: &str) -> (&str, Kind, Vec<&str>) {
        let others = ["origin", METHOD, HEADERS].into_iter().filter(|name| *name != field);
        let values = others.map(|name| self.sent.header(name).unwrap_or_default());
        (&self.question.url, self.kind, values.collect())
    }

    fn says(&self, field: &str) -> bool {
        let received = &self.sent.received;
        ["*", field].iter().any(|name| received.lists("vary", name))
            || (matches!(self.kind, Kind::Get | Kind::Head)
                && received.lists("cache-control", "no-store"))
    }
}

pub(super) fn check(answered: &[Answered], findings: &mut Findings) {
    let stored: Vec<_> = answered.iter().flat_map(stored).collect();
    for field in ["origin", METHOD, HEADERS] {
        let mut answers: HashMap<_, HashSet<_>> = HashMap::new();
        for stored in &stored {
            answers.entry(stored.without(field)).or_default().insert(stored.answer());
        }
        for stored in &stored {
            let differs = answers.get(&stored.without(field)).is_some_and(|all| all.len() > 1);
            if differs && !stored.says(field) {
                findings.add(missing(stored, field));
            }
        }
    }
    check_plain_options(&stored, findings);
    check_encoding(&stored, findings);
}

fn stored<'a>(answer: &'a Answered) -> Vec<Stored<'a>> {
    let is_special = matches!(
        answer.question.ask,
        Ask::Bare { purpose: Purpose::ForeignHost | Purpose::OwnPage, .. }
    );
    let exchanges = answer.exchanges.iter().filter(|_| !is_special);
    let stored = |sent: &'a Sent| {
        let kind = match sent {
            Sent { is_preflight: true, .. } => Kind::Preflight,
            Sent { method, .. } if method == "GET" => Kind::Get,
            Sent { method, .. } if method == "HEAD" => Kind::Head,
            Sent { method, .. } if method == "OPTIONS" => Kind::PlainOptions,
            _ => return None,
        };
        Some(Stored { question: &answer.question, sent, kind })
    };
    exchanges.filter_map(stored).collect()
}

/// A cache that stores responses to `OPTIONS` must not answer a preflight with that to a plain one.
fn check_plain_options(stored: &[Stored<'_>], findings: &mut Findings) {
    let plain = stored.iter().filter(|stored| stored.kind == Kind::PlainOptions);
    for plain in plain.filter(|plain| !plain.says(METHOD)) {
        let origin = plain.sent.header("origin");
        let differs = origin.is_some()
            && stored.iter().any(|other| {
                other.kind == Kind::Preflight
                    && other.question.url == plain.question.url
                    && other.sent.header("origin") == origin
                    && other.answer() != plain.answer()
            });
        if differs {
            findings.add(missing(plain, METHOD));
        }
    }
}

fn check_encoding(stored: &[Stored<'_>], findings: &mut Findings) {
    let is_about_encoding = |stored: &&Stored<'_>| {
        matches!(stored.question.ask, Ask::Bare { purpose: Purpose::Encoding, .. })
    };
    let asked: Vec<_> = stored.iter().filter(is_about_encoding).collect();
    let encodings: HashSet<_> =
        asked.iter().map(|stored| stored.sent.received.value("content-encoding")).collect();
    if encodings.len() > 1 {
        for stored in asked {
            if !stored.says("accept-encoding") {
                findings.add(missing(stored, "accept-encoding"));
            }
        }
    }
}

fn missing(stored: &Stored<'_>, field: &str) -> Deviation {
    let (severity, fix) = match stored.kind {
        _ if field == "accept-encoding" => (
            Severity::Error,
            "add to the Vary of the application instead of replacing it; accept-encoding is lost".into(),
        ),
        Kind::Get | Kind::Head => (
            Severity::Error,
            "send Vary: Origin with every response, also to requests without Origin; else a cache gives one page's response to another".into(),
        ),
        Kind::PlainOptions | Kind::Preflight => (
            Severity::Warning,
            format!("list {field} in the Vary of OPTIONS responses, which some caches can be told to store"),
        ),
    };
    let expected = format!("responses differ by {field}, and Vary does not list it");
    Deviation::new(severity, "vary-missing", (stored.question, stored.sent), expected, fix)
}
