//! What the page asks of its server, over loopback sockets.

mod running;

use std::error::Error;
use std::net::SocketAddr;

use cors_core::Policy;
use fleet::Fleet;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use running::{POLICY_FILE, Response, Running, send, send_lines};

const JSON: &str = "content-type: application/json";

impl Running {
    /// The ports of the two page servers.
    fn ports(&self) -> Result<[u16; 2], Box<dyn Error>> {
        let ports = self.fleet.pages().iter().filter_map(|page| page.rsplit(':').next());
        let ports: Vec<u16> = ports.filter_map(|port| port.parse().ok()).collect();
        Ok(ports.try_into().map_err(|ports| format!("not two ports: {ports:?}"))?)
    }

    /// Posts to the first page server as its own page does.
    fn post(&self, path: &str, question: &Value) -> Result<(u16, Value), Box<dyn Error>> {
        let [port, _] = self.ports()?;
        let own = [format!("host: localhost:{port}"), format!("origin: http://localhost:{port}")];
        let response = post(port, path, &[&own[0], &own[1], JSON], question)?;
        let answer = serde_json::from_str(&response.body).map_err(|_| response.body)?;
        Ok((response.status, answer))
    }

    fn get(&self, path: &str) -> Result<Value, Box<dyn Error>> {
        let [port, _] = self.ports()?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let response = send(address, &format!("GET {path}"), &[])?;
        assert_eq!(response.status, 200, "{response:?}");
        Ok(serde_json::from_str(&response.body)?)
    }
}

fn post(port: u16, path: &str, lines: &[&str], body: &Value) -> std::io::Result<Response> {
    let body = body.to_string();
    let length = format!("content-length: {}", body.len());
    let lines = [lines, &[length.as_str()]].concat();
    send_lines(([127, 0, 0, 1], port).into(), &format!("POST {path}"), &lines, &body)
}

/// What the problems are about, and what they say, cut after a few words.
fn problems<'a>(source: &'a str, answer: &'a Value) -> Vec<(&'a str, &'a str, &'a str)> {
    let problem = |problem: &'a Value| {
        let unit = |end: &str| {
            let unit = problem.pointer(&format!("/place/{end}")).and_then(Value::as_u64);
            unit.and_then(|unit| usize::try_from(unit).ok()).unwrap_or(0)
        };
        let place = source.get(unit("start")..unit("end")).unwrap_or("?");
        let message = problem["message"].as_str().unwrap_or_default();
        let message = message.split([':', ';']).next().unwrap_or_default();
        (problem["severity"].as_str().unwrap_or_default(), place, message)
    };
    answer["problems"].as_array().into_iter().flatten().map(problem).collect()
}

#[test]
fn problems_stand_where_their_settings_do() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    for (source, expected) in [
        ("allow_origins = ['https://a.example']", vec![]),
        (
            "enforce_origins = true\nallow_origins = ['https://a.example/', \"null\"]\nmax_age = 90000",
            vec![
                ("error", "'https://a.example/'", "allow_origins[0] \"https"),
                ("error", "\"null\"", "allow_origins[1] \"null\""),
                ("error", "max_age = 90000", "max_age 90000"),
            ],
        ),
        (
            "[[rules]]\nallow_origins = ['https://a.example']\n[[rules]]\nallow_origins = ['https://b.example']\n'al.low' = 1\n",
            vec![("error", "'al.low' = 1", "rules[1].\"al.low\"")],
        ),
        (
            "allow_methods = [\n  'patch',\n]\nallow_origins = ['*']",
            vec![("warning", "'patch'", "allow_methods[0] \"patch\"")],
        ),
        ("allow_methods = ['PUT']", vec![("error", "", "allow_origins")]),
        (
            "allow_origins = ",
            vec![("error", "", "string values must be quoted, expected literal string")],
        ),
    ] {
        let (status, answer) = running.post("/check", &json!({ "source": source }))?;
        assert_eq!(status, 200);
        assert_eq!(problems(source, &answer), expected, "{source}");
    }
    // Places are counted as JavaScript counts.
    let (_, answer) = running
        .post("/check", &json!({ "source": "# 𝄞\nallow_origins = ['*', 'https://a.example']" }))?;
    assert_eq!(answer["problems"][0]["place"], json!({ "start": 22, "end": 25 }));
    Ok(())
}

#[test]
fn a_long_text_full_of_problems_is_answered_with_the_first_ones() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let many = 100_000;
    for (source, total, severity) in [
        ("[[rules]]\n".repeat(many / 10), many / 10, "error"),
        (
            (0..many / 20).map(|n| format!("key{n:06} = 1000000\n")).collect(),
            many / 20 + 1,
            "error",
        ),
        (format!("allow_origins = [{}]", "'a',".repeat(many / 4)), many / 4, "error"),
        (
            format!("allow_origins = [{}]", "'https://a.example',".repeat(many / 20)),
            many / 20 - 1,
            "warning",
        ),
        (
            format!("allow_origins = ['*']\nallow_headers = [{}]", "'x-a',".repeat(many / 6)),
            many / 6 - 1,
            "warning",
        ),
    ] {
        let (status, answer) = running.post("/check", &json!({ "source": source }))?;
        let start = source.get(..40).unwrap_or(&source);
        assert_eq!((status, &answer["total"]), (200, &json!(total)), "{start}");
        let problems = problems(&source, &answer);
        assert_eq!(problems.len(), 50, "{start}");
        assert!(problems.iter().all(|problem| problem.0 == severity), "{start}");
        let is_known = severity == "warning";
        let status = running.post("/policy", &json!({ "source": source }))?.0;
        assert_eq!(status, if is_known { 200 } else { 422 }, "{start}");
    }
    Ok(())
}

#[test]
fn a_policy_that_is_replaced_governs_all_four_servers() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let put = "access-control-request-method: PUT";
    let asks = |origin: &str| running.ask("OPTIONS /items/1", &[origin, put]);
    assert_eq!(asks("origin: https://new.example")?.status, 403);

    let source =
        "# Only this one\nallow_origins = ['https://new.example']\nallow_methods = ['PUT']\n";
    let (status, in_force) = running.post("/policy", &json!({ "source": source }))?;
    assert_eq!(
        (status, &in_force["source"], &in_force["warnings"]),
        (200, &source.into(), &json!({ "problems": [], "total": 0 }))
    );
    let answer = asks("origin: https://new.example")?;
    assert_eq!(answer.status, 204);
    assert!(answer.cors.contains(&"access-control-allow-origin: https://new.example".into()));
    assert_eq!(asks("origin: http://localhost:8080")?.status, 403);

    // One that is not valid changes nothing.
    let (status, answer) = running.post("/policy", &json!({ "source": "allow_origins = []" }))?;
    assert_eq!((status, problems("", &answer).len()), (422, 1));
    assert_eq!(asks("origin: https://new.example")?.status, 204);
    assert_eq!(running.get("/policy")?["source"], source);

    let (_, in_force) = running.post("/policy", &json!({ "source": "allow_origins = ['*']" }))?;
    let [port, other] = running.ports()?;
    let origins = [
        format!("http://localhost:{port}"),
        format!("http://localhost:{other}"),
        format!("http://app.localhost:{port}"),
        format!("http://127.0.0.1:{port}"),
        "null".to_owned(),
    ];
    assert_eq!(in_force["allows"], json!(origins));

    // The stories have their own.
    let story = "GET /stories/koa/3-credentials/items";
    assert_eq!(running.ask(story, &["origin: http://localhost:8080"])?.cors.len(), 3);
    Ok(())
}

#[test]
fn a_request_is_explained_with_what_to_write() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let source = "# The shop\nallow_origins = ['https://a.example'] # its pages\nallow_methods = [\"PUT\"]\n";
    assert_eq!(running.post("/policy", &json!({ "source": source }))?.0, 200);
    let explain = |mount: &str, origin: &str, method: &str| {
        running.post("/explain", &json!({
            "mount": mount,
            "origin": origin,
            "requests": [{ "method": method, "headers": [["x-a", "1"]], "reads": ["date", "Content-Type"], "amends": true }],
        }))
    };
    let (status, answer) = explain("", "https://b.example", "PUT")?;
    let explanation = &answer[0];
    assert_eq!(status, 200);
    assert_eq!(explanation["is_allowed"], false);
    let request = "OPTIONS\r\norigin: https://b.example\r\naccess-control-request-method: PUT\r\naccess-control-request-headers: x-a";
    assert_eq!(explanation["preflight"]["request"], request);
    let response = explanation["preflight"]["response"].as_str().unwrap_or_default();
    assert!(response.starts_with("403\r\n") && response.contains("\r\nvary: "), "{response}");
    assert_eq!(explanation["actual"], Value::Null);
    assert_eq!(explanation["refusal"], "no rule allows this origin");
    assert_eq!(explanation["steps"][1]["passed"], false);
    assert_eq!(explanation["changes"][1]["line"], r#"allow_headers = ["x-a"]"#);
    let amended = "# The shop\nallow_origins = [\"https://a.example\", \"https://b.example\"] # its pages\nallow_methods = [\"PUT\"]\nallow_headers = [\"x-a\"]\n";
    assert_eq!(explanation["amended"], amended);

    assert_eq!(running.post("/policy", &json!({ "source": amended }))?.0, 200);
    let (_, answer) = explain("", "https://b.example", "PUT")?;
    assert_eq!(answer[0]["is_allowed"], true);
    assert_eq!(answer[0]["changes"], json!([]));
    assert_eq!(answer[0]["readable"], json!(["Content-Type"]));

    let (_, answer) = explain("", "http://b.example", "PUT")?;
    let miss = "same host, other scheme: allow_origins[1] is \"https://b.example\"";
    assert_eq!(answer[0]["nearest_miss"], miss);

    let (_, answer) = explain("", "null", "PUT")?;
    assert_eq!(answer[0]["amended"], Value::Null);
    assert!(answer[0]["no_change"].as_str().is_some_and(|text| text.starts_with("null is ")));

    let (_, answer) = explain("/stories/koa/1-blocked", "https://b.example", "GET")?;
    assert_eq!(answer[0]["verdict"], "there is no CORS layer");
    let (_, answer) = explain("/stories/express/2-preflight-answered", "https://b.example", "GET")?;
    assert_eq!(answer[0]["changes"][0]["path"], "allow_origins");
    assert_eq!(answer[0]["amended"], Value::Null);
    Ok(())
}

#[test]
fn a_rule_of_several_is_amended_in_its_place() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let source = "[[rules]]\nallow_origins = ['https://a.example']\n\n[[rules]]\nallow_origins = ['https://b.example']\n";
    assert_eq!(running.post("/policy", &json!({ "source": source }))?.0, 200);
    let request = json!({ "method": "PUT", "amends": true });
    let (_, answer) = running.post(
        "/explain",
        &json!({ "mount": "", "origin": "https://a.example", "requests": [request] }),
    )?;
    let amended = source.replacen("example']\n", "example']\nallow_methods = [\"PUT\"]\n", 1);
    assert_eq!(answer[0]["amended"], amended);

    // Each rule is tried, so a policy with very many is left alone.
    let rule = |n| format!("[[rules]]\nallow_origins = ['https://a{n}.example']\n");
    for (rules, is_tried) in [(100, true), (101, false)] {
        let source: String = (0..rules).map(rule).collect();
        assert_eq!(running.post("/policy", &json!({ "source": source }))?.0, 200);
        let (_, answer) = running.post(
            "/explain",
            &json!({ "mount": "", "origin": "https://b.example", "requests": [request] }),
        )?;
        assert_eq!(answer[0]["amended"].is_string(), is_tried, "{rules}");
        assert_eq!(answer[0]["no_change"].is_null(), is_tried, "{rules}");
    }
    Ok(())
}

#[test]
fn a_public_policy_stays_public_when_a_page_gets_credentials() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let source = "allow_origins = ['*']\nallow_headers = ['x-a']\n";
    assert_eq!(running.post("/policy", &json!({ "source": source }))?.0, 200);
    let explain = |origin: &str, credentials: bool| {
        let request = json!({ "method": "GET", "credentials": credentials, "amends": true });
        running.post("/explain", &json!({ "mount": "", "origin": origin, "requests": [request] }))
    };
    let (_, answer) = explain("https://a.example", true)?;
    assert_eq!(answer[0]["is_allowed"], false);
    let amended = &answer[0]["amended"];
    assert_eq!(running.post("/policy", &json!({ "source": amended }))?.0, 200, "{amended}");
    assert_eq!(explain("https://a.example", true)?.1[0]["is_allowed"], true);
    assert_eq!(explain("https://b.example", false)?.1[0]["is_allowed"], true);
    Ok(())
}

#[test]
fn pages_of_others_cannot_use_a_page_server() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let [port, other] = running.ports()?;
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let body = json!({ "source": "allow_origins = ['https://evil.example']" });

    let own = format!("host: localhost:{port}");
    let foreign_hosts = [
        format!("host: localhost:{other}"),
        "host: localhost".to_owned(),
        format!("host: evil.example:{port}"),
        format!("host: localhost:{port}.evil.example"),
        format!("host: localhost.:{port}"),
    ];
    for host in &foreign_hosts {
        for path in ["/", "/sender", "/fleet.json", "/policy", "/exchanges/a", "/nothing"] {
            let response = send_lines(address, &format!("GET {path}"), &[host], "")?;
            assert_eq!(response.status, 421, "{host} {path}");
        }
        assert_eq!(post(port, "/policy", &[host, JSON], &body)?.status, 421, "{host}");
    }
    for host in ["localhost", "127.0.0.1", "app.localhost"] {
        let host = format!("host: {host}:{port}");
        assert_eq!(send_lines(address, "GET /", &[&host], "")?.status, 200, "{host}");
    }

    let other_page = format!("origin: http://localhost:{other}");
    let other_name = format!("origin: http://127.0.0.1:{port}");
    let own_page = format!("origin: http://localhost:{port}");
    for (lines, status) in [
        (vec![own.as_str(), JSON, "origin: https://evil.example"], 403),
        (vec![&own, JSON, "origin: null"], 403),
        (vec![&own, JSON, &other_page], 403),
        (vec![&own, JSON, &other_name], 403),
        (vec![&own, JSON, &own_page, "origin: https://evil.example"], 403),
        (vec![&own, &own_page], 415),
        (vec![&own, &own_page, "content-type: text/plain"], 415),
        (vec![&own, &own_page, "content-type: application/x-www-form-urlencoded"], 415),
        (vec![&own, &own_page, JSON, "content-type: text/plain"], 415),
        (vec![&own, "content-type: text/plain"], 415),
    ] {
        for path in ["/policy", "/check", "/explain"] {
            assert_eq!(post(port, path, &lines, &body)?.status, status, "{lines:?}");
        }
    }
    let preflight = ["access-control-request-method: POST", "origin: https://evil.example"];
    let response =
        send_lines(address, "OPTIONS /policy", &[&[own.as_str()], &preflight[..]].concat(), "")?;
    assert_eq!(response.cors, [""; 0]);
    assert!(!running.get("/policy")?["source"].to_string().contains("evil"));
    assert_eq!(post(port, "/policy", &[&own, JSON, &own_page], &body)?.status, 200);

    let huge = json!({ "source": "#".repeat(300_000) });
    assert_eq!(post(port, "/policy", &[&own, JSON, &own_page], &huge)?.status, 413);
    Ok(())
}

#[test]
fn frames_that_send_requests_belong_to_the_pages_alone() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let ports = running.ports()?;
    let address = SocketAddr::from(([127, 0, 0, 1], ports[0]));
    let policy = |path: &str| -> Result<String, Box<dyn Error>> {
        let response = send(address, &format!("GET {path}"), &[])?;
        let line =
            response.other.into_iter().find(|line| line.starts_with("content-security-policy: "));
        Ok(line.ok_or("no content-security-policy")?)
    };
    assert!(policy("/")?.contains("; frame-ancestors 'none';"));
    let sender = policy("/sender")?;
    let ancestors = sender.split("; ").find_map(|rule| rule.strip_prefix("frame-ancestors "));
    let ancestors: Vec<_> = ancestors.unwrap_or_default().split(' ').collect();
    let expected: Vec<_> = ports
        .iter()
        .flat_map(|port| {
            ["localhost", "127.0.0.1", "app.localhost"].map(|host| format!("http://{host}:{port}"))
        })
        .collect();
    assert_eq!(ancestors, expected);
    Ok(())
}

#[test]
fn exchanges_are_recorded_as_they_passed_and_only_so_many() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let origin = "Origin: http://localhost:8080";
    for server in running.fleet.servers() {
        let address = server.address();
        let put = ["aCCess-control-request-method: PUT", origin];
        send(address, "OPTIONS /items/1?exchange=first", &put)?;
        send(address, "PUT /items/1?x=1&exchange=first", &[origin, "content-length: 0"])?;
        send(address, "GET /items?exchange=second", &[])?;
        send(address, "GET /items", &[])?;
    }
    let found = running.get("/exchanges/first")?;
    let found = found.as_array().ok_or("no array")?;
    let servers: Vec<_> = found.iter().map(|exchange| exchange["server"].as_str()).collect();
    let names = ["actix-web", "axum", "poem", "salvo"];
    assert_eq!(servers, names.map(|name| [Some(name); 2]).concat());
    for exchange in found.chunks(2) {
        let text = |exchange: &Value, part: &str| exchange[part].as_str().unwrap_or("").to_owned();
        let [preflight, actual] = exchange else { return Err("no pair".into()) };
        let request = text(preflight, "request");
        assert!(request.starts_with("OPTIONS /items/1?exchange=first HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("\r\naCCess-control-request-method: PUT\r\n"), "{request}");
        let response = text(preflight, "response");
        assert!(response.starts_with("HTTP/1.1 204 No Content\r\n"), "{response}");
        assert!(
            response.to_lowercase().contains("access-control-allow-methods: put,delete"),
            "{response}"
        );
        assert!(
            text(actual, "request").starts_with("PUT /items/1?x=1&exchange=first HTTP/1.1\r\n")
        );
        assert!(text(actual, "response").starts_with("HTTP/1.1 200 OK\r\n"));
    }
    assert_eq!(running.get("/exchanges/second")?.as_array().map(Vec::len), Some(4));
    assert_eq!(running.get("/exchanges/third")?, json!([]));

    let address = running.fleet.servers()[1].address();
    for _ in 0..260 {
        send(address, "GET /items?exchange=many", &[])?;
    }
    assert_eq!(running.get("/exchanges/many")?.as_array().map(Vec::len), Some(256));
    assert_eq!(running.get("/exchanges/first")?, json!([]));
    Ok(())
}

#[test]
fn a_policy_is_shown_as_it_was_written() -> Result<(), Box<dyn Error>> {
    let source = std::fs::read_to_string(POLICY_FILE)?;
    let runtime = Runtime::new()?;
    let policy = Policy::from_path(POLICY_FILE)?;
    let fleet = runtime.block_on(Fleet::start_with_source(policy, source.clone(), 0))?;
    let port = fleet.pages()[0].rsplit(':').next().unwrap_or_default().parse()?;
    let response = send(([127, 0, 0, 1], port).into(), "GET /policy", &[])?;
    let in_force: Value = serde_json::from_str(&response.body)?;
    assert_eq!(in_force["source"], source);
    Ok(())
}
