//! Pages that are not the playground's own.

use std::error::Error;
use std::net::SocketAddr;

use serde_json::json;

use crate::running::{Running, send, send_lines};
use crate::{JSON, post};

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
