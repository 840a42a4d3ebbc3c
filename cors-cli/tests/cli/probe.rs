//! `cors probe`, with a service that answers every request alike.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::files::{Files, stderr, stdout};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\
    access-control-allow-origin: *\r\naccess-control-allow-methods: *\r\n\
    access-control-allow-headers: *\r\n\r\n";

/// A service that allows everything without credentials, until the process ends; returns its URL.
fn service() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/items", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || answer(stream.unwrap()));
        }
    });
    url
}

/// The same over TLS, with a certificate that nobody trusts, and whose key is public.
fn service_with_tls() -> String {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let certificate = CertificateDer::from(&include_bytes!("tls/certificate.der")[..]);
    let key = PrivateKeyDer::try_from(&include_bytes!("tls/key.der")[..]).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/items", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(config.clone()).unwrap();
            thread::spawn(move || answer(StreamOwned::new(connection, stream.unwrap())));
        }
    });
    url
}

/// Answers one request, unless the client ends the connection first.
fn answer(mut stream: impl Read + Write) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.extend(byte),
            _ => return,
        }
    }
    let _ = stream.write_all(ANSWER).and_then(|()| stream.flush());
}

fn files() -> Files {
    let files = Files::new();
    files.write(
        "public.toml",
        "allow_origins = [\"*\"]\nallow_methods = [\"*\"]\nallow_headers = [\"*\"]\n",
    );
    files.write("listed.toml", "allow_origins = [\"https://app.example.com\"]\n");
    files.write(
        "named.toml",
        "[policies.public]\nallow_origins = [\"*\"]\nallow_methods = [\"*\"]\nallow_headers = [\"*\"]\n\
         [policies.none]\nallow_origins = []\n",
    );
    files
}

/// Constant answers are preflight answers too.
const ACCEPT: [&str; 2] = ["--accept", "options-taken-for-preflight"];

#[test]
fn a_service_that_keeps_to_its_policy() {
    let url = service();
    let output = files().run(&["probe", &url, "--policy", "public.toml", ACCEPT[0], ACCEPT[1]]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let table: Vec<Vec<_>> =
        stdout(&output).lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(table[0], ["service", "errors", "warnings", "requests"]);
    assert_eq!(table[1][..3], [url.as_str(), "0", "0"]);
    let announced = stderr(&output);
    let bound = format!("{url}: at most {} requests within 60 seconds\n", table[1][3]);
    assert_eq!(announced, bound, "progress is for terminals");
}

#[test]
fn a_policy_is_chosen_by_its_name() {
    let url = service();
    let arguments = ["probe", &url, "--policy", "named.toml", "--policy-name"];
    let run = |name: &str| files().run(&[&arguments[..], &[name], &ACCEPT[..]].concat());
    assert_eq!(run("public").status.code(), Some(0));
    assert_eq!(run("none").status.code(), Some(1));
    assert_eq!(run("other").status.code(), Some(2));
}

#[test]
fn deviations_are_printed_one_a_line() {
    let url = service();
    let output = files().run(&["probe", &url, "--policy", "listed.toml"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = stdout(&output);
    let start = format!(
        "{url}: error[origin-allowed]: GET {url} from https://cors-probe.example: 200 with access-control-allow-origin: *, "
    );
    let line = text.lines().find(|line| line.starts_with(&start)).expect(text);
    assert!(
        line.contains(
            "; the policy does not allow this origin; * allows every origin; leave the header"
        ),
        "{line}"
    );
}

#[test]
fn json_has_an_object_for_each_service() {
    let urls = [service(), "http://127.0.0.1:1/".to_owned()];
    let output =
        files().run(&["probe", &urls[0], &urls[1], "--policy", "listed.toml", "--format", "json"]);
    assert_eq!(output.status.code(), Some(2), "one could not be probed");
    let reports: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(reports[0]["url"], urls[0]);
    let deviation = &reports[0]["deviations"][0];
    assert_eq!(deviation["severity"], "error");
    for key in ["code", "request", "response", "expected", "fix"] {
        assert!(deviation[key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {deviation}");
    }
    assert_eq!(reports[1]["url"], urls[1]);
    let error = reports[1]["error"].as_str().unwrap();
    assert!(error.ends_with("check the address, and that the service runs"), "{error}");
}

#[test]
fn no_more_requests_are_sent_than_allowed() {
    let url = service();
    let arguments = ["probe", &url, "--policy", "public.toml", "--max-requests", "7"];
    let output = files().run(&[&arguments[..], &ACCEPT[..]].concat());
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("requests are left out; allow more with --max-requests"));
    assert!(stdout(&output).lines().last().unwrap().ends_with(" 7"), "{output:?}");
    let output = files().run(&["probe", &url, "--policy", "public.toml", "--max-time", "0"]);
    assert_eq!(output.status.code(), Some(2), "the time was over before the first request");
    assert!(stdout(&output).contains("allow more with --max-time"), "{output:?}");
}

#[test]
fn without_a_policy_it_audits() {
    let url = service();
    let arguments = ["probe", &url, "--origin", "https://app.example.com"];
    let output = files().run(&[&arguments[..], &ACCEPT[..]].concat());
    assert_eq!(output.status.code(), Some(0), "* without credentials is no hole: {output:?}");
}

#[test]
fn certificates_are_checked_unless_told_otherwise() {
    let url = service_with_tls();
    let arguments = ["probe", &url, "--policy", "public.toml", ACCEPT[0], ACCEPT[1]];
    let output = files().run(&arguments);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(stdout(&output).contains("certificate"), "{output:?}");
    let output = files().run(&[&arguments[..], &["--insecure"]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn what_cannot_be_probed_is_told() {
    for (arguments, help) in [
        (&["example.com"][..], "write http:// or https:// before the host"),
        (
            &["http://127.0.0.1:1/", "--method", "TRACE"],
            "\"TRACE\" is not a method that scripts can use",
        ),
        (&["http://127.0.0.1:1/", "--header", "a b: c"], "\"a b\" cannot be sent as a header"),
        (&["http://127.0.0.1:1/", "--path", "/a b"], "\"/a b\" is not a path"),
    ] {
        let output = files().run(&[&["probe"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stdout(&output).contains(help), "{output:?}");
    }
}
