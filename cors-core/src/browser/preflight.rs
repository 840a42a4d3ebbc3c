//! What a browser makes of the answer to a preflight, and of the CORS headers of any response.

use std::time::Duration;

use crate::browser::exchange::Exchange;
use crate::browser::header_lines::{Elements, HeaderLines};
use crate::browser::preflight_cache::Grant;
use crate::browser::prepare::{AUTHORIZATION, Prepared};
use crate::browser::verdict::Verdict;
use crate::http::{Field, fetch};

/// How long a browser keeps an answer that does not say.
const DEFAULT_MAX_AGE: Duration = Duration::from_secs(5);

/// The parts of a request that checks of its responses depend on.
pub(super) struct Asked<'a> {
    /// The serialized origin of the request, which redirects can change.
    pub(super) origin: &'a str,
    pub(super) prepared: &'a Prepared,
    pub(super) credentials: bool,
    pub(super) upload: bool,
}

impl Asked<'_> {
    /// The [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0), from the
    /// response on. Returns what the answer allows.
    pub(super) fn check_preflight(
        &self,
        exchange: &Exchange,
        verdict: &mut Verdict,
    ) -> Option<Grant> {
        const STANDARD: &str = "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0";

        let Self { prepared, credentials, .. } = *self;
        let response = &exchange.response;
        let status = exchange.status.unwrap_or(0);
        if !self.check_cors(response, verdict)
            || !verdict.step(
                (200..300).contains(&status),
                format!("the preflight's status, {status}, must be from 200 to 299"),
                STANDARD,
            )
        {
            return None;
        }
        let methods = response.extract(Field::AccessControlAllowMethods);
        let names = response.extract(Field::AccessControlAllowHeaders);
        for (list, field) in [
            (&methods, Field::AccessControlAllowMethods),
            (&names, Field::AccessControlAllowHeaders),
        ] {
            if matches!(list, Elements::Malformed) {
                let text = format!("{} must be a list of tokens", field.as_str());
                verdict.step(false, text, STANDARD);
                return None;
            }
        }
        let method = prepared.method.as_bytes();
        let is_taken_as_asked = self.upload && matches!(methods, Elements::Absent);
        let is_method_allowed = fetch::is_safelisted_method(method)
            || is_taken_as_asked
            || methods.any(|element| element == method)
            || methods.has_wildcard(credentials);
        let text = format!(
            "the method {} must be safelisted, or {}",
            prepared.method,
            self.listed_in(Field::AccessControlAllowMethods)
        );
        if !verdict.step(is_method_allowed, text, STANDARD) {
            return None;
        }
        for name in &prepared.unsafe_names {
            let field = Field::AccessControlAllowHeaders;
            let is_listed = names.any(|element| element.eq_ignore_ascii_case(name.as_bytes()));
            let is_covered = name != AUTHORIZATION && names.has_wildcard(credentials);
            let text = if name == AUTHORIZATION {
                format!(
                    "the header {name} must be named in {}, where * does not cover it",
                    field.as_str()
                )
            } else {
                format!("the header {name} must be {}", self.listed_in(field))
            };
            if !verdict.step(is_listed || is_covered, text, STANDARD) {
                return None;
            }
        }
        let mut methods = texts(&methods);
        if is_taken_as_asked {
            methods.push(prepared.method.clone());
        }
        let headers = texts(&names).iter().map(|name| name.to_ascii_lowercase()).collect();
        Some(Grant { methods, headers, max_age: max_age(response) })
    }

    /// The [CORS check](https://fetch.spec.whatwg.org/#concept-cors-check).
    pub(super) fn check_cors(&self, response: &HeaderLines, verdict: &mut Verdict) -> bool {
        const STANDARD: &str = "https://fetch.spec.whatwg.org/#concept-cors-check";

        let Self { origin, credentials, .. } = *self;
        let field = Field::AccessControlAllowOrigin.as_str();
        let allowed = response.just_one(field);
        let is_any = !credentials && allowed == Some(b"*");
        let other = if credentials { "; with credentials * does not count" } else { " or *" };
        let text = format!("{field} must be {origin}{other}");
        if !verdict.step(is_any || allowed == Some(origin.as_bytes()), text, STANDARD) {
            return false;
        }
        if !credentials {
            return true;
        }
        let field = Field::AccessControlAllowCredentials.as_str();
        let is_allowed = response.just_one(field) == Some(b"true");
        verdict.step(is_allowed, format!("{field} must be true"), STANDARD)
    }

    fn listed_in(&self, field: Field) -> String {
        let any = if self.credentials { "" } else { ", by name or by *" };
        format!("listed in {}{any}", field.as_str())
    }
}

fn texts(elements: &Elements<'_>) -> Vec<String> {
    match elements {
        Elements::Listed(elements) => {
            elements.iter().map(|element| String::from_utf8_lossy(element).into_owned()).collect()
        }
        Elements::Absent | Elements::Malformed => Vec::new(),
    }
}

/// The value of `Access-Control-Max-Age`: `delta-seconds`, once.
fn max_age(response: &HeaderLines) -> Duration {
    let Some(digits) = response.just_one(Field::AccessControlMaxAge.as_str()) else {
        return DEFAULT_MAX_AGE;
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return DEFAULT_MAX_AGE;
    }
    let seconds = digits.iter().fold(0_u64, |seconds, digit| {
        seconds.saturating_mul(10).saturating_add(u64::from(digit - b'0'))
    });
    Duration::from_secs(seconds)
}
