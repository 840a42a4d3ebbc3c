#![doc = include_str!("haproxy.md")]

use crate::gateways::Source;
use crate::gateways::form::{
    Form, HEADERS, LONGEST_HEADERS, METHOD, NO_HEADERS, NO_METHOD, OWNED, Origins, Rule, Value,
};
use crate::gateways::origin::OriginMatcher;

/// As many origins as stand in a line. HAProxy reads 64 words at most.
const MOST_IN_LINE: usize = 16;

pub(super) fn write(form: &Form, source: &Source) -> String {
    let variables = Variables { prefix: source.prefix() };
    let mut text = String::new();
    variables.write_request(form, &mut text);
    variables.write_response(form, &mut text);
    text
}

/// The names of HAProxy's variables, which last from the request to its response.
struct Variables {
    prefix: String,
}

impl Variables {
    fn of(&self, name: &str) -> String {
        format!("txn.{}_{name}", self.prefix)
    }

    fn is_kind(&self, kind: &str) -> String {
        format!("{{ var({}) -m str {kind} }}", self.of("kind"))
    }

    fn is_rule(&self, number: usize) -> String {
        format!("{{ var({}) -m int {number} }}", self.of("rule"))
    }

    fn write_request(&self, form: &Form, text: &mut String) {
        let (kind, rule) = (self.of("kind"), self.of("rule"));
        let mut lines = Lines(text);
        lines.comment("A preflight has Origin and Access-Control-Request-Method.");
        lines.request(&format!("set-var({kind}) str(actual)"));
        lines.request(&format!("set-var({kind}) str(options) if {{ method OPTIONS }}"));
        lines.request(&format!(
            "set-var({kind}) str(preflight) if {{ method OPTIONS }} {{ req.fhdr_cnt(origin) gt 0 }} \
             {{ req.fhdr_cnt(access-control-request-method) gt 0 }}"
        ));
        lines.comment("The first rule whose origins include the request's; 0 if there is none.");
        lines.request(&format!("set-var({}) req.fhdr(origin)", self.of("origin")));
        lines.request(&format!("set-var({rule}) int(0)"));
        for (number, rule_form) in form.numbered() {
            let set = format!("set-var({rule}) int({number}) if {}", self.is_rule(0));
            match &rule_form.origins {
                Origins::Any => {
                    lines.request(&format!("{set} {{ req.fhdr_cnt(origin) gt 0 }}"));
                }
                Origins::Listed(matchers) => {
                    for condition in conditions(matchers) {
                        lines.request(&format!(
                            "{set} {{ req.fhdr_cnt(origin) 1 }} {{ req.fhdr(origin) {condition} }}"
                        ));
                    }
                }
            }
        }
        if form.rules.iter().any(|rule| rule.mirrors_methods() || rule.mirrors_headers()) {
            lines.comment("Answers repeat only what browsers can ask for.");
        }
        for (number, rule_form) in form.numbered() {
            self.write_mirrored(number, rule_form, &mut lines);
        }
        let preflight = self.is_kind("preflight");
        lines.comment("Preflights are answered here. All other requests are the service's.");
        lines.request(&format!("return status 403 if {preflight} {}", self.is_rule(0)));
        lines.request(&format!("return status 204 if {preflight}"));
    }

    fn write_mirrored(&self, number: usize, rule: &Rule, lines: &mut Lines<'_>) {
        let refuse = format!(
            "set-var({}) int(0) if {} {}",
            self.of("rule"),
            self.is_kind("preflight"),
            self.is_rule(number)
        );
        if rule.mirrors_methods() {
            let method = "req.fhdr(access-control-request-method)";
            lines.request(&format!("set-var({}) {method}", self.of("method")));
            lines.request(&format!("{refuse} {{ {method} -m reg '{NO_METHOD}' }}"));
            lines.request(&format!("{refuse} !{{ {method} -m reg '{METHOD}' }}"));
        }
        if rule.mirrors_headers() {
            let headers = "req.fhdr(access-control-request-headers)";
            lines.request(&format!("set-var({}) {headers}", self.of("headers")));
            lines.request(&format!("{refuse} {{ {headers} -m len gt {LONGEST_HEADERS} }}"));
            lines.request(&format!("{refuse} {{ {headers} -m reg '{NO_HEADERS}' }}"));
            lines.request(&format!(
                "{refuse} {{ {headers} -m len gt 0 }} !{{ {headers} -m reg '{HEADERS}' }}"
            ));
        }
    }

    fn write_response(&self, form: &Form, text: &mut String) {
        text.push('\n');
        text.push_str("    # The policy's headers replace those of the service.\n");
        for header in OWNED {
            text.push_str(&format!("    http-after-response del-header {header}\n"));
        }
        let preflight = self.is_kind("preflight");
        let refused = format!("{preflight} {}", self.is_rule(0));
        let mut set = |(header, value): (&str, Value), condition: &str| {
            let asked = match value {
                Value::Headers => format!(" {{ var({}) -m len gt 0 }}", self.of("headers")),
                _ => String::new(),
            };
            let value = self.written(&value);
            text.push_str(&format!(
                "    http-after-response set-header {header} {value} if {condition}{asked}\n"
            ));
        };
        if let Some(rule) = form.rule_for_all() {
            let condition = format!("{} !{preflight}", self.is_rule(0));
            for header in rule.of_all().into_iter().chain(rule.of_others()) {
                set(header, &condition);
            }
        }
        for (number, rule) in form.numbered() {
            let is_rule = self.is_rule(number);
            rule.of_all().into_iter().for_each(|header| set(header, &is_rule));
            let condition = format!("{is_rule} !{preflight}");
            rule.of_others().into_iter().for_each(|header| set(header, &condition));
            let condition = format!("{is_rule} {preflight}");
            rule.of_preflights().into_iter().for_each(|header| set(header, &condition));
        }
        set(("Cache-Control", Value::Text("no-store".into())), &refused);
        self.write_vary(form, text);
    }

    fn write_vary(&self, form: &Form, text: &mut String) {
        for (kind, fields) in [
            ("actual", form.vary.actual),
            ("options", form.vary.options),
            ("preflight", form.vary.preflight),
        ] {
            let unless_covered = match fields {
                ["Origin"] => " !{ res.hdr(vary) -m str -i origin '*' }",
                _ => "",
            };
            if !fields.is_empty() {
                let value = quoted(&fields.join(", "));
                let kind = self.is_kind(kind);
                text.push_str(&format!(
                    "    http-after-response add-header Vary {value} if {kind}{unless_covered}\n"
                ));
            }
        }
    }

    fn written(&self, value: &Value) -> String {
        match value {
            Value::Text(text) => quoted(text),
            Value::Origin => self.value("origin"),
            Value::Method => self.value("method"),
            Value::Headers => self.value("headers"),
        }
    }

    fn value(&self, variable: &str) -> String {
        format!("%[var({})]", self.of(variable))
    }
}

/// The lines of the configuration.
struct Lines<'a>(&'a mut String);

impl Lines<'_> {
    fn comment(&mut self, text: &str) {
        self.0.push_str(&format!("    # {text}\n"));
    }

    fn request(&mut self, rule: &str) {
        self.0.push_str(&format!("    http-request {rule}\n"));
    }
}

/// Tests of an origin, each for a line.
fn conditions(matchers: &[OriginMatcher]) -> Vec<String> {
    let (exact, patterns): (Vec<_>, Vec<_>) = matchers.iter().partition(|one| one.is_exact());
    let in_line = |matchers: &[&OriginMatcher]| {
        let texts: Vec<_> = matchers.iter().map(|one| format!("'{}'", one.text)).collect();
        format!("-m str {}", texts.join(" "))
    };
    let exact = exact.chunks(MOST_IN_LINE).map(in_line);
    exact.chain(patterns.iter().map(|one| format!("-m reg '{}'", one.regex()))).collect()
}

/// A text as a value, in which HAProxy finds neither an expression nor the end of the quotes.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('%', "%%").replace('\'', "'\\''"))
}
