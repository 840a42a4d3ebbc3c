#![doc = include_str!("caddy.md")]

use crate::gateways::Source;
use crate::gateways::form::{
    Form, HEADERS, METHOD, NO_HEADERS, NO_METHOD, OWNED, Origins, Rule, TOO_LONG_HEADERS, Value,
};

const ORIGIN: &str = "{http.request.header.Origin}";
const METHOD_ASKED_FOR: &str = "{http.request.header.Access-Control-Request-Method}";
const HEADERS_ASKED_FOR: &str = "{http.request.header.Access-Control-Request-Headers}";

pub(super) fn write(form: &Form, source: &Source) -> String {
    let prefix = source.prefix();
    let mut text = format!("({prefix}) {{\n");
    write_maps(form, &prefix, &mut text);
    text.push_str("\t# Preflights are answered here. All other requests are the service's.\n");
    for (number, rule) in form.numbered() {
        write_preflight(form, number, rule, &prefix, &mut text);
    }
    text.push_str(&format!("\t@{prefix}_refused {{\n{PREFLIGHT}\t}}\n"));
    text.push_str(&format!("\troute @{prefix}_refused {{\n\t\theader Cache-Control no-store\n"));
    if !form.vary.preflight.is_empty() {
        text.push_str(&format!("\t\theader Vary \"{}\"\n", form.vary.preflight.join(", ")));
    }
    text.push_str("\t\trespond 403\n\t}\n\n");
    write_actual(form, &prefix, &mut text);
    text + "}\n"
}

const PREFLIGHT: &str =
    "\t\tmethod OPTIONS\n\t\theader Origin *\n\t\theader Access-Control-Request-Method *\n";

fn write_maps(form: &Form, prefix: &str, text: &mut String) {
    let mirrors_methods = form.rules.iter().any(Rule::mirrors_methods);
    let mirrors_headers = form.rules.iter().any(Rule::mirrors_headers);
    let mirrors = mirrors_methods || mirrors_headers;
    let name = if mirrors { "rule_of_origin" } else { "rule" };
    text.push_str("\t# The first rule whose origins include the request's; 0 if there is none.\n");
    let mut lines = Vec::new();
    for (number, rule) in form.numbered() {
        match &rule.origins {
            Origins::Any => lines.push(("~.".to_owned(), number.to_string())),
            Origins::Listed(matchers) => lines.extend(matchers.iter().map(|matcher| {
                let input = match matcher.is_exact() {
                    true => quoted(&matcher.text),
                    false => regex(&matcher.regex()),
                };
                (input, number.to_string())
            })),
        }
    }
    write_map(ORIGIN, &format!("{prefix}_{name}"), &lines, "0", text);
    if !mirrors {
        return text.push('\n');
    }
    text.push_str("\t# Whether an answer may repeat the method and the headers asked for.\n");
    let validity = |lines: &[(&str, &str)]| -> Vec<_> {
        lines.iter().map(|(pattern, result)| (regex(pattern), (*result).to_owned())).collect()
    };
    let methods = validity(&[("^$", "good"), (NO_METHOD, "bad"), (METHOD, "good")]);
    write_map(METHOD_ASKED_FOR, &format!("{prefix}_method"), &methods, "bad", text);
    let headers = validity(&[
        ("^$", "good"),
        (TOO_LONG_HEADERS, "bad"),
        (NO_HEADERS, "bad"),
        (HEADERS, "good"),
    ]);
    write_map(HEADERS_ASKED_FOR, &format!("{prefix}_headers"), &headers, "bad", text);
    let lines: Vec<_> = form
        .numbered()
        .map(|(number, rule)| {
            let of_method = if rule.mirrors_methods() { "good" } else { ".+" };
            let of_headers = if rule.mirrors_headers() { "good" } else { ".+" };
            (regex(&format!("^{number} {of_method} {of_headers}$")), number.to_string())
        })
        .collect();
    let source = format!("\"{{{prefix}_{name}}} {{{prefix}_method}} {{{prefix}_headers}}\"");
    write_map(&source, &format!("{prefix}_rule"), &lines, "0", text);
    text.push('\n');
}

fn write_map(
    source: &str,
    variable: &str,
    lines: &[(String, String)],
    default: &str,
    text: &mut String,
) {
    text.push_str(&format!("\tmap {source} {{{variable}}} {{\n"));
    for (input, result) in lines {
        text.push_str(&format!("\t\t{input} {result}\n"));
    }
    text.push_str(&format!("\t\tdefault {default}\n\t}}\n"));
}

/// A regular expression, as an input of a map.
fn regex(pattern: &str) -> String {
    format!("\"~{pattern}\"")
}

fn write_preflight(form: &Form, number: usize, rule: &Rule, prefix: &str, text: &mut String) {
    text.push_str(&format!("\t@{prefix}_preflight_{number} {{\n{PREFLIGHT}"));
    text.push_str(&format!("\t\tvars {{{prefix}_rule}} {number}\n"));
    text.push_str(&format!("\t}}\n\troute @{prefix}_preflight_{number} {{\n\t\theader {{\n"));
    let headers = rule.of_all().into_iter().chain(rule.of_preflights());
    let mut headers: Vec<_> = headers.map(|(header, value)| (header, written(&value))).collect();
    if !form.vary.preflight.is_empty() {
        headers.push(("Vary", quoted(&form.vary.preflight.join(", "))));
    }
    for (header, value) in headers {
        text.push_str(&format!("\t\t\t{header} {value}\n"));
    }
    text.push_str("\t\t}\n");
    if rule.mirrors_headers() {
        // Caddy sets a header to nothing where the preflight asks for none.
        text.push_str(&format!(
            "\t\t@{prefix}_no_headers_{number} not header Access-Control-Request-Headers *\n"
        ));
        text.push_str(&format!(
            "\t\theader @{prefix}_no_headers_{number} -Access-Control-Allow-Headers\n"
        ));
    }
    text.push_str("\t\trespond 204\n\t}\n");
}

fn write_actual(form: &Form, prefix: &str, text: &mut String) {
    text.push_str("\t# The policy's headers replace those of the service.\n");
    let without_rule = (0, form.rule_for_all());
    let rules = form.numbered().map(|(number, rule)| (number, Some(rule)));
    for (number, rule) in [without_rule].into_iter().chain(rules) {
        let headers = rule.map_or_else(Vec::new, |rule| [rule.of_all(), rule.of_others()].concat());
        text.push_str(&format!("\t@{prefix}_rule_{number} vars {{{prefix}_rule}} {number}\n"));
        text.push_str(&format!("\theader @{prefix}_rule_{number} {{\n\t\tdefer\n"));
        for name in OWNED {
            match headers.iter().find(|(header, _)| *header == name) {
                Some((_, value)) => text.push_str(&format!("\t\t{name} {}\n", written(value))),
                None => text.push_str(&format!("\t\t-{name}\n")),
            }
        }
        text.push_str("\t}\n");
    }
    let is_options = format!("{prefix}_options");
    text.push_str(&format!("\t@{is_options} method OPTIONS\n"));
    let fields = form.vary.options.join(", ");
    text.push_str(&format!("\theader @{is_options} {{\n\t\tdefer\n\t\t+Vary \"{fields}\"\n\t}}\n"));
    if !form.vary.actual.is_empty() {
        let is_actual = format!("{prefix}_actual");
        let fields = form.vary.actual.join(", ");
        text.push_str(&format!("\t@{is_actual} not method OPTIONS\n"));
        text.push_str(&format!(
            "\theader @{is_actual} {{\n\t\tdefer\n\t\t+Vary \"{fields}\"\n\t}}\n"
        ));
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Origin => ORIGIN.into(),
        Value::Method => METHOD_ASKED_FOR.into(),
        Value::Headers => HEADERS_ASKED_FOR.into(),
    }
}

/// A text as a value. Neither origins nor names have a quote, a backslash or a brace, which begins a
/// placeholder.
fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
