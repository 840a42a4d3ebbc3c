#![doc = include_str!("envoy.md")]

use crate::gateways::Source;
use crate::gateways::form::{Form, Headers, OWNED, Origins, Rule, Value};
use crate::gateways::origin::{Host, OriginMatcher, Port};

/// What the filter does, after the policy as data.
const PROGRAM: &str = include_str!("envoy.lua");

pub(super) fn write(form: &Form, source: &Source) -> String {
    let name = source.prefix();
    let mut script = String::from("local rules = {\n");
    for rule in &form.rules {
        write_rule(rule, &mut script);
    }
    script.push_str("}\n");
    let for_all = if form.answers_all_alike { "rules[1]" } else { "nil" };
    script.push_str(&format!(
        "-- Every response has the headers of this rule.\nlocal rule_for_all = {for_all}\n"
    ));
    script.push_str("local vary = {\n");
    for (kind, fields) in [
        ("actual", form.vary.actual),
        ("options", form.vary.options),
        ("preflight", form.vary.preflight),
    ] {
        if !fields.is_empty() {
            script.push_str(&format!("  {kind} = {},\n", quoted(&fields.join(", "))));
        }
    }
    script.push_str("}\nlocal owned = {\n");
    for header in OWNED {
        script.push_str(&format!("  {},\n", quoted(&header.to_ascii_lowercase())));
    }
    script.push_str("}\n\n");
    script.push_str(&PROGRAM.replace("NAME", &name));

    let mut text = format!("- name: {name}\n");
    text.push_str("  typed_config:\n");
    text.push_str("    \"@type\": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua\n");
    text.push_str("    default_source_code:\n      inline_string: |\n");
    for line in script.lines() {
        text.push_str(if line.is_empty() { "" } else { "        " });
        text.push_str(line);
        text.push('\n');
    }
    text
}

fn write_rule(rule: &Rule, script: &mut String) {
    script.push_str("  {\n");
    match &rule.origins {
        Origins::Any => script.push_str("    any = true,\n"),
        Origins::Listed(matchers) => write_origins(matchers, script),
    }
    write_headers("actual", [rule.of_all(), rule.of_others()].concat(), script);
    write_headers("preflight", [rule.of_all(), rule.of_preflights()].concat(), script);
    for (name, mirrors) in
        [("mirrors_methods", rule.mirrors_methods()), ("mirrors_headers", rule.mirrors_headers())]
    {
        if mirrors {
            script.push_str(&format!("    {name} = true,\n"));
        }
    }
    script.push_str("  },\n");
}

/// Writes the headers of an answer, without those whose values the script finds in the request.
fn write_headers(name: &str, headers: Headers, script: &mut String) {
    script.push_str(&format!("    {name} = {{\n"));
    for (header, value) in headers {
        if let Value::Text(text) = value {
            let header = header.to_ascii_lowercase();
            script.push_str(&format!("      [\"{header}\"] = {},\n", quoted(&text)));
        }
    }
    script.push_str("    },\n");
}

fn write_origins(matchers: &[OriginMatcher], script: &mut String) {
    script.push_str("    origins = {\n");
    for matcher in matchers.iter().filter(|matcher| matcher.is_exact()) {
        script.push_str(&format!("      [{}] = true,\n", quoted(&matcher.text)));
    }
    script.push_str("    },\n    patterns = {\n");
    for matcher in matchers.iter().filter(|matcher| !matcher.is_exact()) {
        script.push_str(&format!("      {},\n", pattern(matcher)));
    }
    script.push_str("    },\n");
}

/// What stands before and after the free part of an origin, and what that part can be.
fn pattern(matcher: &OriginMatcher) -> String {
    let (before, after, free) = match &matcher.host {
        Host::Exact(host) => (host.as_str(), String::new(), "free = \"none\"".to_owned()),
        Host::Subdomains { base } => ("", format!(".{base}"), "free = \"labels\"".to_owned()),
        Host::Label { before, after, base } => {
            let longest = 63_usize.saturating_sub(before.len() + after.len());
            let free = format!("free = \"label\", longest = {longest}");
            (before.as_str(), format!("{after}.{base}"), free)
        }
        Host::Any => ("", String::new(), "free = \"host\"".to_owned()),
    };
    let (after, any_port) = match &matcher.port {
        Port::Exact(None) => (after, ""),
        Port::Exact(Some(digits)) => (format!("{after}:{digits}"), ""),
        Port::Any => (after, ", any_port = true"),
    };
    let before = quoted(&format!("{}://{before}", matcher.scheme));
    format!("{{ before = {before}, after = {}, {free}{any_port} }}", quoted(&after))
}

/// A text as Lua reads it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
