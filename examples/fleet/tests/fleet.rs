//! The fleet over loopback sockets: four servers, one answer, and that is the policy's.

mod running;

use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use cors_core::Policy;
use fleet::{Fleet, StartError};
use tokio::runtime::Runtime;

use running::{POLICY_FILE, Running, send};

const STRANGER: &str = "origin: http://localhost:8081";
const VARY: &str = "vary: Origin";
const PLAIN_OPTIONS_VARY: &str = "vary: Origin, Access-Control-Request-Method";
const PREFLIGHT_VARY: &str =
    "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// The settings of `policy.toml`, as they stand there.
struct Settings(toml::Table);

impl Settings {
    fn read() -> Result<Self, Box<dyn Error>> {
        Ok(Self(std::fs::read_to_string(POLICY_FILE)?.parse()?))
    }

    fn list(&self, key: &str) -> Vec<&str> {
        let list = self.0.get(key).and_then(|list| list.as_array());
        list.into_iter().flatten().filter_map(|value| value.as_str()).collect()
    }

    fn max_age(&self) -> i64 {
        self.0.get("max_age").and_then(|seconds| seconds.as_integer()).unwrap_or(-1)
    }

    fn page(&self) -> String {
        format!("origin: {}", self.list("allow_origins").join(" "))
    }

    /// What every response for the page carries.
    fn shared(&self) -> Vec<String> {
        vec![
            "access-control-allow-credentials: true".into(),
            format!("access-control-allow-origin: {}", self.list("allow_origins").join(" ")),
        ]
    }

    fn actual(&self) -> Vec<String> {
        let exposed = self.list("expose_headers").join(",");
        let own = [format!("access-control-expose-headers: {exposed}"), VARY.into()];
        self.shared().into_iter().chain(own).collect()
    }

    fn plain_options(&self) -> Vec<String> {
        let varies = |line| if line == VARY { PLAIN_OPTIONS_VARY.into() } else { line };
        self.actual().into_iter().map(varies).collect()
    }

    fn preflight(&self) -> Vec<String> {
        let own = [
            format!("access-control-allow-methods: {}", self.list("allow_methods").join(",")),
            format!("access-control-allow-headers: {}", self.list("allow_headers").join(",")),
            format!("access-control-max-age: {}", self.max_age()),
            PREFLIGHT_VARY.into(),
        ];
        self.shared().into_iter().chain(own).collect()
    }
}

fn sorted(lines: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    let mut lines: Vec<_> = lines.into_iter().map(Into::into).collect();
    lines.sort();
    lines
}

#[test]
fn four_servers_answer_alike_and_as_the_policy_says() -> Result<(), Box<dyn Error>> {
    let settings = Settings::read()?;
    let running = Running::start()?;
    let page = settings.page();
    let page = page.as_str();
    let asks_put = "access-control-request-method: PUT";
    let asks_patch = "access-control-request-method: PATCH";
    let json = "access-control-request-headers: content-type";
    let x_debug = "access-control-request-headers: x-debug";
    let refused = vec![VARY.to_owned()];
    let preflight_refused = vec![PREFLIGHT_VARY.to_owned()];
    for (request, headers, status, expected) in [
        ("GET /items", vec![page], 200, settings.actual()),
        ("GET /items", vec![STRANGER], 200, refused.clone()),
        ("GET /items", vec![], 200, refused.clone()),
        ("OPTIONS /items/1", vec![page, asks_put], 204, settings.preflight()),
        ("OPTIONS /items/1", vec![page, asks_put, json], 204, settings.preflight()),
        ("OPTIONS /nothing", vec![page, asks_put], 204, settings.preflight()),
        ("OPTIONS /items/1", vec![STRANGER, asks_put], 403, preflight_refused),
        // The lists tell the browser what is missing.
        ("OPTIONS /items/1", vec![page, asks_patch], 204, settings.preflight()),
        ("OPTIONS /items/1", vec![page, asks_put, x_debug], 204, settings.preflight()),
        ("OPTIONS /items", vec![page], 200, settings.plain_options()),
        ("OPTIONS /items", vec![], 200, vec![PLAIN_OPTIONS_VARY.to_owned()]),
        ("DELETE /items/1", vec![page], 401, settings.actual()),
        ("DELETE /items/1", vec![page, "authorization: Bearer x"], 200, settings.actual()),
        ("GET /nothing", vec![page], 404, settings.actual()),
        ("GET /nothing", vec![STRANGER], 404, refused.clone()),
        ("PATCH /items", vec![page], 405, settings.actual()),
        ("GET /error", vec![page], 500, settings.actual()),
        ("GET /error", vec![STRANGER], 500, refused),
    ] {
        let response = running.ask(request, &headers)?;
        assert_eq!(response.status, status, "{request} {headers:?}");
        assert_eq!(response.cors, sorted(expected), "{request} {headers:?}");
    }
    Ok(())
}

#[test]
fn each_step_of_a_story_has_its_own_policy() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    let page = "origin: http://localhost:8080";
    let preflight = [
        page,
        "access-control-request-method: PUT",
        "access-control-request-headers: content-type",
    ];
    let origin = "access-control-allow-origin: http://localhost:8080";
    let any = "access-control-allow-origin: *";
    let credentials = "access-control-allow-credentials: true";
    let safelisted = "access-control-allow-methods: GET,HEAD,POST";
    let put = "access-control-allow-methods: PUT";
    let json = "access-control-allow-headers: content-type";
    let ten_minutes = "access-control-max-age: 600";
    for (step, status, actual, asked) in [
        ("koa/1-blocked", 200, vec![], vec![]),
        ("koa/2-any", 204, vec![any], vec![any, safelisted, PREFLIGHT_VARY]),
        (
            "koa/3-credentials",
            204,
            vec![origin, credentials, VARY],
            vec![origin, credentials, put, json, ten_minutes, PREFLIGHT_VARY],
        ),
        ("express/1-no-policy", 200, vec![], vec![]),
        (
            "express/2-preflight-answered",
            204,
            vec![origin, VARY],
            vec![origin, safelisted, json, PREFLIGHT_VARY],
        ),
        (
            "express/3-put-delete-authorization",
            204,
            vec![origin, VARY],
            vec![
                origin,
                "access-control-allow-methods: PUT,DELETE",
                "access-control-allow-headers: authorization,content-type",
                PREFLIGHT_VARY,
            ],
        ),
    ] {
        let response = running.ask(&format!("GET /stories/{step}/items"), &[page])?;
        assert_eq!((response.status, response.cors), (200, sorted(actual)), "{step}");
        let response = running.ask(&format!("OPTIONS /stories/{step}/items/1"), &preflight)?;
        assert_eq!((response.status, response.cors), (status, sorted(asked)), "{step}");
    }
    // What is no step is under the policy of the rest.
    let response = running.ask("GET /stories/koa/2-anything/items", &[page])?;
    assert_eq!(response.status, 404);
    assert!(response.cors.contains(&origin.to_owned()), "{response:?}");
    Ok(())
}

#[test]
fn a_plain_options_reaches_the_handler() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    for server in running.fleet.servers() {
        let response = send(server.address(), "OPTIONS /items", &[])?;
        let allow = "allow: GET, HEAD, POST, OPTIONS".to_owned();
        assert!(response.other.contains(&allow), "{}: {response:?}", server.name());
    }
    Ok(())
}

#[test]
fn a_session_begins_with_a_login() -> Result<(), Box<dyn Error>> {
    let running = Running::start()?;
    for server in running.fleet.servers() {
        let response = send(server.address(), "POST /login", &["content-length: 0"])?;
        let cookie = response.other.iter().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).unwrap_or_default();
        let cookie = format!("cookie: theme=dark; {cookie}");
        let response = send(server.address(), "GET /items", &[&cookie])?;
        assert_eq!(response.body, r#"{"handled":"GET /items","session":"alice"}"#);
    }
    Ok(())
}

#[test]
fn the_page_has_the_policy_as_data() -> Result<(), Box<dyn Error>> {
    let settings = Settings::read()?;
    let running = Running::start()?;
    for page in running.fleet.pages() {
        let port = page.rsplit(':').next().unwrap_or_default().parse()?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let html = send(address, "GET /", &[])?;
        assert!(html.body.starts_with("<!doctype html>"), "{html:?}");

        let data = send(address, "GET /fleet.json", &[])?;
        let data: serde_json::Value = serde_json::from_str(&data.body)?;
        assert_eq!(
            data["policy"]["allow_methods"],
            serde_json::json!(settings.list("allow_methods"))
        );
        let urls: Vec<_> = running.fleet.servers().iter().map(fleet::Server::url).collect();
        let told: Vec<_> =
            data["servers"].as_array().into_iter().flatten().map(|s| s["url"].clone()).collect();
        assert_eq!(told, urls);
        assert_eq!(data["stories"].as_array().map(Vec::len), Some(2));
    }
    Ok(())
}

#[test]
fn a_wrong_policy_ends_the_program_with_all_that_is_wrong() -> Result<(), Box<dyn Error>> {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wrong-policy.toml");
    std::fs::write(
        &file,
        "allow_origins = [\"http://localhost:8080/\"]\nallow_method = []\nmax_age = 90000\n",
    )?;
    let output = Command::new(env!("CARGO_BIN_EXE_fleet")).arg(&file).env("PORT", "0").output()?;
    let errors = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(1), "{errors}");
    let file = file.display();
    for place in [":2:1: allow_method: ", ":1:18: allow_origins[0] ", ":3:1: max_age "] {
        assert!(errors.contains(&format!("{file}{place}")), "{errors}");
    }
    assert_eq!(errors.lines().count(), 3, "{errors}");
    Ok(())
}

#[test]
fn a_port_in_use_is_named() -> Result<(), Box<dyn Error>> {
    let taken = std::net::TcpListener::bind("127.0.0.1:0")?;
    let port = taken.local_addr()?.port();
    let policy = Policy::from_path(POLICY_FILE)?;
    match Runtime::new()?.block_on(Fleet::start(policy, port)) {
        Err(StartError::Port(named, _)) => assert_eq!(named, port),
        other => panic!("{other:?}"),
    }
    Ok(())
}
