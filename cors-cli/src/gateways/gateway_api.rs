#![doc = include_str!("gateway_api.md")]

use crate::gateways::form::{Form, List, Origins, Rule};
use crate::gateways::origin::{Host, OriginMatcher, Port};
use crate::gateways::{Problem, Source};

/// The methods that a route can list.
const METHODS: [&str; 10] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "*"];

/// The most origins, headers and matches in a list.
const MOST: usize = 64;

/// The most rules of a route.
const MOST_RULES: usize = 16;

/// The most matches in all rules of a route.
const MOST_MATCHES: usize = 128;

/// The longest name of a route.
const LONGEST_NAME: usize = 253;

/// The longest origin.
const LONGEST_ORIGIN: usize = 253;

pub(super) fn write(form: &Form, source: &Source, problems: &mut Vec<Problem>) -> String {
    let route = route_name(source);
    let mut writer = Writer { form, source, problems };
    writer.check_name(&route);
    let mut text = format!(
        "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata:\n  name: {route}\n"
    );
    text.push_str("spec:\n  # Which gateway, which hosts and which service: to be edited.\n");
    text.push_str("  parentRefs:\n  - name: gateway\n  rules:\n");
    writer.check_rules();
    for index in 0..form.rules.len() {
        writer.write_rule(index, &mut text);
    }
    text
}

/// Returns the name of the route
/// ([RFC 1123 subdomain](https://kubernetes.io/docs/concepts/overview/working-with-objects/names/)).
/// Policies with different names have different routes.
fn route_name(source: &Source) -> String {
    let name = source.prefix().replace('_', "-");
    // A name ends with a letter or a digit. Only an escaped character ends otherwise, and no other name
    // ends within an escape.
    name.strip_suffix('-').map_or_else(|| name.clone(), Into::into)
}

struct Writer<'a> {
    form: &'a Form,
    source: &'a Source,
    problems: &'a mut Vec<Problem>,
}

impl Writer<'_> {
    fn refuse(&mut self, rule: usize, setting: &str, value: &str, reason: &str, instead: &str) {
        let path = self.source.rule_path(self.form.rules.len(), rule, setting);
        let mut problem = Problem::new(path, reason);
        if !value.is_empty() {
            problem = problem.with_value(value);
        }
        if !instead.is_empty() {
            problem = problem.or(instead);
        }
        self.problems.push(problem);
    }

    fn check_name(&mut self, route: &str) {
        let Some(path) = self.source.policy_path() else { return };
        if route.len() > LONGEST_NAME {
            let reason = format!(
                "the name of the route has {} characters, but at most {LONGEST_NAME} are allowed; \
                 choose a shorter name for the policy",
                route.len()
            );
            self.problems.push(Problem::new(path, reason));
        }
    }

    fn check_rules(&mut self) {
        if self.form.rules.len() > MOST_RULES {
            let reason = format!("a route has at most {MOST_RULES} rules");
            self.problems.push(Problem::new(self.source.path("rules"), reason));
        }
        let rules = self.form.rules.split_last().map_or(&[][..], |(_, rules)| rules);
        let matches: usize = rules.iter().map(|rule| listed(rule).len()).sum();
        // The last rule of a route matches once.
        if matches + 1 > MOST_MATCHES {
            let reason = format!("a route can tell at most {} origins apart", MOST_MATCHES - 1);
            self.problems.push(Problem::new(self.source.path("rules"), reason));
        }
        for (index, rule) in rules.iter().enumerate() {
            self.check_match(index, rule);
        }
    }

    /// Checks a rule that is chosen by the origin of a request. The last rule gets all other requests.
    fn check_match(&mut self, index: usize, rule: &Rule) {
        let matchers = listed(rule);
        if matches!(rule.origins, Origins::Any) || matchers.is_empty() {
            let reason = "only the last rule of a route can be without origins that it matches";
            self.refuse(index, "allow_origins", "", reason, "");
        }
        if matchers.len() > MOST {
            let reason = format!("a rule of a route matches at most {MOST} origins");
            self.refuse(index, "allow_origins", "", &reason, "");
        }
        for (at, matcher) in matchers.iter().enumerate() {
            if !matcher.is_exact() {
                let (setting, value) = (format!("allow_origins[{at}]"), quoted(&matcher.text));
                let reason = "the rules of a route are chosen by whole origins, and only the last \
                              rule can have patterns; list the origins, or move the rule to the end";
                self.refuse(index, &setting, &value, reason, "");
            }
        }
    }

    fn write_rule(&mut self, index: usize, text: &mut String) {
        let Some(rule) = self.form.rules.get(index) else { return };
        let is_last = index + 1 == self.form.rules.len();
        text.push_str("  - ");
        if !is_last {
            text.push_str("matches:\n");
            for matcher in listed(rule) {
                let value = quoted(&matcher.text);
                text.push_str("    - headers:\n      - name: Origin\n        type: Exact\n");
                text.push_str(&format!("        value: {value}\n"));
            }
            text.push_str("    ");
        }
        text.push_str("filters:\n    - type: CORS\n      cors:\n");
        self.write_origins(index, rule, text);
        if rule.allow_credentials {
            text.push_str("        allowCredentials: true\n");
        }
        self.write_methods(index, rule, text);
        self.write_headers(index, rule, text);
        self.write_exposed(index, rule, text);
        match rule.max_age {
            // Without a value, gateways send 5, which is what browsers take a missing one for.
            None => {}
            Some(0) => {
                let reason = "a route cannot tell browsers to ask each time; write max_age = 1";
                self.refuse(index, "max_age", "0", reason, "1 second");
                text.push_str("        maxAge: 1\n");
            }
            Some(seconds) => text.push_str(&format!("        maxAge: {seconds}\n")),
        }
        text.push_str("    backendRefs:\n    - name: service\n      port: 8080\n");
    }

    fn write_origins(&mut self, index: usize, rule: &Rule, text: &mut String) {
        let matchers = match &rule.origins {
            Origins::Any => {
                text.push_str("        allowOrigins:\n        - \"*\"\n");
                return;
            }
            Origins::Listed(matchers) => matchers,
        };
        if matchers.len() > MOST {
            let reason = format!("a route lists at most {MOST} origins");
            self.refuse(index, "allow_origins", "", &reason, "");
        }
        let mut origins = Vec::new();
        for (at, matcher) in matchers.iter().enumerate() {
            match inexpressible(matcher) {
                None => origins.push(quoted(&matcher.text)),
                Some(reason) => {
                    let (setting, value) = (format!("allow_origins[{at}]"), quoted(&matcher.text));
                    let instead = "left out; its pages are not allowed";
                    self.refuse(index, &setting, &value, reason, instead);
                }
            }
        }
        write_list("allowOrigins", &origins, text);
    }

    fn write_methods(&mut self, index: usize, rule: &Rule, text: &mut String) {
        let names = match &rule.allow_methods {
            List::Mirrored => "*",
            List::Fixed(names) => names,
        };
        let mut methods = Vec::new();
        for method in names.split(',') {
            if METHODS.contains(&method) {
                methods.push(quoted(method));
            } else {
                let reason = "a route lists only GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS, CONNECT \
                              and TRACE";
                let instead = "left out; the method is not allowed";
                self.refuse(index, "allow_methods", &quoted(method), reason, instead);
            }
        }
        write_list("allowMethods", &methods, text);
    }

    fn write_headers(&mut self, index: usize, rule: &Rule, text: &mut String) {
        let names = match &rule.allow_headers {
            None => return,
            Some(List::Mirrored) => {
                write_list("allowHeaders", &[quoted("*")], text);
                return;
            }
            Some(List::Fixed(names)) => names.split(',').collect::<Vec<_>>(),
        };
        if names.first() == Some(&"*") {
            let covers = names.contains(&"authorization");
            let reason = if covers {
                "a route cannot list a header beside *; list all headers by name"
            } else {
                "gateways may repeat what is asked for, so that * allows authorization too; list the \
                 headers by name"
            };
            let instead = "*, which covers authorization with some gateways and not with others";
            self.refuse(index, "allow_headers", "\"*\"", reason, instead);
            write_list("allowHeaders", &[quoted("*")], text);
            return;
        }
        self.check_count(index, "allow_headers", names.len());
        write_list(
            "allowHeaders",
            &names.iter().map(|name| quoted(name)).collect::<Vec<_>>(),
            text,
        );
    }

    fn write_exposed(&mut self, index: usize, rule: &Rule, text: &mut String) {
        let Some(names) = &rule.expose_headers else { return };
        let names: Vec<_> = names.split(',').map(quoted).collect();
        self.check_count(index, "expose_headers", names.len());
        write_list("exposeHeaders", &names, text);
    }

    fn check_count(&mut self, index: usize, setting: &str, count: usize) {
        if count > MOST {
            let reason = format!("a route lists at most {MOST} headers");
            self.refuse(index, setting, "", &reason, "");
        }
    }
}

fn listed(rule: &Rule) -> &[OriginMatcher] {
    match &rule.origins {
        Origins::Any => &[],
        Origins::Listed(matchers) => matchers,
    }
}

/// Why a route cannot list an origin.
fn inexpressible(matcher: &OriginMatcher) -> Option<&'static str> {
    let is_plain = |host: &str| {
        host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
            && !host.ends_with('.')
    };
    if !matches!(matcher.scheme.as_str(), "http" | "https") {
        return Some("a route lists only origins of http and https");
    }
    if matcher.port == Port::Any {
        return Some("a route has no pattern for any port; list the ports");
    }
    if matcher.text.len() > LONGEST_ORIGIN {
        return Some("a route lists only origins of at most 253 characters");
    }
    match &matcher.host {
        Host::Label { .. } => {
            Some("a route has no pattern for a part of a label; list the origins")
        }
        Host::Exact(host) if host.starts_with('[') => Some("a route lists no IPv6 addresses"),
        Host::Exact(host) | Host::Subdomains { base: host } if !is_plain(host) => {
            Some("a route lists only hosts of letters, digits, \"-\" and \".\"")
        }
        Host::Exact(_) | Host::Subdomains { .. } | Host::Any => None,
    }
}

fn write_list(name: &str, elements: &[String], text: &mut String) {
    if elements.is_empty() {
        text.push_str(&format!("        {name}: []\n"));
        return;
    }
    text.push_str(&format!("        {name}:\n"));
    for element in elements {
        text.push_str(&format!("        - {element}\n"));
    }
}

/// A text as YAML and JSON read it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
