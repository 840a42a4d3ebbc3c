//! What the MCP specification demands of `Origin`, each demand in a test of its name, and what a
//! page of a listed origin does with the server.

use serde_json::json;

use self::server::{Headers, Server, initialize};

mod server;

const PAGE: &str = "http://localhost:6274";
const EVIL: &str = "https://evil.example";

/// "Servers MUST validate the `Origin` header on all incoming connections to prevent DNS rebinding
/// attacks."
#[tokio::test]
async fn servers_must_validate_origin_on_all_incoming_connections() {
    let server = Server::start().await;
    let requests = ["/mcp", "/mcp/", "/elsewhere"].into_iter().flat_map(|path| {
        ["GET", "HEAD", "POST", "DELETE", "PUT", "OPTIONS"].map(|method| (method, path))
    });
    for (method, path) in requests.clone() {
        let answer = server.send(method, path, &[("origin", EVIL)]).await;
        assert_eq!(answer.status, 403, "{method} {path}");
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{method} {path}");
    }
    let preflight = [("origin", EVIL), ("access-control-request-method", "POST")];
    assert_eq!(server.send("OPTIONS", "/mcp", &preflight).await.status, 403);
    assert_eq!(server.reached(), 0);

    for (method, path) in requests.clone() {
        let answer = server.send(method, path, &[("origin", PAGE)]).await;
        assert_eq!(answer.headers["access-control-allow-origin"], PAGE, "{method} {path}");
    }
    assert_eq!(server.reached(), requests.count());
}

/// "If the `Origin` header is present and invalid, servers MUST respond with HTTP 403 Forbidden."
#[tokio::test]
async fn servers_must_respond_with_403_if_origin_is_present_and_invalid() {
    let server = Server::start().await;
    for origin in [
        EVIL,
        "https://localhost:6274",
        "http://localhost:6275",
        "http://localhost",
        "http://localhost:6274.evil.example",
        "http://evil.example:6274",
        "http://inspector.example.com",
        "https://a.inspector.example.com",
        "https://inspector.example.com.evil.example",
        "null",
        "",
        "localhost:6274",
        "http://localhost:6274/",
        "http://localhost:6274, http://localhost:6274",
    ] {
        let answer = server.post(&[("origin", origin)], &initialize()).await;
        assert_eq!(answer.status, 403, "{origin}");
        assert_eq!(answer.headers["cache-control"], "no-store", "{origin}");
    }
    let twice = [("origin", PAGE), ("origin", PAGE)];
    assert_eq!(server.post(&twice, &initialize()).await.status, 403);
    assert_eq!(server.reached(), 0);
}

/// "… to prevent DNS rebinding attacks": a page at `http://evil.example:PORT`, a name that leads to
/// this machine, which its browser takes for a page of the server.
#[tokio::test]
async fn servers_must_prevent_dns_rebinding() {
    let server = Server::start().await;
    let host = format!("evil.example:{}", server.port);
    let origin = format!("http://{host}");
    for site in [&[("sec-fetch-site", "same-origin")][..], &[]] {
        let page = [&[("host", &*host), ("origin", &origin)], site].concat();
        assert_eq!(server.post(&page, &initialize()).await.status, 403);
        // Browsers send no `Origin` with a GET request to the origin of the page.
        let stream = [&[("host", &*host), ("accept", "text/event-stream")], site].concat();
        assert_eq!(server.send("GET", "/mcp", &stream).await.status, 421);
    }
    assert_eq!(server.reached(), 0);
}

#[tokio::test]
async fn a_foreign_host_is_answered_with_421() {
    let server = Server::start().await;
    for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.1"] {
        let native = server.post(&[("host", host)], &initialize()).await;
        assert_eq!(native.status, 421, "{host}");
        assert_eq!(native.headers["cache-control"], "no-store", "{host}");
        let page = server.post(&[("host", host), ("origin", PAGE)], &initialize()).await;
        assert_eq!(page.status, 421, "{host}");
    }
    assert_eq!(server.reached(), 0);
}

/// "When running locally, servers SHOULD bind only to localhost (127.0.0.1) rather than all network
/// interfaces (0.0.0.0)."
#[tokio::test]
async fn servers_should_bind_only_to_localhost() {
    let listener = crate::listen(0).await.unwrap();
    assert!(listener.local_addr().unwrap().ip().is_loopback());
}

#[tokio::test]
async fn native_clients_send_no_origin() {
    let server = Server::start().await;
    for name in ["localhost", "127.0.0.1"] {
        let host = format!("{name}:{}", server.port);
        let answer = server.post(&[("host", &host)], &initialize()).await;
        assert_eq!(answer.status, 200, "{host}");
        assert!(answer.headers.contains_key("mcp-session-id"), "{host}");
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{host}");
        assert_eq!(answer.message().await["result"]["protocolVersion"], "2025-11-25");
    }
    assert_eq!(server.reached(), 2);
}

#[tokio::test]
async fn pages_of_the_server_itself_are_its_own() {
    let server = Server::start().await;
    let host = format!("localhost:{}", server.port);
    let own = [("host", &*host), ("origin", &format!("http://{host}"))];
    assert_eq!(server.post(&own, &initialize()).await.status, 200);
    // A page of another server on this machine: it calls 127.0.0.1, not its own origin.
    assert_eq!(server.post(&own[1..], &initialize()).await.status, 403);
}

#[tokio::test]
async fn a_page_asks_for_permission_first() {
    let server = Server::start().await;
    for (method, fields) in [
        ("POST", "content-type"),
        ("POST", "authorization,content-type,mcp-method,mcp-name,mcp-protocol-version"),
        ("POST", "content-type,mcp-protocol-version,mcp-session-id"),
        ("GET", "last-event-id,mcp-protocol-version,mcp-session-id"),
        ("DELETE", "mcp-protocol-version,mcp-session-id"),
    ] {
        let preflight = [
            ("origin", PAGE),
            ("access-control-request-method", method),
            ("access-control-request-headers", fields),
        ];
        let answer = server.send("OPTIONS", "/mcp", &preflight).await;
        assert_eq!(answer.status, 204, "{method} {fields}");
        assert_eq!(answer.headers["access-control-allow-origin"], PAGE);
        assert_eq!(answer.headers["access-control-allow-methods"], "DELETE");
        let allowed = answer.headers["access-control-allow-headers"].to_str().unwrap();
        let allowed: Vec<_> = allowed.split(',').collect();
        assert!(fields.split(',').all(|field| allowed.contains(&field)), "{fields}: {allowed:?}");
    }
    assert_eq!(server.reached(), 0);
}

/// As with revision 2025-11-25, which has sessions.
#[tokio::test]
async fn a_page_has_a_session() {
    let server = Server::start().await;
    let answer = server.post(&[("origin", PAGE)], &initialize()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["access-control-allow-origin"], PAGE);
    assert_eq!(answer.headers["access-control-expose-headers"], "mcp-session-id");
    let session = answer.headers["mcp-session-id"].to_str().unwrap().to_owned();
    assert_eq!(answer.message().await["result"]["protocolVersion"], "2025-11-25");

    let version = ("mcp-protocol-version", "2025-11-25");
    let page: Headers<'_> = &[("origin", PAGE), ("mcp-session-id", &session), version];
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    assert_eq!(server.post(page, &initialized).await.status, 202);

    let params = json!({ "name": "list_files" });
    let call = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params });
    let answer = server.post(page, &call).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["access-control-allow-origin"], PAGE);
    let message = answer.message().await;
    let files = message["result"]["content"][0]["text"].as_str().unwrap();
    assert!(files.contains("Cargo.toml"), "{message}");

    let stream = [page, &[("accept", "text/event-stream")]].concat();
    let answer = server.send("GET", "/mcp", &stream).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "text/event-stream");
    assert_eq!(answer.headers["access-control-allow-origin"], PAGE);
    assert!(answer.first_event().await.contains("retry:"));
    let resumed = [&stream[..], &[("last-event-id", "0")]].concat();
    assert_eq!(server.send("GET", "/mcp", &resumed).await.status, 200);

    assert_eq!(server.send("DELETE", "/mcp", page).await.status, 202);
    let answer = server.send("GET", "/mcp", &stream).await;
    assert_eq!(answer.status, 404, "the session has ended");
    assert_eq!(answer.headers["access-control-allow-origin"], PAGE);
}

/// As with revision 2026-07-28, which has no sessions.
#[tokio::test]
async fn a_page_needs_no_session() {
    let server = Server::start().await;
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({ "name": "list_files", "arguments": {}, "_meta": meta });
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let page = [
        ("origin", PAGE),
        ("mcp-protocol-version", "2026-07-28"),
        ("mcp-method", "tools/call"),
        ("mcp-name", "list_files"),
    ];
    let answer = server.post(&page, &call).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["access-control-allow-origin"], PAGE);
    assert!(!answer.headers.contains_key("mcp-session-id"));
    let message = answer.message().await;
    let files = message["result"]["content"][0]["text"].as_str().unwrap();
    assert!(files.contains("Cargo.toml"), "{message}");
}

/// What the guide says of rmcp: why the policy has the list of origins.
#[tokio::test]
async fn rmcp_alone_checks_the_host_but_no_origin() {
    let server = Server::without_policy().await;
    let page = server.post(&[("origin", EVIL)], &initialize()).await;
    assert_eq!(page.status, 200);
    assert!(!page.headers.contains_key("access-control-allow-origin"));
    let preflight = [("origin", PAGE), ("access-control-request-method", "POST")];
    assert_eq!(server.send("OPTIONS", "/mcp", &preflight).await.status, 405);
    for (host, status) in [("localhost", 200), ("evil.example", 403), ("192.168.1.7", 403)] {
        let answer = server.post(&[("host", host)], &initialize()).await;
        assert_eq!(answer.status, status, "{host}");
    }
}

/// The policy lets a native client pass that calls an address, and rmcp by default does not.
#[tokio::test]
async fn rmcp_refuses_the_addresses_of_the_local_network() {
    let server = Server::start().await;
    let answer = server.post(&[("host", "192.168.1.7")], &initialize()).await;
    assert_eq!(answer.status, 403);
    assert_eq!(server.reached(), 1);
}

#[test]
fn the_policy_has_no_warnings() {
    assert_eq!(crate::policy().unwrap().lints(), []);
}

#[test]
fn the_guide_shows_this_policy() {
    let guide = include_str!("../../../cors-core/docs/recipes.md");
    let (_, rest) = include_str!("main.rs").split_once("fn policy()").unwrap();
    let (policy, _) = rest.split_once("\n}\n").unwrap();
    assert!(guide.contains(policy), "the guide needs: fn policy(){policy}\n}}");
}
