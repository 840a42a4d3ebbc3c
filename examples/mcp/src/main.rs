//! An MCP server on axum and rmcp, over Streamable HTTP. It fulfils what the MCP specification
//! [requires of `Origin`][spec], and stops DNS rebinding. Pages of listed origins can use it.
//!
//! ```sh
//! cargo run -p example-mcp    # on port 3000, or on $PORT
//!
//! # A page of a listed origin. Try another `Origin`, or another `Host`: -H 'Host: evil.example'
//! curl -i http://127.0.0.1:3000/mcp -H 'Origin: http://localhost:6274' \
//!     -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' \
//!     -d '{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion":
//!         "2025-11-25", "capabilities": {}, "clientInfo": {"name": "curl", "version": "1"}}}'
//! ```
//!
//! [spec]: https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http

use std::{env, error::Error, fs, io, net::Ipv4Addr, time::Duration};

use axum::Router;
use cors_axum::{CorsLayer, Policy, PolicyErrors};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
};
use rmcp::{tool, tool_router};
use tokio::net::TcpListener;

fn policy() -> Result<Policy, PolicyErrors> {
    Policy::builder()
        // A request with an `Origin` that is not listed is answered with 403,
        .enforce_origins(true)
        // and one for a host that is not listed with 421.
        .own_origins(["http://localhost:*", "http://127.0.0.1:*"])
        // The pages that may use this server, such as the MCP inspector.
        .allow_origins(["http://localhost:6274", "https://inspector.example.com"])
        .allow_methods(["DELETE"]) // ends a session
        .allow_headers(["authorization", "content-type"])
        .allow_headers(["mcp-protocol-version", "mcp-method", "mcp-name"])
        // Sessions, and streams that resume: for clients of revisions before 2026-07-28.
        .allow_headers(["mcp-session-id", "last-event-id"])
        .expose_headers(["mcp-session-id"])
        .max_age(Duration::from_secs(600))
        .build()
}

struct Files;

#[tool_router(server_handler)]
impl Files {
    /// Lists the files in the directory where the server was started.
    #[tool]
    fn list_files(&self) -> Result<String, String> {
        let entries = fs::read_dir(".").map_err(|error| error.to_string())?;
        let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        Ok(names.collect::<Vec<_>>().join("\n"))
    }
}

fn mcp() -> Router {
    // By default, rmcp accepts only the hosts of this machine, and every `Origin`. The policy
    // has the list of origins.
    let config = StreamableHttpServerConfig::default();
    let sessions = LocalSessionManager::default().into();
    Router::new().route_service("/mcp", StreamableHttpService::new(|| Ok(Files), sessions, config))
}

fn protect(mcp: Router) -> Result<Router, PolicyErrors> {
    Ok(mcp.layer(CorsLayer::new(policy()?))) // last: no request reaches rmcp before it
}

async fn listen(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await // not 0.0.0.0
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = env::var("PORT").as_deref().unwrap_or("3000").parse()?;
    let listener = listen(port).await?;
    println!("listening on http://{}/mcp", listener.local_addr()?);
    Ok(axum::serve(listener, protect(mcp())?).await?)
}

#[cfg(test)]
mod tests;
