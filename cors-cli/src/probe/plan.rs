//! Which requests show whether a service keeps to a policy.

use std::collections::HashSet;

use cors_core::explain::BrowserRequest;
use cors_core::{Policy, RuleConfig};

use crate::probe::Options;
use crate::probe::page::{self, Page};
use crate::probe::question::{Ask, Purpose, Question, Script};
use crate::probe::target::Target;

/// The questions, and how many did not fit.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) questions: Vec<Question>,
    pub(super) left_out: usize,
}

/// Methods and headers that services often allow without anybody's decision.
const USUAL_METHODS: [&str; 3] = ["PUT", "PATCH", "DELETE"];
const USUAL_HEADERS: [&str; 3] = ["authorization", "content-type", "x-requested-with"];

/// A method and a header that nobody lists.
const UNLISTED_METHOD: &str = "CORS-PROBE";
const UNLISTED_HEADER: &str = "x-cors-probe";

impl Plan {
    pub(super) fn for_policy(policy: &Policy, target: &Target, options: &Options) -> Self {
        let mut planner = Planner { target, questions: Vec::new() };
        planner.add_policy(policy, options);
        planner.finish(options.max_requests)
    }

    /// What a policy is not needed for: pages around these origins, strangers and `null`.
    pub(super) fn for_audit(origins: &[String], target: &Target, options: &Options) -> Self {
        let mut planner = Planner { target, questions: Vec::new() };
        planner.add_audit(origins);
        planner.finish(options.max_requests)
    }

    pub(super) fn requests(&self) -> usize {
        self.questions.iter().map(Question::requests).sum()
    }
}

struct Planner<'t> {
    target: &'t Target,
    questions: Vec<Question>,
}

impl Planner<'_> {
    fn add_policy(&mut self, policy: &Policy, options: &Options) {
        let config = policy.to_config();
        let url = self.first_url();
        let pages = |rule: &RuleConfig| {
            let pages = rule.allow_origins.iter().flat_map(|pattern| page::inside(pattern));
            let pages = pages.filter(|page| !self.target.is_at_host(&page.origin));
            pages.collect::<Vec<_>>()
        };
        let rules: Vec<_> = config.rules.iter().map(|rule| (rule, pages(rule))).collect();
        let leads: Vec<_> = rules
            .iter()
            .filter_map(|(rule, pages)| Some((*rule, pages.first()?.clone())))
            .collect();

        for (rule, lead) in &leads {
            self.add_battery(&url, lead, rule);
        }
        self.add_vary_checks(&url, leads.first().map(|(_, lead)| lead));
        let fallback = RuleConfig::default();
        let first_rule = config.rules.first().unwrap_or(&fallback);
        for stranger in [Page::stranger(), Page::null(), Page::loopback()] {
            self.add_boundary(&url, stranger, first_rule, false);
        }
        if config.enforce_origins {
            self.add_enforcement(&url, first_rule, policy);
        }
        for (rule, pages) in &rules {
            for page in pages {
                self.add_boundary(&url, page.clone(), rule, false);
            }
        }
        let others = self.target.urls.iter().skip(1).chain([&self.target.unknown]);
        for url in others.cloned().collect::<Vec<_>>() {
            for (rule, lead) in &leads {
                self.add_boundary(&url, lead.clone(), rule, false);
            }
            self.add_boundary(&url, Page::stranger(), first_rule, false);
            self.add_bare(&url, "GET", Vec::new(), Purpose::Baseline);
        }
        for method in &options.methods {
            for url in self.target.urls.clone() {
                let pages = leads.iter().map(|(_, lead)| lead.clone()).chain([Page::stranger()]);
                for page in pages.collect::<Vec<_>>() {
                    self.add_script(&url, Script::get(page).method(method), true, false);
                }
            }
        }
        for rule in &config.rules {
            for pattern in &rule.allow_origins {
                for page in page::outside(pattern) {
                    self.add_boundary(&url, page, rule, true);
                }
            }
        }
    }

    fn add_audit(&mut self, origins: &[String]) {
        let url = self.first_url();
        let rule = RuleConfig::default();
        self.add_vary_checks(&url, None);
        for page in [Page::stranger(), Page::null(), Page::loopback()] {
            self.add_boundary(&url, page.clone(), &rule, false);
            self.add_script(&url, Script::get(page).method("PUT"), false, false);
        }
        for origin in origins {
            for page in page::inside(origin) {
                self.add_boundary(&url, page, &rule, false);
            }
            for page in page::outside(origin) {
                self.add_boundary(&url, page, &rule, true);
            }
        }
        let others = self.target.urls.iter().skip(1).chain([&self.target.unknown]);
        for url in others.cloned().collect::<Vec<_>>() {
            self.add_boundary(&url, Page::stranger(), &rule, false);
            self.add_bare(&url, "GET", Vec::new(), Purpose::Baseline);
        }
    }

    /// Every method and header that a rule lists, and some that it does not list.
    fn add_battery(&mut self, url: &str, lead: &Page, rule: &RuleConfig) {
        let get = || Script::get(lead.clone());
        let headers: Vec<&str> = match any(&rule.allow_headers) {
            true => vec![UNLISTED_HEADER],
            false => rule.allow_headers.iter().map(String::as_str).collect(),
        };
        let method = asked_method(rule);
        let mut scripts = vec![get(), get().method("HEAD"), Script::upload(lead.clone())];
        scripts.push(get().method(method));
        for safelisted in ["GET", "HEAD", "POST"] {
            scripts.extend(headers.first().map(|name| get().method(safelisted).headers([*name])));
        }
        let methods = rule.allow_methods.iter().map(String::as_str).filter(|name| *name != "*");
        for method in methods.chain(USUAL_METHODS).chain([UNLISTED_METHOD]) {
            scripts.push(get().method(method));
            // Browsers put only some methods into upper case.
            let lower = method.to_ascii_lowercase();
            if lower != method && !["put", "delete"].contains(&lower.as_str()) {
                scripts.push(get().method(&lower));
            }
        }
        for name in headers.iter().copied().chain(USUAL_HEADERS).chain([UNLISTED_HEADER]) {
            scripts.push(get().headers([name]));
        }
        scripts.push(get().method(method).headers(headers.iter().copied()));
        scripts
            .push(get().method(method).headers(headers.iter().copied().chain([UNLISTED_HEADER])));
        for script in scripts.into_iter().filter(is_needed) {
            self.add_script(url, script, false, false);
        }
    }

    /// Whether pages of one origin get through: a simple request, and what the rule grants.
    fn add_boundary(&mut self, url: &str, page: Page, rule: &RuleConfig, is_optional: bool) {
        self.add_script(url, Script::get(page.clone()), false, is_optional);
        let header = match any(&rule.allow_headers) {
            true => Some(UNLISTED_HEADER),
            false => rule.allow_headers.first().map(String::as_str),
        };
        let mut script = match (asked_method(rule), header) {
            ("GET", None) => Script::upload(page),
            (method, _) => Script::get(page).method(method),
        };
        script.headers.extend(header.map(Into::into));
        self.add_script(url, script, false, is_optional);
    }

    /// By what the responses differ.
    fn add_vary_checks(&mut self, url: &str, lead: Option<&Page>) {
        let origin = |page: &Page| vec![("origin".to_owned(), page.origin.clone())];
        self.add_bare(url, "GET", Vec::new(), Purpose::Baseline);
        for encoding in ["gzip", "identity"] {
            let mut headers = lead.map(origin).unwrap_or_default();
            headers.push(("accept-encoding".into(), encoding.into()));
            self.add_bare(url, "GET", headers, Purpose::Encoding);
        }
        self.add_bare(url, "OPTIONS", Vec::new(), Purpose::PlainOptions);
        for page in lead.into_iter().chain([&Page::stranger()]) {
            self.add_bare(url, "OPTIONS", origin(page), Purpose::PlainOptions);
        }
    }

    fn add_enforcement(&mut self, url: &str, rule: &RuleConfig, policy: &Policy) {
        let mut own = vec![("sec-fetch-site".to_owned(), "same-origin".to_owned())];
        self.add_bare(url, "GET", own.clone(), Purpose::OwnPage);
        let by_own_page =
            BrowserRequest::new(&self.target.origin).method("POST").host(&self.target.host);
        if policy.simulate(&by_own_page).is_allowed() {
            // As in the handshake of a WebSocket, which is a GET request with an origin.
            own.push(("origin".into(), self.target.origin.clone()));
            self.add_bare(url, "GET", own, Purpose::OwnPage);
        }
        let (scheme, host) = self.target.origin.split_once("://").unwrap_or_default();
        let name = match host.rsplit_once(':') {
            Some((name, port)) if !port.contains(']') => name,
            _ => host,
        };
        let mut other_port = Page::stranger();
        other_port.origin = format!("{scheme}://{name}:8444");
        if !self.target.is_at_host(&other_port.origin) {
            self.add_boundary(url, other_port, rule, false);
        }
        if !policy.to_config().own_origins.is_empty() {
            let mut host = vec![("host".to_owned(), "cors-probe.example".to_owned())];
            self.add_bare(url, "GET", host.clone(), Purpose::ForeignHost);
            let mut allowed = rule.allow_origins.iter().flat_map(|pattern| page::inside(pattern));
            if let Some(page) = allowed.next() {
                host.push(("origin".into(), page.origin));
                self.add_bare(url, "GET", host, Purpose::ForeignHost);
            }
        }
    }

    fn first_url(&self) -> String {
        self.target.urls.first().cloned().unwrap_or_default()
    }

    fn add_script(&mut self, url: &str, script: Script, is_whole: bool, is_optional: bool) {
        if !self.target.is_at_host(&script.page.origin) {
            let ask = Ask::Script { script, is_whole };
            self.questions.push(Question { url: url.into(), ask, is_optional });
        }
    }

    fn add_bare(
        &mut self,
        url: &str,
        method: &'static str,
        headers: Vec<(String, String)>,
        purpose: Purpose,
    ) {
        let ask = Ask::Bare { method, headers, purpose };
        self.questions.push(Question { url: url.into(), ask, is_optional: false });
    }

    /// Asks nothing twice, and no more than allowed. Of what does not fit, the boundaries of patterns
    /// are left out first, evenly.
    fn finish(self, max_requests: usize) -> Plan {
        let mut seen = HashSet::new();
        let mut questions = self.questions;
        questions.retain(|question| seen.insert(question.key()));
        let total: usize = questions.iter().map(Question::requests).sum();
        let (optional, mut kept): (Vec<_>, Vec<_>) =
            questions.into_iter().partition(|question| question.is_optional);
        let mut left = max_requests;
        kept.retain(|question| {
            let fits = question.requests() <= left;
            left = left.saturating_sub(question.requests());
            fits
        });
        let count = optional.len();
        let is_kept = |position: usize| {
            count <= left || (position + 1) * left / count > position * left / count
        };
        let optional = optional.into_iter().enumerate();
        kept.extend(optional.filter(|(position, _)| is_kept(*position)).map(|(_, asked)| asked));
        let plan = Plan { questions: kept, left_out: 0 };
        let left_out = total.saturating_sub(plan.requests());
        Plan { left_out, ..plan }
    }
}

fn any(names: &[String]) -> bool {
    names.iter().any(|name| name == "*")
}

/// A method that a rule allows and that takes a preflight; GET if there is none.
fn asked_method(rule: &RuleConfig) -> &str {
    if any(&rule.allow_methods) {
        return "PUT";
    }
    let is_unsafe = |name: &&str| !["GET", "HEAD", "POST"].contains(name);
    rule.allow_methods.iter().map(String::as_str).find(is_unsafe).unwrap_or("GET")
}

/// Whether a script's request is a preflight, or safe.
fn is_needed(script: &Script) -> bool {
    script.takes_preflight() || ["GET", "HEAD"].contains(&script.method.as_str())
}

#[cfg(test)]
mod tests {
    use cors_core::Policy;

    use super::Plan;
    use crate::probe::Options;
    use crate::probe::question::Ask;
    use crate::probe::target::Target;

    fn policy() -> Policy {
        let policy = Policy::builder()
            .allow_origins(["https://app.example.com", "https://*.example.org"])
            .allow_credentials(true)
            .allow_methods(["PUT", "PATCH"])
            .allow_headers(["content-type"])
            .build();
        policy.expect("the policy is valid")
    }

    fn plan(options: &Options) -> Plan {
        let target = Target::new("http://127.0.0.1:3000/items", &[]).expect("a URL");
        Plan::for_policy(&policy(), &target, options)
    }

    #[test]
    fn only_safe_methods_follow_a_preflight() {
        let mut options = Options::default();
        let is_unsafe = |ask: &Ask| match ask {
            Ask::Script { script, is_whole } => {
                let is_sent = *is_whole || !script.takes_preflight();
                is_sent && !["GET", "HEAD"].contains(&script.method.as_str())
            }
            Ask::Bare { method, .. } => !["GET", "OPTIONS"].contains(method),
        };
        let count =
            |plan: Plan| plan.questions.iter().filter(|asked| is_unsafe(&asked.ask)).count();
        assert_eq!(count(plan(&options)), 0);
        options.methods = vec!["DELETE".into()];
        assert_eq!(count(plan(&options)), 2, "from a page of the rule, and from a stranger");
    }

    #[test]
    fn every_method_and_header_is_asked_for() {
        let asked: Vec<_> =
            plan(&Options::default()).questions.iter().map(ToString::to_string).collect();
        for expected in [
            "GET http://127.0.0.1:3000/items",
            "OPTIONS http://127.0.0.1:3000/items with origin: https://app.example.com",
            "GET http://127.0.0.1:3000/items from https://app.example.com",
            "HEAD http://127.0.0.1:3000/items from https://app.example.com",
            "preflight for PATCH http://127.0.0.1:3000/items from https://app.example.com",
            "preflight for patch http://127.0.0.1:3000/items from https://app.example.com",
            "preflight for DELETE http://127.0.0.1:3000/items from https://app.example.com",
            "preflight for GET http://127.0.0.1:3000/items with authorization from https://app.example.com",
            "preflight for PUT http://127.0.0.1:3000/items with content-type, x-cors-probe from https://app.example.com",
            "preflight for PUT http://127.0.0.1:3000/items with content-type from https://a.b.example.org",
            "preflight for PUT http://127.0.0.1:3000/items with content-type from https://xexample.org",
            "GET http://127.0.0.1:3000/items from null",
            "GET http://127.0.0.1:3000/cors-probe-unknown from https://cors-probe.example",
        ] {
            assert!(asked.iter().any(|asked| asked == expected), "{expected}: {asked:#?}");
        }
    }

    #[test]
    fn requests_are_bounded() {
        let all = plan(&Options::default());
        assert_eq!(all.left_out, 0);
        for max_requests in [0, 1, 40, 60, all.requests()] {
            let options = Options { max_requests, ..Options::default() };
            let some = plan(&options);
            assert_eq!(some.requests(), max_requests);
            assert_eq!(some.left_out, all.requests() - max_requests);
        }
    }
}
