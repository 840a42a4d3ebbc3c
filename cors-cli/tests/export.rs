//! `cors export`, without gateways: what it writes, and what it refuses.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use cors_cli::gateways::{Export, Gateway, Source, export};
use cors_core::{Policy, PolicyConfig};
use serde_json::{Value, json};

const ALL: [&str; 5] = ["nginx", "caddy", "haproxy", "envoy", "gateway-api"];

fn run(arguments: &[&str], directory: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cors"));
    command.arg("export").args(arguments).current_dir(directory).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

fn errors(output: &Output) -> Vec<&str> {
    text(&output.stderr).lines().collect()
}

fn export_json(gateway: Gateway, policy: &Value) -> Export {
    let config: PolicyConfig = serde_json::from_value(policy.clone()).unwrap();
    let policy = Policy::try_from(config).unwrap();
    export(gateway, &policy, &Source::new("policy.json", None))
}

#[test]
fn the_configurations_are_these() {
    let directory = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/exports"));
    for (gateway, policy, file) in [
        ("nginx", "policy.toml", "nginx.conf"),
        ("caddy", "policy.toml", "caddy.caddy"),
        ("haproxy", "policy.toml", "haproxy.cfg"),
        ("envoy", "policy.toml", "envoy.yaml"),
        ("gateway-api", "route.toml", "gateway-api.yaml"),
    ] {
        let output = run(&[gateway, policy], directory);
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
        let file = directory.join(file);
        if std::env::var_os("UPDATE_EXPORTS").is_some() {
            fs::write(&file, &output.stdout).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap();
        assert_eq!(text(&output.stdout), expected, "renew with UPDATE_EXPORTS=1");
    }
}

#[test]
fn nginx_has_two_parts() {
    let directory = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/exports"));
    let [http, server] = ["http", "server"].map(|part| {
        let output = run(&["nginx", "policy.toml", "--part", part], directory);
        assert_eq!(output.status.code(), Some(0));
        text(&output.stdout).to_owned()
    });
    assert!(http.contains("\nmap ") && !http.contains("\nadd_header "), "{http}");
    assert!(server.contains("\nadd_header ") && !server.contains("\nmap "), "{server}");
    for (part, written) in [("http", &http), ("server", &server)] {
        let command = format!("\n#   cors export nginx policy.toml --part {part}\n");
        assert!(written.contains(&command), "{written}");
    }
    let output = run(&["caddy", "policy.toml", "--part", "http"], directory);
    assert_eq!(errors(&output), ["only the configuration of nginx has parts; leave --part out"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_name_begins_the_names_of_a_policy() {
    let directory = tempfile::tempdir().unwrap();
    let policies = "[policies.a-b]\nallow_origins = ['https://a.example', 'https://b.example']";
    fs::write(directory.path().join("my policies.toml"), policies).unwrap();
    let output = run(&["nginx", "my policies.toml", "--policy", "a-b"], directory.path());
    let written = text(&output.stdout);
    let head = "# CORS for nginx, made from my policies.toml by\n\
                #   cors export nginx 'my policies.toml' --policy a-b\n";
    assert!(written.starts_with(head), "{written}");
    assert!(written.contains("$cors_a_2d_b_rule {"), "{written}");
    let output = run(&["nginx", "my policies.toml"], directory.path());
    let error = "my policies.toml: the policies have names; choose one of a-b";
    assert_eq!((errors(&output), output.status.code()), (vec![error], Some(2)));
}

/// Policies that one gateway serves side by side. nginx ignores case in the names of variables.
#[test]
fn the_names_of_several_policies_differ() {
    let names = ["Public", "public", "x!", "x_21_", "x-21-", "a_b", "a-b", "a", "a_", "_a", "ä"];
    let policy = Policy::builder().allow_origins(["https://a.example"]).build().unwrap();
    for (gateway, begin, end) in [
        (Gateway::Nginx, "if ($", " "),
        (Gateway::Caddy, "\n(", ")"),
        (Gateway::Haproxy, "set-var(", ")"),
        (Gateway::Envoy, "- name: ", "\n"),
        (Gateway::GatewayApi, "  name: ", "\n"),
    ] {
        let mut found = BTreeSet::new();
        for policy_name in names {
            let text = export(gateway, &policy, &Source::new("a.toml", Some(policy_name))).text();
            let (_, rest) = text.split_once(begin).unwrap();
            let (name, _) = rest.split_once(end).unwrap();
            assert!(name.is_ascii(), "{name}");
            assert!(found.insert(name.to_ascii_lowercase()), "{name} is not new for {gateway:?}");
        }
    }
}

#[test]
fn routes_have_names_that_kubernetes_accepts() {
    let policy = Policy::builder().allow_origins(["https://a.example"]).build().unwrap();
    let export =
        |name: &str| export(Gateway::GatewayApi, &policy, &Source::new("a.toml", Some(name)));
    for (policy_name, route) in [
        ("public", "cors-public"),
        ("Public", "cors--50-ublic"),
        ("x!", "cors-x-21"),
        ("a_b", "cors-a-5f-b"),
    ] {
        let text = export(policy_name).text();
        assert!(text.contains(&format!("  name: {route}\n")), "{text}");
    }
    let longest = "a".repeat(253 - "cors-".len());
    assert!(export(&longest).is_usable(false));
    let too_long = longest + "a";
    let told: Vec<_> = export(&too_long).problems().iter().map(ToString::to_string).collect();
    let expected = format!(
        "policies.{too_long}: the name of the route has 254 characters, but at most 253 are allowed; choose a shorter name for the policy"
    );
    assert_eq!(told, [expected]);
    assert!(!export(&too_long).is_usable(true));
}

#[test]
fn the_command_in_the_head_makes_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let policies = "{ policies: { -a's: { allow_origins: ['https://a.example'] } } }";
    for file in ["it's.yaml", "-o.yaml", "$(a) b.yaml", "a\nb.yaml"] {
        fs::write(directory.path().join(file), policies).unwrap();
        let path = format!("./{file}");
        let arguments =
            ["nginx", &path, "--policy=-a's", "--input-format", "yaml", "--part", "http"];
        let output = run(&arguments, directory.path());
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
        let command = text(&output.stdout).lines().nth(1).unwrap().trim_start_matches(['#', ' ']);
        let command = command.replacen("cors", "\"$CORS\"", 1);
        let mut shell = Command::new("bash");
        shell.args(["-c", &command]).env("CORS", env!("CARGO_BIN_EXE_cors"));
        let again = shell.current_dir(directory.path()).output().unwrap();
        assert_eq!(text(&again.stdout), text(&output.stdout), "{command}");
    }
    let source = Source::new("<stdin>", None).with_input_format("json");
    let policy = Policy::builder().allow_origins(["https://a.example"]).build().unwrap();
    let written = export(Gateway::Caddy, &policy, &source).text();
    assert!(written.contains("\n#   cors export caddy - --input-format json\n"), "{written}");
}

#[test]
fn the_path_of_the_file_is_not_written() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = run(&["haproxy", "tests/exports/policy.toml"], directory);
    assert!(!text(&output.stdout).contains("tests/exports"));
}

#[test]
fn files_that_are_no_policies_are_told() {
    let directory = tempfile::tempdir().unwrap();
    let output = run(&["envoy", "missing.toml"], directory.path());
    assert_eq!((output.status.code(), errors(&output).len()), (Some(2), 1));
    fs::write(directory.path().join("a.toml"), "allow_origins = ['null']").unwrap();
    let output = run(&["envoy", "a.toml"], directory.path());
    assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true));
    assert!(text(&output.stderr).contains("allow_origins[0] \"null\""));
    fs::write(directory.path().join("b.toml"), "[policies.a]\nallow_origins = ['*']").unwrap();
    let output = run(&["envoy", "b.toml", "--policy", "b"], directory.path());
    assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true));
}

#[test]
fn no_gateway_decides_as_the_application_does() {
    let directory = tempfile::tempdir().unwrap();
    let policy = "enforce_origins = true\nown_origins = ['https://api.example']\n\
                  allow_origins_by_predicate = true\npredicate_vary = ['x-tenant']\n\
                  dangerously_allow_predicate_origins_with_credentials = true\n";
    fs::write(directory.path().join("a.toml"), policy).unwrap();
    for gateway in ALL {
        for arguments in [&[gateway, "a.toml"][..], &[gateway, "a.toml", "--allow-approximation"]] {
            let output = run(arguments, directory.path());
            assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(1), true));
            assert_eq!(
                errors(&output),
                [
                    "a.toml: enforce_origins: the exported configuration writes headers and keeps no request from the service; let the service enforce origins, and export a policy without this setting",
                    "a.toml: own_origins: only enforcement reads the service's own origins; let the service enforce them, and export a policy without this setting",
                    "a.toml: allow_origins_by_predicate: only the service can decide on these origins; leave CORS to the service",
                    "a.toml: predicate_vary: only the service reads these headers; leave CORS to the service",
                ]
            );
        }
    }
}

#[test]
fn what_a_route_cannot_express_is_told_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let policy = "[policies.a]\nmax_age = 0\nallow_methods = ['PROPFIND', 'PUT']\nallow_headers = ['*']\n\
                  allow_origins = ['http://localhost:*', 'https://pr-*-x.example.com', 'tauri://localhost',\n\
                  'http://[::1]:3000', 'https://a_b.example.com', 'https://app.example.com']\n";
    fs::write(directory.path().join("a.toml"), policy).unwrap();
    let output = run(&["gateway-api", "a.toml", "--policy", "a"], directory.path());
    assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(1), true));
    assert_eq!(
        errors(&output),
        [
            "a.toml: policies.a.allow_origins[0] \"http://localhost:*\": a route has no pattern for any port; list the ports",
            "a.toml: policies.a.allow_origins[1] \"https://pr-*-x.example.com\": a route has no pattern for a part of a label; list the origins",
            "a.toml: policies.a.allow_origins[2] \"tauri://localhost\": a route lists only origins of http and https",
            "a.toml: policies.a.allow_origins[3] \"http://[::1]:3000\": a route lists no IPv6 addresses",
            "a.toml: policies.a.allow_origins[4] \"https://a_b.example.com\": a route lists only hosts of letters, digits, \"-\" and \".\"",
            "a.toml: policies.a.allow_methods \"PROPFIND\": a route lists only GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS, CONNECT and TRACE",
            "a.toml: policies.a.allow_headers \"*\": gateways may repeat what is asked for, so that * allows authorization too; list the headers by name",
            "a.toml: policies.a.max_age 0: a route cannot tell browsers to ask each time; write max_age = 1",
        ]
    );
    let arguments = ["gateway-api", "a.toml", "--policy", "a", "--allow-approximation"];
    let output = run(&arguments, directory.path());
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), ""));
    let head = "\
# CORS for the Gateway API, made from a.toml by
#   cors export gateway-api a.toml --policy a --allow-approximation
# Change the policy and run the command again; do not edit this file.
#
# This is NOT the policy. Approximations:
# - policies.a.allow_origins[0]: left out; its pages are not allowed
# - policies.a.allow_origins[1]: left out; its pages are not allowed
# - policies.a.allow_origins[2]: left out; its pages are not allowed
# - policies.a.allow_origins[3]: left out; its pages are not allowed
# - policies.a.allow_origins[4]: left out; its pages are not allowed
# - policies.a.allow_methods: left out; the method is not allowed
# - policies.a.allow_headers: *, which covers authorization with some gateways and not with others
# - policies.a.max_age: 1 second
";
    assert!(text(&output.stdout).starts_with(head), "{}", text(&output.stdout));
}

#[test]
fn the_limits_of_routes_are_told() {
    let origins =
        |count: usize| (0..count).map(|at| format!("https://a{at}.example")).collect::<Vec<_>>();
    let names = |count: usize| (0..count).map(|at| format!("x-{at}")).collect::<Vec<_>>();
    let any = json!({ "allow_origins": ["*"] });
    for (policy, problems) in [
        (json!({ "allow_origins": origins(64) }), &[][..]),
        (
            json!({ "allow_origins": origins(65) }),
            &["allow_origins: a route lists at most 64 origins"][..],
        ),
        (
            json!({ "allow_origins": ["*"], "allow_headers": names(65), "expose_headers": names(65) }),
            &[
                "allow_headers: a route lists at most 64 headers",
                "expose_headers: a route lists at most 64 headers",
            ],
        ),
        (
            json!({ "allow_origins": ["*"], "allow_headers": ["*", "authorization"] }),
            &[
                "allow_headers \"*\": a route cannot list a header beside *; list all headers by name",
            ],
        ),
        (
            json!({ "rules": [{ "allow_origins": ["https://*.example.com"] }, any] }),
            &[
                "rules[0].allow_origins[0] \"https://*.example.com\": the rules of a route are chosen by whole origins, and only the last rule can have patterns; list the origins, or move the rule to the end",
            ],
        ),
        (
            json!({ "rules": origins(17).iter().map(|origin| json!({ "allow_origins": [origin] })).collect::<Vec<_>>() }),
            &["rules: a route has at most 16 rules"],
        ),
    ] {
        let export = export_json(Gateway::GatewayApi, &policy);
        let told: Vec<_> = export.problems().iter().map(ToString::to_string).collect();
        assert_eq!(told, problems);
    }
}

/// With longer values, nginx does not start: `too long parameter`.
#[test]
fn values_that_are_too_long_for_nginx_are_told() {
    let origins = json!(["https://a.example"]);
    let with =
        |setting: &str, names: &[String]| json!({ "allow_origins": origins, setting: names });
    let names =
        |first: usize, rest: usize| [vec!["x".repeat(first)], vec!["y".repeat(rest)]].concat();
    // Two quotes, and a comma.
    let (fits, too_long) = (names(1000, 2997), names(1000, 2998));
    for setting in ["allow_methods", "allow_headers", "expose_headers"] {
        assert!(export_json(Gateway::Nginx, &with(setting, &fits)).is_usable(false), "{setting}");
        let export = export_json(Gateway::Nginx, &with(setting, &too_long));
        let told: Vec<_> = export.problems().iter().map(ToString::to_string).collect();
        let expected = format!(
            "{setting}: nginx reads at most 4000 bytes here, and the configuration has 4001; list fewer names, or shorter ones"
        );
        assert_eq!(told, [expected]);
        assert!(!export.is_usable(true));
        assert!(export_json(Gateway::Haproxy, &with(setting, &too_long)).is_usable(false));
    }
    // The configuration writes "${cors_dollar}" for each "$".
    let dollars = with(
        "allow_headers",
        &names(1, 2).into_iter().chain(["$".repeat(300)]).collect::<Vec<_>>(),
    );
    assert!(!export_json(Gateway::Nginx, &dollars).is_usable(false));
    let rules = json!({ "rules": [
        { "allow_origins": origins },
        { "allow_origins": ["https://b.example"], "allow_headers": too_long },
    ] });
    let export = export_json(Gateway::Nginx, &rules);
    let paths: Vec<_> = export.problems().iter().map(|problem| problem.path()).collect();
    assert_eq!(paths, ["rules[1].allow_headers"]);
}

/// A value of each setting, with the settings that it needs. A value changes what gateways do, or is
/// refused; a check that a setting lifts is no matter of gateways.
fn settings() -> Vec<(&'static str, Value)> {
    let origins = json!(["https://app.example", "https://www.example"]);
    vec![
        (
            "allow_origins",
            json!({ "allow_origins": ["https://other.example", "https://www.example"] }),
        ),
        (
            "allow_origins_by_predicate",
            json!({ "allow_origins": origins, "allow_origins_by_predicate": true }),
        ),
        (
            "predicate_vary",
            json!({ "allow_origins": origins, "allow_origins_by_predicate": true, "predicate_vary": ["x-a"] }),
        ),
        ("allow_credentials", json!({ "allow_origins": origins, "allow_credentials": true })),
        ("allow_methods", json!({ "allow_origins": origins, "allow_methods": ["PUT"] })),
        ("allow_headers", json!({ "allow_origins": origins, "allow_headers": ["x-a"] })),
        ("expose_headers", json!({ "allow_origins": origins, "expose_headers": ["x-a"] })),
        ("max_age", json!({ "allow_origins": origins, "max_age": 60 })),
        ("rules", json!({ "rules": [{ "allow_origins": origins }, { "allow_origins": ["*"] }] })),
        ("enforce_origins", json!({ "allow_origins": origins, "enforce_origins": true })),
        (
            "own_origins",
            json!({ "allow_origins": origins, "enforce_origins": true, "own_origins": ["https://a.example"] }),
        ),
    ]
}

/// The settings that say nothing about responses: which warnings are accepted, and which checks are lifted.
fn is_no_matter_of_gateways(setting: &str) -> bool {
    setting == "accept_lints" || setting.starts_with("dangerously_")
}

#[test]
fn each_setting_is_exported_or_refused() {
    let schema: Value = serde_json::from_str(PolicyConfig::JSON_SCHEMA).unwrap();
    let mut known = BTreeSet::new();
    collect_properties(&schema, &mut known);
    let no_settings = ["$schema", "policies"];
    known.retain(|name| !no_settings.contains(&name.as_str()) && !is_no_matter_of_gateways(name));
    let tested: BTreeSet<_> = settings().into_iter().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(tested, known, "add the setting to `settings`, and to the form of `gateways`");

    let plain = json!({ "allow_origins": ["https://app.example", "https://www.example"] });
    for gateway in Gateway::ALL {
        let without = export_json(gateway, &plain);
        assert!(without.is_usable(false));
        for (name, policy) in settings() {
            let with = export_json(gateway, &policy);
            let is_refused = with.problems().iter().any(|problem| problem.path() == name);
            let is_exported = with.is_usable(false) && with.text() != without.text();
            assert!(is_exported != is_refused, "{name} for {gateway:?}: {:?}", with.problems());
        }
    }
}

fn collect_properties(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get("properties") {
                names.extend(properties.keys().cloned());
            }
            object.values().for_each(|value| collect_properties(value, names));
        }
        Value::Array(values) => values.iter().for_each(|value| collect_properties(value, names)),
        _ => {}
    }
}
