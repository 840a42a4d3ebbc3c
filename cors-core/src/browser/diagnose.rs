//! Finds the likely cause of a fetch that failed in the exchanges that the browser saw.

use crate::browser::cause::Cause;
use crate::browser::exchange::Exchange;
use crate::browser::redirect;
use crate::browser::verdict::{Access, Verdict};
use crate::http::Field;

/// What is wrong with the application, seen from the exchange that failed.
pub(super) fn find(verdict: &Verdict, page: &str, credentials: bool) -> Option<Cause> {
    let last = verdict.exchanges.last()?;
    let origins = allowed_origins(last);
    let is_blocked =
        matches!(verdict.access, Access::BlockedByPreflight | Access::BlockedAfterResponse);
    if origins.len() > 1 && is_blocked {
        return Some(Cause::SeveralAllowOrigins { values: origins });
    }
    let is_of_policy = last.status.is_none() || last.refusal.is_some();
    let in_answer = || Some(find_in_answer(verdict, last, origins.first(), page, credentials));
    match (verdict.access, last.status.unwrap_or(0)) {
        (Access::BlockedByPreflight, 200..300 | 403) if is_of_policy || has_trace(last) => {
            in_answer()
        }
        (Access::BlockedByPreflight, status @ (401 | 403)) => {
            Some(Cause::PreflightUnauthorized { status })
        }
        (Access::BlockedByPreflight, _) if redirect::is_redirect(last.status) => {
            Some(redirected(last))
        }
        (Access::BlockedByPreflight, status) => Some(Cause::PreflightNotCovered { status }),
        (Access::BlockedAfterResponse, _) if is_of_policy || has_trace(last) => in_answer(),
        (Access::BlockedAfterResponse, status @ 400..) => Some(Cause::ErrorNotCovered { status }),
        (Access::BlockedAfterResponse, _) if allowed_by_preflight(verdict) => {
            Some(Cause::OverwrittenAllowOrigin { value: None })
        }
        (Access::BlockedAfterResponse, status) => Some(Cause::ResponseNotCovered { status }),
        _ => None,
    }
}

/// What is wrong with an answer that some CORS middleware has touched.
fn find_in_answer(
    verdict: &Verdict,
    last: &Exchange,
    allowed: Option<&String>,
    page: &str,
    credentials: bool,
) -> Cause {
    let sent = last.request.headers.iter().find(|(name, _)| name == Field::Origin.as_str());
    let origin = sent.map_or(page, |(_, origin)| origin.as_str());
    let is_lost = origin == "null" && page != "null";
    let value = allowed.filter(|value| *value != origin).cloned();
    match value {
        _ if is_lost => Cause::OriginLostByRedirect { to: last.request.url.text() },
        value if (value.is_some() || allowed.is_none()) && allowed_by_preflight(verdict) => {
            Cause::OverwrittenAllowOrigin { value }
        }
        None if credentials && allowed_by_preflight(verdict) => Cause::AllowCredentialsRemoved,
        Some(value) if value == "*" && credentials => Cause::AnyOriginWithCredentials,
        Some(value) if value != "*" => Cause::OtherAllowOrigin { value },
        _ => Cause::RefusedByPolicy,
    }
}

/// Whether the last request was sent because a preflight of the same URL was allowed just before.
fn allowed_by_preflight(verdict: &Verdict) -> bool {
    match verdict.exchanges.as_slice() {
        [.., preflight, actual] => preflight.request.is_preflight && !actual.request.is_preflight,
        _ => false,
    }
}

fn redirected(preflight: &Exchange) -> Cause {
    let from = &preflight.request.url;
    let to = redirect::location(from, &preflight.response).ok().flatten();
    Cause::PreflightRedirected { from: from.text(), to: to.map(|to| to.text()) }
}

/// Whether a response has anything that CORS middleware writes.
fn has_trace(exchange: &Exchange) -> bool {
    let names = exchange.response.names();
    names.iter().any(|name| name.starts_with(Field::OWNED_PREFIX)) || varies_by_origin(exchange)
}

pub(super) fn varies_by_origin(exchange: &Exchange) -> bool {
    exchange
        .response
        .extract(Field::Vary)
        .any(|name| name == b"*" || name.eq_ignore_ascii_case(b"origin"))
}

pub(super) fn allowed_origins(exchange: &Exchange) -> Vec<String> {
    let lines = exchange.response.get_all(Field::AccessControlAllowOrigin.as_str());
    // A proxy may join lines. No origin has a comma.
    let values = lines.flat_map(|line| line.split(|byte| *byte == b','));
    values.map(|value| String::from_utf8_lossy(value.trim_ascii()).into_owned()).collect()
}
