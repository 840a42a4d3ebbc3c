//! The conformance server, as its contract says, in every framework.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tests::{Adapter, Head, HeaderLines, Request, adapters};

const POLICIES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/conformance-policies.json");

/// A running server; killed when a test fails.
struct Server {
    adapter: &'static dyn Adapter,
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn start(adapter: &'static dyn Adapter) -> Self {
        let mut process = command(adapter.name(), Path::new(POLICIES)).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening on http://").unwrap();
        Self { adapter, address: address.parse().unwrap(), process }
    }

    fn send(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> (Head, Vec<u8>) {
        let headers = headers.iter().map(|&(name, value)| (name.into(), value.into())).collect();
        let request = Request { method: method.into(), path: path.into(), headers };
        tests::send(self.address, "", &request, || {}).unwrap()
    }

    fn terminate(&mut self) -> bool {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.process.wait().unwrap().success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Fails where the process has ended, as it should have.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(framework: &str, policies: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conformance-server"));
    command.args([framework, "0"]).arg(policies);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn each_framework(test: fn(&mut Server)) {
    for adapter in adapters::ALL {
        println!("{}", adapter.name());
        test(&mut Server::start(adapter));
    }
}

fn values<'a>(head: &'a Head, field: &str) -> Vec<&'a str> {
    head.headers.iter().filter(|(name, _)| name == field).map(|(_, value)| value.as_str()).collect()
}

#[test]
fn sigterm_stops_it() {
    each_framework(|server| assert!(server.terminate()));
}

#[test]
fn handlers_answer_every_method() {
    each_framework(|server| {
        let methods = ["GET", "POST", "PUT", "OPTIONS", "PROPFIND", "PURGE", "chicken"];
        for method in methods.into_iter().filter(|method| server.adapter.knows_method(method)) {
            for (path, status) in [("/simple/x", 200), ("/simple/error", 500), ("/simple/own", 200)]
            {
                let (head, body) = server.send(method, path, &[]);
                assert_eq!(head.status, status, "{method} {path}");
                assert_eq!(body, b"handler\n", "{method} {path}");
                assert_eq!(values(&head, "x-handler"), ["reached"]);
                assert_eq!(values(&head, "x-request-id"), ["r-1"]);
                assert_eq!(values(&head, "etag"), ["\"v1\""]);
                assert_eq!(values(&head, "x-secret"), ["s"]);
                assert_eq!(values(&head, "x-handler-vary"), ["Accept-Encoding, X-Tenant"]);
                let ours = match method {
                    "OPTIONS" => "Origin, Access-Control-Request-Method",
                    _ => "Origin",
                };
                assert_eq!(values(&head, "vary"), ["Accept-Encoding", "X-Tenant", ours]);
                assert_eq!(values(&head, "access-control-allow-origin"), [""; 0]);
            }
        }
    });
}

#[test]
fn a_policy_governs_the_whole_subtree() {
    each_framework(|server| {
        for path in ["/cred/x", "/cred/error", "/cred/own", "/cred/unknown", "/cred/unknown/too"] {
            let (head, _) = server.send("GET", path, &[("origin", "https://app.example.com")]);
            let status = match path {
                "/cred/x" | "/cred/own" => 200,
                "/cred/error" => 500,
                _ => 404,
            };
            assert_eq!(head.status, status, "{path}");
            let origin = values(&head, "access-control-allow-origin");
            assert_eq!(origin, ["https://app.example.com"], "{path}");

            let preflight =
                [("origin", "https://app.example.com"), ("access-control-request-method", "PUT")];
            let (head, body) = server.send("OPTIONS", path, &preflight);
            assert_eq!((head.status, body.len()), (204, 0), "{path}");
        }
        let (head, _) = server.send("GET", "/wild/x", &[("origin", "https://example.org")]);
        assert_eq!(values(&head, "access-control-allow-origin"), [""; 0]);
    });
}

#[test]
fn every_framework_answers_alike() {
    let servers: Vec<_> = adapters::ALL.into_iter().map(Server::start).collect();
    for policy in
        tests::contract::mounts(include_str!("../data/conformance-policies.json")).unwrap()
    {
        for (path, origin, method, asked) in [
            ("/x", None, "GET", None),
            ("/x", Some("https://example.com"), "GET", None),
            ("/own", Some("https://a.example.com"), "GET", None),
            ("/error", Some("https://example.com"), "DELETE", None),
            ("/own", Some("http://localhost:3000"), "GET", None),
            ("/own", Some("https://evil.example"), "GET", None),
            ("/unknown", Some("https://example.com"), "GET", None),
            ("/x", Some("https://example.com"), "OPTIONS", None),
            ("/x", Some("https://example.com"), "OPTIONS", Some(("PUT", "content-type"))),
            ("/x", Some("https://a.example.com"), "OPTIONS", Some(("PUT", "content-type"))),
            ("/x", Some("https://evil.example"), "OPTIONS", Some(("PUT", "content-type"))),
            ("/x", Some("https://example.com"), "OPTIONS", Some(("BREW", "content-type"))),
            ("/x", Some("https://example.com"), "OPTIONS", Some(("PUT", "x-unknown"))),
        ] {
            let mut headers: Vec<_> = origin.map(|origin| ("origin", origin)).into_iter().collect();
            if let Some((method, names)) = asked {
                headers.push(("access-control-request-method", method));
                headers.push(("access-control-request-headers", names));
            }
            let path = format!("{}{path}", policy.prefix);
            let answers = servers.iter().map(|server| {
                let (head, _) = server.send(method, &path, &headers);
                (head.status, cors_headers(head.headers))
            });
            let answers: Vec<_> = answers.collect();
            let same = answers.windows(2).all(|pair| pair[0] == pair[1]);
            assert!(same, "{method} {path} {headers:?}: {answers:#?}");
        }
    }
}

fn cors_headers(mut headers: HeaderLines) -> HeaderLines {
    headers.retain(|(name, _)| name == "vary" || name.starts_with("access-control-"));
    headers.sort_by(|(one, _), (other, _)| one.cmp(other));
    headers
}

#[test]
fn refused_policies_are_told_and_not_served() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("refused-policies.json");
    let json =
        r#"{ "one": { "origins": ["null"] }, "two": { "origins": ["https://a.example/"] } }"#;
    std::fs::write(&path, json).unwrap();
    for adapter in adapters::ALL {
        let Output { status, stdout, stderr } = command(adapter.name(), &path).output().unwrap();
        assert_eq!(status.code(), Some(1));
        assert_eq!(stdout, b"");
        let problems = String::from_utf8(stderr).unwrap();
        assert!(problems.contains("\"one\": allow_origins[0] \"null\": "), "{problems}");
        assert!(
            problems.contains("\"two\": allow_origins[0] \"https://a.example/\": "),
            "{problems}"
        );
    }
}

#[test]
fn wrong_arguments_are_told() {
    let output = command("express", Path::new(POLICIES)).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("no such framework: \"express\"\nusage: conformance-server"),
        "{message}"
    );
}
