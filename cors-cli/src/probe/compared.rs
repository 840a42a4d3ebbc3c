//! One script's request: what should come of it, and what does.

use cors_core::PolicyConfig;
use cors_core::explain::{Access, Cause, Exchange, Severity, Verdict};

use crate::probe::headers;
use crate::probe::page::Page;
use crate::probe::question::{Question, Script, Sent};
use crate::probe::report::{Deviation, Findings};

/// What should come of a script's request, and what does.
pub(super) struct Compared<'a> {
    pub(super) question: &'a Question,
    pub(super) script: &'a Script,
    pub(super) last: &'a Sent,
    /// Without and with credentials.
    pub(super) expected: [Verdict; 2],
    pub(super) got: [Verdict; 2],
    pub(super) should_pass: [bool; 2],
    pub(super) passes: [bool; 2],
    pub(super) allows_page: bool,
    /// Whether the service allows strangers, too.
    pub(super) allows_strangers: bool,
    /// Whether other preflights to the URL are allowed.
    pub(super) is_covered: bool,
}

impl Compared<'_> {
    pub(super) fn check(&self, config: &PolicyConfig, findings: &mut Findings) {
        self.check_verdicts(findings);
        self.check_exposed(config, findings);
        self.check_max_age(findings);
        self.check_refusal(findings);
    }

    pub(super) fn deviation(
        &self,
        severity: Severity,
        code: &'static str,
        expected: impl Into<String>,
        fix: impl Into<String>,
    ) -> Deviation {
        Deviation::new(severity, code, (self.question, self.last), expected, fix)
    }

    fn check_verdicts(&self, findings: &mut Findings) {
        let [should_pass, should_pass_with_credentials] = self.should_pass;
        let [passes, passes_with_credentials] = self.passes;
        if (should_pass && !passes) || (should_pass_with_credentials && !passes_with_credentials) {
            // Several lines of a field are told by themselves.
            if headers::duplicates(&self.last.received).next().is_none() {
                findings.add(self.blocked(should_pass && !passes));
            }
        } else if (!should_pass && passes)
            || (!should_pass_with_credentials && passes_with_credentials)
        {
            findings.add(self.allowed(!should_pass && passes));
        }
    }

    /// `without_credentials` is whether the request is blocked even without credentials.
    fn blocked(&self, without_credentials: bool) -> Deviation {
        let [anonymous, credentialed] = &self.got;
        let got = if without_credentials { anonymous } else { credentialed };
        let code = match self.last.is_preflight {
            true => "preflight-blocked",
            false if without_credentials || !self.passes.contains(&true) => "origin-blocked",
            false => "credentials-blocked",
        };
        let expected = match without_credentials {
            true => "the policy allows this",
            false => "the policy allows this with credentials",
        };
        let allowed = self.last.received.value("access-control-allow-origin");
        let step = || {
            match got.steps().iter().find(|step| !step.passed()) {
            Some(step) if allowed.as_deref() == self.last.header("origin") => {
                format!("{}: let the service answer as the policy says", step.text())
            }
            _ => "let the service answer this page with its own origin in access-control-allow-origin".into(),
        }
        };
        let fix = match got.causes().first() {
            Some(Cause::OtherAllowOrigin { value }) if value.contains([',', ' ']) => {
                "access-control-allow-origin takes one origin and no list; answer each page with its own origin".into()
            }
            None | Some(Cause::RefusedByPolicy | Cause::OtherAllowOrigin { .. }) => step(),
            Some(Cause::PreflightNotCovered { .. } | Cause::PreflightUnauthorized { .. })
                if self.is_covered =>
            {
                let names = [std::slice::from_ref(&self.script.method), &self.script.headers];
                let names = names.concat().join(", ");
                format!("other preflights are allowed here; allow the same page {names} too")
            }
            Some(cause) => cause.to_string(),
        };
        self.deviation(Severity::Error, code, expected, fix)
    }

    /// `without_credentials` is whether the request is allowed even without credentials.
    fn allowed(&self, without_credentials: bool) -> Deviation {
        let (page, only_credentials) = (&self.script.page, !without_credentials);
        if !self.allows_page {
            let expected = "the policy does not allow this origin";
            let allowed = self.last.received.value("access-control-allow-origin");
            let fix = match allowed.as_deref() {
                Some("*") => "* allows every origin; leave the header to the CORS middleware, and list the origins there".into(),
                _ if self.allows_strangers => Page::stranger().fix(),
                _ => page.fix(),
            };
            return self.deviation(Severity::Error, "origin-allowed", expected, fix);
        }
        if only_credentials {
            let fix = "leave access-control-allow-credentials out, or set allow_credentials in the policy";
            let expected = "the policy allows this without credentials only";
            return self.deviation(Severity::Error, "credentials-allowed", expected, fix);
        }
        let fix = match self.script.headers.as_slice() {
            [] => format!(
                "allow the listed methods only, without {}, or list it in allow_methods",
                self.script.method
            ),
            names => format!(
                "allow the listed headers only, without {}, or list it in allow_headers",
                names.last().map_or("it", String::as_str)
            ),
        };
        let expected = "the policy does not allow this";
        self.deviation(Severity::Error, "preflight-allowed", expected, fix)
    }

    /// Which headers of the response the script can read.
    fn check_exposed(&self, config: &PolicyConfig, findings: &mut Findings) {
        for (expected, got) in self.expected.iter().zip(&self.got) {
            if expected.access() != Access::Allowed || got.access() != Access::Allowed {
                continue;
            }
            let listed = config.rules.iter().flat_map(|rule| rule.expose_headers.iter().cloned());
            let exposed = self.last.received.lines("access-control-expose-headers");
            let exposed: Vec<_> = exposed
                .flat_map(|line| {
                    line.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>()
                })
                .collect();
            let sent = self.last.received.headers.iter().map(|(name, _)| name.clone());
            let mut names: Vec<_> = listed.chain(exposed).chain(sent).collect();
            names.push("x-cors-probe".into());
            names.iter_mut().for_each(|name| name.make_ascii_lowercase());
            names.sort_unstable();
            names.dedup();
            names.retain(|name| !name.is_empty() && name != "*");
            let (readable, unreadable): (Vec<_>, Vec<_>) = names
                .into_iter()
                .filter(|name| expected.can_read(name) != got.can_read(name))
                .partition(|name| got.can_read(name));
            if !readable.is_empty() {
                let expected = format!("the policy does not expose {}", readable.join(", "));
                let fix = "expose the listed headers only, or list these in expose_headers";
                findings.add(self.deviation(Severity::Error, "header-exposed", expected, fix));
            }
            if !unreadable.is_empty() {
                let expected = format!("the policy exposes {}", unreadable.join(", "));
                let fix =
                    "list these headers in access-control-expose-headers, separated by commas";
                findings.add(self.deviation(Severity::Error, "header-not-exposed", expected, fix));
            }
        }
    }

    fn check_max_age(&self, findings: &mut Findings) {
        // What browsers take when there is none.
        const DEFAULT: &str = "5";

        if !self.last.is_preflight {
            return;
        }
        let verdicts = self.expected.iter().zip(self.should_pass).zip(self.passes);
        let Some(expected) = verdicts
            .into_iter()
            .find_map(|((verdict, should), is)| (should && is).then_some(verdict))
        else {
            return;
        };
        let field = "access-control-max-age";
        let preflight = expected.preflight();
        let expected = preflight.and_then(|preflight| value(preflight, field));
        let got = self.last.received.value(field);
        let seconds = |value: &Option<String>| value.as_deref().unwrap_or(DEFAULT).to_owned();
        if seconds(&expected) != seconds(&got) {
            let expected = match expected {
                Some(expected) => format!("the policy says {field}: {expected}"),
                None => format!("the policy has no max_age, so browsers take {DEFAULT} seconds"),
            };
            let fix = "send the policy's max_age, or change it";
            findings.add(self.deviation(Severity::Warning, "max-age", expected, fix));
        }
    }

    /// The header lines of a response that does not let the page through.
    fn check_refusal(&self, findings: &mut Findings) {
        let origin = "access-control-allow-origin";
        let Some(expected) =
            self.expected.first().and_then(|verdict| match self.last.is_preflight {
                true => verdict.preflight(),
                false => verdict.actual(),
            })
        else {
            return;
        };
        let received = &self.last.received;
        let needless: Vec<_> = headers::PERMISSIONS
            .into_iter()
            .filter(|name| received.value(name).is_some())
            .collect();
        if !self.allows_page && received.value(origin).is_none() && !needless.is_empty() {
            let expected = "the policy tells pages of other origins nothing".to_owned();
            let fix = format!("send {} to allowed origins only", needless.join(", "));
            let code = "headers-for-other-origin";
            findings.add(self.deviation(Severity::Warning, code, expected, fix));
        }
        let is_refused = !self.should_pass.contains(&true) && !self.passes.contains(&true);
        if self.allows_page
            && self.is_covered
            && is_refused
            && self.last.is_preflight
            && value(expected, origin).is_some()
            && received.value(origin).is_none()
        {
            let expected = "the policy allows the origin, and not what is asked for";
            let fix = "answer with access-control-allow-origin and the lists, so that the browser's console names what is not allowed";
            findings.add(self.deviation(Severity::Warning, "refusal-unexplained", expected, fix));
        }
        let stores_nothing = !self.last.is_preflight && value(expected, "cache-control").is_some();
        if stores_nothing && received.status >= 400 && !received.lists("cache-control", "no-store")
        {
            let expected = "the policy's refusals have cache-control: no-store";
            let fix = "send cache-control: no-store, so that no cache gives the refusal to others";
            findings.add(self.deviation(Severity::Warning, "refusal-stored", expected, fix));
        }
    }
}

fn value(exchange: &Exchange, field: &str) -> Option<String> {
    let mut lines = exchange.response_headers().into_iter();
    lines.find(|(name, _)| *name == field).map(|(_, value)| value)
}
