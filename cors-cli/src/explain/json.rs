//! Explanations for programs.

use std::io::{self, Write};

use cors_core::explain::{Access, Exchange};
use serde_json::{Map, Value, json};

use super::explanation::{Explained, Explanation};

impl Explanation {
    pub(super) fn to_json(&self) -> Value {
        let steps = self.verdict.steps().iter().map(|step| {
            json!({ "passed": step.passed(), "text": step.text(), "standard": step.standard() })
        });
        let reads = self.reads.iter().map(|read| (read.name.clone(), read.is_possible.into()));
        let (changes, advice) = match &self.suggestion {
            Ok(suggested_changes) => (suggested_changes.changes(), None),
            Err(error) => (&[][..], Some(error.to_string())),
        };
        json!({
            "allowed": self.verdict.is_allowed(),
            "verdict": code(self.verdict.access()),
            "message": self.verdict.access().to_string(),
            "exchanges": self.verdict.exchanges().iter().map(exchange).collect::<Vec<_>>(),
            "steps": steps.collect::<Vec<_>>(),
            "nearest": self.closest.as_ref().map(ToString::to_string),
            "read": reads.collect::<Map<_, _>>(),
            "changes": changes,
            "advice": advice,
        })
    }
}

/// The blocked requests of an export.
pub(super) fn of_all(blocked: &[Explained]) -> Value {
    let requests = blocked.iter().map(|Explained { request, explanation }| {
        let mut explained = explanation.to_json();
        if let Some(explained) = explained.as_object_mut() {
            explained.insert("request".into(), request.title.as_str().into());
            explained.insert("count".into(), request.count.into());
            explained.insert("has_no_response".into(), request.has_no_response.into());
        }
        explained
    });
    requests.collect()
}

pub(super) fn write(value: &Value, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

fn exchange(exchange: &Exchange) -> Value {
    json!({
        "method": exchange.method(),
        "request_headers": exchange.request_headers(),
        "status": exchange.status(),
        "response_headers": exchange.response_headers(),
        "refusal": exchange.refusal().map(|refusal| refusal.to_string()),
    })
}

fn code(access: Access) -> &'static str {
    match access {
        Access::Allowed => "allowed",
        Access::Unsendable => "unsendable",
        Access::BlockedByPreflight => "blocked-by-preflight",
        Access::BlockedByService => "blocked-by-service",
        Access::BlockedAfterResponse => "blocked-after-response",
        _ => "blocked",
    }
}
