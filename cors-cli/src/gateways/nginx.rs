#![doc = include_str!("nginx.md")]

use crate::gateways::form::{
    Form, HEADERS, List, METHOD, NO_HEADERS, NO_METHOD, OWNED, Origins, Rule, TOO_LONG_HEADERS,
};
use crate::gateways::{Problem, Source};

/// The most bytes of a value, with escapes and quotes. nginx reads parameters into 4096 bytes.
const LONGEST_VALUE: usize = 4000;

/// The parts of the configuration for `http`, and for `server` or `location`.
pub(super) fn write(form: &Form, source: &Source, problems: &mut Vec<Problem>) -> [String; 2] {
    let names = Names { prefix: source.prefix() };
    names.check_lengths(form, source, problems);
    let mut text = String::from("# In http:\n\n");
    names.write_kind(&mut text);
    names.write_rule(form, &mut text);
    text.push_str("# The text of a refusal. With a text, nginx looks for no error_page.\n");
    text.push_str(&format!("geo ${} {{\n    default \"\";\n}}\n\n", names.of("nothing")));
    let mut maps = String::new();
    let headers = names.write_headers(form, &mut maps);
    if maps.contains(&names.dollar()) {
        text.push_str("# nginx has no other way to write this character.\n");
        text.push_str(&format!("geo ${} {{\n    default \"$\";\n}}\n\n", names.of("dollar")));
    }
    text.push_str(maps.trim_end());
    text.push('\n');
    [text, names.server_part(&headers)]
}

impl Names {
    fn server_part(&self, headers: &[(&'static str, String)]) -> String {
        let mut text = String::from(
            "# In server or location:\n\n# The policy's headers replace those of the service.\n",
        );
        for header in OWNED {
            text.push_str(&format!("proxy_hide_header {header};\n"));
        }
        text.push('\n');
        for (header, variable) in headers {
            text.push_str(&format!("add_header {header} ${variable} always;\n"));
        }
        let status = self.of("status");
        text.push_str("\n# Preflights are answered here. All other requests are the service's.\n");
        text.push_str(&format!("if (${status} = 204) {{\n    return 204;\n}}\n"));
        text + &format!("if (${status} = 403) {{\n    return 403 ${};\n}}\n", self.of("nothing"))
    }
}

/// The names of nginx' variables.
struct Names {
    prefix: String,
}

/// A `map`: the variable that it sets, and its lines.
struct Map {
    default: String,
    /// Values and results, both as nginx reads them.
    lines: Vec<(String, String)>,
}

impl Names {
    fn of(&self, name: &str) -> String {
        format!("{}_{name}", self.prefix)
    }

    /// Refuses values that are too long for nginx, which would not start.
    fn check_lengths(&self, form: &Form, source: &Source, problems: &mut Vec<Problem>) {
        let mut check = |path: String, value: &str, advice: &str| {
            let bytes = value.len();
            if bytes > LONGEST_VALUE {
                let reason = format!(
                    "nginx reads at most {LONGEST_VALUE} bytes here, and the configuration has \
                     {bytes}; {advice}"
                );
                problems.push(Problem::new(path, reason));
            }
        };
        for (index, rule) in form.rules.iter().enumerate() {
            let path = |setting: &str| source.rule_path(form.rules.len(), index, setting);
            if let Origins::Listed(matchers) = &rule.origins {
                for (at, matcher) in matchers.iter().enumerate() {
                    let value = format!("\"~{}\"", matcher.regex());
                    check(path(&format!("allow_origins[{at}]")), &value, "remove the origin");
                }
            }
            let fixed = |list: &List| match list {
                List::Fixed(names) => Some(names.clone()),
                List::Mirrored => None,
            };
            for (setting, names) in [
                ("allow_methods", fixed(&rule.allow_methods)),
                ("allow_headers", rule.allow_headers.as_ref().and_then(fixed)),
                ("expose_headers", rule.expose_headers.clone()),
            ] {
                let value = names.map_or_else(String::new, |names| self.quoted(&names));
                check(path(setting), &value, "list fewer names, or shorter ones");
            }
        }
    }

    fn write_kind(&self, text: &mut String) {
        let mut map = Map::new("actual");
        map.line("\"~^OPTIONS [^ ]+ .\"", "preflight");
        map.line("\"~^OPTIONS \"", "options");
        text.push_str("# A preflight has Origin and Access-Control-Request-Method.\n");
        let source = "$request_method $http_access_control_request_method $http_origin";
        map.write(source, &self.of("kind"), text);
    }

    /// The rule that governs the request: its number, or 0.
    fn write_rule(&self, form: &Form, text: &mut String) {
        let mirrors =
            form.rules.iter().any(|rule| rule.mirrors_methods() || rule.mirrors_headers());
        let name = self.of(if mirrors { "rule_of_origin" } else { "rule" });
        let mut map = Map::new("0");
        for (number, rule) in form.numbered() {
            match &rule.origins {
                Origins::Any => map.line("~.", number.to_string()),
                Origins::Listed(matchers) => {
                    for matcher in matchers {
                        let regex = format!("\"~{}\"", matcher.regex());
                        map.line(regex, number.to_string());
                    }
                }
            }
        }
        text.push_str(
            "# The first rule whose origins include the request's; 0 if there is none.\n",
        );
        map.write("$http_origin", &name, text);
        if mirrors {
            self.write_mirrored(form, &name, text);
        }
    }

    /// Answers repeat only what browsers can ask for.
    fn write_mirrored(&self, form: &Form, name: &str, text: &mut String) {
        text.push_str("# Whether an answer may repeat the method and the headers asked for.\n");
        let mut methods = Map::new("bad");
        methods.line(format!("\"~{NO_METHOD}\""), "bad");
        methods.line(format!("\"~{METHOD}\""), "good");
        methods.write("$http_access_control_request_method", &self.of("method"), text);
        let mut headers = Map::new("bad");
        headers.line("\"\"", "good");
        headers.line(format!("\"~{TOO_LONG_HEADERS}\""), "bad");
        headers.line(format!("\"~{NO_HEADERS}\""), "bad");
        headers.line(format!("\"~{HEADERS}\""), "good");
        headers.write("$http_access_control_request_headers", &self.of("headers"), text);
        let mut rules = Map::new(format!("${name}"));
        for (number, rule) in form.numbered() {
            if rule.mirrors_methods() {
                rules.line(format!("\"~^preflight {number} bad\""), "0");
            }
            if rule.mirrors_headers() {
                rules.line(format!("\"~^preflight {number} .+ bad$\""), "0");
            }
        }
        let source =
            format!("${} ${name} ${} ${}", self.of("kind"), self.of("method"), self.of("headers"));
        rules.write(&source, &self.of("rule"), text);
    }

    /// Writes a map for each header, and returns the headers with the variables that they have.
    fn write_headers(&self, form: &Form, text: &mut String) -> Vec<(&'static str, String)> {
        let mut headers = Vec::new();
        let mut add = |header: &'static str, name: &str, map: Map, text: &mut String| {
            if !map.is_empty() {
                map.write(&self.by_rule(), &self.of(name), text);
                headers.push((header, self.of(name)));
            }
        };
        text.push_str("# The headers. One without a value is not sent.\n");
        let origin = |rule: &Rule| match &rule.allow_origin {
            Some(origin) => Some(self.quoted(origin)),
            None => Some("$http_origin".into()),
        };
        let credentials = |rule: &Rule| rule.allow_credentials.then(|| "true".to_owned());
        let exposed = |rule: &Rule| rule.expose_headers.as_deref().map(|names| self.quoted(names));
        add("Access-Control-Allow-Origin", "allow_origin", of_all(form, origin), text);
        add(
            "Access-Control-Allow-Credentials",
            "allow_credentials",
            of_all(form, credentials),
            text,
        );
        let mut map = of_all(form, exposed);
        map.lines.insert(0, ("\"~^preflight\"".into(), "\"\"".into()));
        if map.lines.len() > 1 {
            add("Access-Control-Expose-Headers", "expose_headers", map, text);
        }
        let methods = |rule: &Rule| {
            Some(self.list(&rule.allow_methods, "$http_access_control_request_method"))
        };
        let names = |rule: &Rule| {
            let names = rule.allow_headers.as_ref()?;
            Some(self.list(names, "$http_access_control_request_headers"))
        };
        let max_age = |rule: &Rule| rule.max_age.map(|seconds| seconds.to_string());
        add("Access-Control-Allow-Methods", "allow_methods", of_preflights(form, methods), text);
        add("Access-Control-Allow-Headers", "allow_headers", of_preflights(form, names), text);
        add("Access-Control-Max-Age", "max_age", of_preflights(form, max_age), text);

        let mut map = Map::new("\"\"");
        map.line("\"preflight 0\"", "no-store");
        add("Cache-Control", "cache_control", map, text);
        let mut status = Map::new("\"\"");
        status.line("\"preflight 0\"", "403");
        status.line("\"~^preflight\"", "204");
        status.write(&self.by_rule(), &self.of("status"), text);

        let mut vary = Map::new(self.quoted(&form.vary.actual.join(", ")));
        if !form.vary.actual.is_empty() {
            vary.line("\"~*^actual (.*,)? *(origin|[*]) *(,|$)\"", "\"\"");
        }
        vary.line("\"~^options\"", self.quoted(&form.vary.options.join(", ")));
        vary.line("\"~^preflight\"", self.quoted(&form.vary.preflight.join(", ")));
        text.push_str("# Vary is added to that of the service.\n");
        let source = format!("${} $upstream_http_vary", self.of("kind"));
        vary.write(&source, &self.of("vary"), text);
        headers.push(("Vary", self.of("vary")));
        headers
    }

    fn list(&self, list: &List, asked: &str) -> String {
        match list {
            List::Fixed(names) => self.quoted(names),
            List::Mirrored => asked.into(),
        }
    }

    /// A text as a value, in which nginx finds neither a variable nor the end of the quotes.
    fn quoted(&self, text: &str) -> String {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{}\"", escaped.replace('$', &self.dollar()))
    }

    /// What stands for `$`, which begins a variable.
    fn dollar(&self) -> String {
        format!("${{{}}}", self.of("dollar"))
    }

    fn by_rule(&self) -> String {
        format!("${} ${}", self.of("kind"), self.of("rule"))
    }
}

/// A header of all answers that a rule governs.
fn of_all(form: &Form, value: impl Fn(&Rule) -> Option<String>) -> Map {
    let mut map = Map::new("\"\"");
    if let Some(value) = form.rule_for_all().and_then(&value) {
        map.default = value;
        map.line("\"preflight 0\"", "\"\"");
    }
    for (number, rule) in form.numbered() {
        let value = value(rule);
        if value.as_ref().is_some_and(|value| *value != map.default) {
            map.line(format!("\"~ {number}$\""), value.unwrap_or_default());
        } else if value.is_none() && map.default != "\"\"" {
            map.line(format!("\"~ {number}$\""), "\"\"");
        }
    }
    map
}

/// A header of answers to preflights.
fn of_preflights(form: &Form, value: impl Fn(&Rule) -> Option<String>) -> Map {
    let mut map = Map::new("\"\"");
    for (number, rule) in form.numbered() {
        if let Some(value) = value(rule) {
            map.line(format!("\"preflight {number}\""), value);
        }
    }
    map
}

impl Map {
    fn new(default: impl Into<String>) -> Self {
        Self { default: default.into(), lines: Vec::new() }
    }

    fn line(&mut self, value: impl Into<String>, result: impl Into<String>) {
        self.lines.push((value.into(), result.into()));
    }

    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.default == "\"\""
    }

    fn write(&self, source: &str, variable: &str, text: &mut String) {
        text.push_str(&format!("map \"{source}\" ${variable} {{\n    default {};\n", self.default));
        for (value, result) in &self.lines {
            text.push_str(&format!("    {value} {result};\n"));
        }
        text.push_str("}\n\n");
    }
}
