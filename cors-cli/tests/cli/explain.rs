use crate::files::{BANK, Files, POLICY, stdout};

#[test]
fn explain_shows_what_is_sent_and_answered() {
    let files = Files::new();
    files.write("a.toml", POLICY);
    let output = files.run(&[
        "explain",
        "a.toml",
        "--origin",
        "https://app.example.com",
        "--method",
        "PUT",
        "--header",
        "content-type: application/json",
    ]);
    let text = stdout(&output);
    for line in [
        "  > OPTIONS",
        "  > access-control-request-method: PUT",
        "  > access-control-request-headers: content-type",
        "  < 204",
        "  < access-control-allow-origin: https://app.example.com",
        "  < access-control-max-age: 600",
        "  > PUT",
        "  > content-type: application/json",
        "  < access-control-expose-headers: x-request-id",
        "verdict: allowed: the script gets the response",
    ] {
        assert!(text.lines().any(|printed| printed == line), "{line} is not in\n{text}");
    }
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn explain_names_the_step_that_fails() {
    let files = Files::new();
    files.write("a.toml", POLICY);
    let output = files.run(&[
        "explain",
        "a.toml",
        "--origin",
        "https://app.example.com",
        "--method",
        "patch",
    ]);
    let text = stdout(&output);
    assert!(text.contains("  policy: the rule does not allow this method\n"), "{text}");
    let step = "  FAIL  the method patch must be safelisted, or listed in access-control-allow-methods, by name or by *\n";
    assert!(text.contains(step), "{text}");
    assert!(text.contains("verdict: blocked: the preflight is refused"), "{text}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn explain_says_what_to_write() {
    let files = Files::new();
    files.write("a.toml", POLICY);
    let explain =
        |origin| files.run(&["explain", "a.toml", "--origin", origin, "--method", "DELETE"]);
    let output = explain("https://app.example.com");
    let change = "change: allow_methods: DELETE is not in the list; write allow_methods = [\"PUT\", \"DELETE\"]\n";
    assert!(stdout(&output).ends_with(change), "{output:?}");
    let output = explain("null");
    assert!(stdout(&output).contains("\nadvice: null is what "), "{output:?}");
}

/// What `explain` prints after the verdict.
fn advice(files: &Files, arguments: &[&str]) -> String {
    let output = files.run(&[&["explain"], arguments].concat());
    let (_, rest) = stdout(&output).split_once("\nverdict: ").unwrap();
    let (_, advice) = rest.split_once('\n').unwrap();
    advice.to_owned()
}

#[test]
fn explain_writes_lines_in_the_format_of_the_file() {
    let files = Files::new();
    files.write("a.yaml", "policies: {web: {allow_origins: ['https://a.example']}}");
    files.write("a.json", r#"{"allow_origins": ["https://a.example"]}"#);
    let request = ["--origin", "https://a.example", "--method", "PUT"];
    assert_eq!(
        advice(&files, &[&["a.yaml", "--policy", "web"], &request[..]].concat()),
        "change: policies.web.allow_methods: PUT is not in the list; write allow_methods: [\"PUT\"]\n"
    );
    assert_eq!(
        advice(&files, &[&["a.json"], &request[..]].concat()),
        "change: allow_methods: PUT is not in the list; write \"allow_methods\": [\"PUT\"]\n"
    );
}

/// A policy of a service at two names.
#[test]
fn explain_shows_what_becomes_of_hosts() {
    let files = Files::new();
    files.write("a.toml", BANK);
    let explain = |arguments: &[&str]| {
        let output = files.run(&[&["explain", "a.toml", "--origin"], arguments].concat());
        (stdout(&output).to_owned(), output.status.code())
    };
    let (text, code) = explain(&["https://bank.example", "--method", "PUT"]);
    assert_eq!(
        text,
        "request:
  > PUT
  > host: bank.example
  > origin: https://bank.example
  > sec-fetch-site: same-origin
  < (the service's own status)
  < vary: Origin, Sec-Fetch-Site

browser:
  pass  the page sends the request to its own origin, which needs no permission
        https://fetch.spec.whatwg.org/#main-fetch

verdict: allowed: the script gets the response
"
    );
    assert_eq!(code, Some(0));
    let rebinding = ["http://evil.example:3000", "--host", "evil.example:3000"];
    for (method, status, policy) in [
        ("POST", 403, "no rule allows this origin"),
        ("GET", 421, "the request is for a host that own_origins does not list"),
    ] {
        let (text, code) = explain(&[&rebinding[..], &["--method", method]].concat());
        for part in [
            &format!("  < {status}\n"),
            &format!("  policy: {policy}\n"),
            "verdict: blocked: the request is refused before it reaches the service\n\
             advice: no own_origins list the host that the request is sent to; if the service is reached there, add its origin to own_origins\n",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
        assert_eq!(code, Some(1));
    }
    let (text, _) = explain(&["https://app.example", "--host", "bank.internal", "--method", "PUT"]);
    assert!(text.contains("  > host: bank.internal\n"), "{text}");
    assert!(text.contains("  < 421\n"), "{text}");
    assert!(text.contains("verdict: blocked: the preflight is refused"), "{text}");
}

#[test]
fn explain_keeps_a_public_policy_public() {
    let files = Files::new();
    files.write("a.toml", "allow_origins = ['*']");
    assert_eq!(
        advice(&files, &["a.toml", "--origin", "https://a.example", "--credentials"]),
        r#"change: rules: with credentials, * does not count as an origin; https://a.example gets a rule of its own before it; write
  [[rules]]
  allow_origins = ["https://a.example"]
  allow_credentials = true

  [[rules]]
  allow_origins = ["*"]
"#
    );
}

#[test]
fn explain_prefers_https() {
    let files = Files::new();
    files.write("a.toml", "allow_origins = ['https://a.example']");
    assert_eq!(
        advice(&files, &["a.toml", "--origin", "http://a.example"]),
        "change: allow_origins: the page is loaded over http, and a.example is allowed over https; \
         serve the page over https, or write allow_origins = [\"https://a.example\", \"http://a.example\"]\n"
    );
    let with_credentials =
        advice(&files, &["a.toml", "--origin", "http://b.example", "--credentials"]);
    let lines: Vec<_> = with_credentials.lines().collect();
    assert_eq!(lines[0], "advice: allowing this alone makes the policy invalid:");
    assert!(lines[1].starts_with("advice: allow_origins[1] \"http://b.example\": "), "{lines:?}");
    assert_eq!(lines.len(), 2);
}

#[test]
fn explain_says_when_the_script_has_to_change() {
    let files = Files::new();
    files.write("a.toml", "allow_origins = ['https://a.example']\nallow_methods = ['PUT']");
    assert_eq!(
        advice(&files, &["a.toml", "--origin", "https://a.example", "--method", "patch"]),
        "advice: methods are case-sensitive, and the script sends patch; let it send PATCH, for which the policy has to change too\n\
         change: allow_methods: PATCH is not in the list; write allow_methods = [\"PUT\", \"PATCH\"]\n"
    );
}

#[test]
fn explain_names_the_nearest_miss() {
    let files = Files::new();
    files.write("a.toml", "allow_origins = ['https://app.example.com']");
    let output = files.run(&["explain", "a.toml", "--origin", "http://app.example.com"]);
    let text = stdout(&output);
    let miss =
        "nearest: same host, other scheme: allow_origins[0] is \"https://app.example.com\"\n";
    assert!(text.contains(miss), "{text}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn explain_chooses_a_policy_by_name() {
    let files = Files::new();
    files.write("a.toml", "[policies.public]\nallow_origins = ['*']");
    let chosen = files.run(&["explain", "a.toml", "--policy", "public", "--origin", "null"]);
    assert_eq!(chosen.status.code(), Some(0));
    let not_chosen = files.run(&["explain", "a.toml", "--origin", "null"]);
    assert_eq!(not_chosen.status.code(), Some(2));
    let error = String::from_utf8_lossy(&not_chosen.stderr);
    assert_eq!(error, "a.toml: the policies have names; choose one of public\n");
}

#[test]
fn explain_takes_only_what_a_page_can_have_for_an_origin() {
    let files = Files::new();
    files.write("a.toml", "allow_origins = ['*']");
    let output = files.run(&["explain", "a.toml", "--origin", "https://app.example.com/"]);
    assert_eq!(output.status.code(), Some(2));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("an origin has no path; write \"https://app.example.com\""), "{error}");
}

#[test]
fn explain_is_told_what_the_application_would_say() {
    let files = Files::new();
    files.write("a.toml", "allow_origins_by_predicate = true");
    let explain = ["explain", "a.toml", "--origin", "https://tenant.example"];
    let refused = files.run(&explain);
    let text = stdout(&refused);
    assert!(text.contains("  policy: no rule lists this origin; here the application, "), "{text}");
    assert!(text.contains("\nadvice: to see what a page gets that the application allows, pass --allowed-by-predicate\n"), "{text}");
    assert_eq!(refused.status.code(), Some(1));
    let allowed = [&explain[..], &["--allowed-by-predicate"]].concat();
    assert_eq!(files.run(&allowed).status.code(), Some(0));
}

#[test]
fn explain_says_whether_a_header_can_be_read() {
    let files = Files::new();
    files.write("a.toml", POLICY);
    let page = ["explain", "a.toml", "--origin", "https://app.example.com"];
    let output = files.run(&[&page[..], &["--read", "X-Request-Id", "--read", "etag"]].concat());
    let end = "verdict: allowed: the script gets the response\n\
        read: the script can read x-request-id\n\
        read: the script cannot read etag; list it in expose_headers\n";
    assert!(stdout(&output).ends_with(end), "{output:?}");
    assert_eq!(output.status.code(), Some(1));
    let output = files.run(&[&page[..], &["--read", "x-request-id"]].concat());
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn explain_speaks_json() {
    let files = Files::new();
    files.write("a.toml", POLICY);
    let explain = |origin: &str| {
        let page = ["explain", "a.toml", "--format", "json", "--origin", origin, "--method", "PUT"];
        let output = files.run(&[&page[..], &["--read", "x-request-id"]].concat());
        serde_json::from_str::<serde_json::Value>(stdout(&output)).unwrap()
    };
    let allowed = explain("https://app.example.com");
    assert_eq!(allowed["allowed"], true);
    assert_eq!(allowed["verdict"], "allowed");
    assert_eq!(allowed["read"]["x-request-id"], true);
    let preflight = &allowed["exchanges"][0];
    assert_eq!((&preflight["method"], &preflight["status"]), (&"OPTIONS".into(), &204.into()));
    let sent = preflight["request_headers"].as_array().unwrap();
    assert!(
        sent.contains(&serde_json::json!(["access-control-request-method", "PUT"])),
        "{sent:?}"
    );
    let blocked = explain("http://app.example.com");
    assert_eq!(blocked["verdict"], "blocked-by-preflight");
    assert_eq!(blocked["read"]["x-request-id"], false);
    assert!(blocked["nearest"].as_str().unwrap().contains("https://app.example.com"));
    assert_eq!(blocked["changes"][0]["path"], "allow_origins");
    assert_eq!(blocked["steps"][1]["passed"], false);
}

/// In the shape of Chromium's exports: a request that was never sent has no `Origin`, and the status 0.
const EXPORT: &str = r#"{"log": {"version": "1.2", "pages": [], "entries": [
    {"_resourceType": "document", "request": {"method": "GET", "url": "https://app.example.com/",
        "headers": [{"name": ":path", "value": "/"}], "cookies": []}, "response": {"status": 200}},
    {"_resourceType": "preflight", "request": {"method": "OPTIONS", "url": "https://api.example.com/items",
        "headers": [{"name": "Access-Control-Request-Method", "value": "DELETE"},
            {"name": "Origin", "value": "https://app.example.com"}]}, "response": {"status": 403}},
    {"_resourceType": "fetch", "request": {"method": "DELETE", "url": "https://api.example.com/items",
        "headers": [{"name": "Referer", "value": "https://app.example.com/"},
            {"name": "User-Agent", "value": "Mozilla/5.0"}]}, "response": {"status": 0}},
    {"_resourceType": "xhr", "request": {"method": "PUT", "url": "https://api.example.com/items",
        "headers": [{"name": "origin", "value": "https://app.example.com"},
            {"name": "content-type", "value": "application/json"},
            {"name": "pragma", "value": "no-cache"}]}, "response": {"status": 200}},
    {"_resourceType": "xhr", "request": {"method": "GET", "url": "https://api.example.com/items",
        "headers": [{"name": "origin", "value": "https://app.example.com"}]}, "response": {"status": 0}},
    {"_resourceType": "xhr", "request": {"method": "GET", "url": "https://api.example.com/items",
        "headers": [{"name": "origin", "value": "https://app.example.com"},
            {"name": "x-client-data", "value": "a"}]}, "response": {"status": 0}},
    {"_resourceType": "eventsource", "request": {"method": "GET", "url": "https://api.example.com/events",
        "headers": [{"name": "origin", "value": "https://app.example.com"}, {"name": "last-event-id",
            "value": "1"}, {"name": "accept", "value": "text/event-stream"}]}, "response": {"status": 200}},
    {"_resourceType": "websocket", "request": {"method": "GET", "url": "wss://api.example.com/",
        "headers": [{"name": "origin", "value": "https://stranger.example"}]}, "response": {"status": 101}},
    {"_resourceType": "document", "request": {"method": "POST", "url": "https://api.example.com/",
        "headers": [{"name": "origin", "value": "https://stranger.example"}]}, "response": {"status": 200}},
    {"_resourceType": "fetch", "request": {"method": "GET", "url": "https://api.example.com/",
        "headers": [{"name": "origin", "value": "https://\u001b]0;x.example"}]}, "response": {"status": 200}},
    {"_resourceType": "fetch", "request": {"method": "GET", "url": "https://other.example/",
        "headers": [{"name": "origin", "value": "https://stranger.example"}]}, "response": {"status": 200}}
]}}"#;

#[test]
fn explain_finds_the_blocked_requests_of_an_export() {
    let files = Files::new();
    files.write("a.toml", POLICY);
    files.write("a.har", &format!("\u{feff}{EXPORT}"));
    let export = ["explain", "a.toml", "--har", "a.har"];
    let output = files.run(&[&export[..], &["--host", "api.example.com"]].concat());
    assert_eq!(
        stdout(&output),
        "DELETE https://api.example.com/items by https://app.example.com
FAIL: the method DELETE must be safelisted, or listed in access-control-allow-methods, by name or by *
      https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
verdict: blocked: the preflight is refused, and the request is never sent
change: allow_methods: DELETE is not in the list; write allow_methods = [\"PUT\", \"DELETE\"]

GET https://api.example.com/items by https://app.example.com (2 times)
verdict: allowed: the script gets the response
advice: the policy allows this, but the browser got no response; see whether the service applies this policy to this path

5 requests by scripts: 3 blocked
"
    );
    assert_eq!(output.status.code(), Some(1));
    let output = files.run(&[&export[..], &["--format", "json"]].concat());
    let blocked: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(blocked.as_array().unwrap().len(), 3);
    assert_eq!(blocked[2]["request"], "GET https://other.example/ by https://stranger.example");
    assert_eq!(blocked[2]["verdict"], "blocked-after-response");
    assert_eq!((&blocked[1]["count"], &blocked[1]["has_no_response"]), (&2.into(), &true.into()));
}

#[test]
fn explain_refuses_what_is_no_export() {
    let files = Files::new();
    files.write("a.toml", POLICY);
    files.write("a.har", "{}");
    for name in ["a.har", "none.har"] {
        let output = files.run(&["explain", "a.toml", "--har", name]);
        assert!(output.stderr.starts_with(format!("{name}: ").as_bytes()), "{output:?}");
        assert_eq!(output.status.code(), Some(2));
    }
}
