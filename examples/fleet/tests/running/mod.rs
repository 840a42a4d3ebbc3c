//! A fleet that runs, and a client that sends exactly what it is told.

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use cors_core::Policy;
use fleet::Fleet;
use tokio::runtime::Runtime;

pub(crate) const POLICY_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/policy.toml");

/// A running fleet; it stops when this is dropped.
pub(crate) struct Running {
    pub(crate) fleet: Fleet,
    _runtime: Runtime,
}

#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// The `Access-Control-*` and `Vary` lines, sorted.
    pub(crate) cors: Vec<String>,
    /// All other lines.
    pub(crate) other: Vec<String>,
    pub(crate) body: String,
}

impl Running {
    pub(crate) fn start() -> Result<Self, Box<dyn Error>> {
        let runtime = Runtime::new()?;
        let policy = Policy::from_path(POLICY_FILE)?;
        let fleet = runtime.block_on(Fleet::start(policy, 0))?;
        Ok(Self { fleet, _runtime: runtime })
    }

    /// Sends the request to all four servers: the answer that all of them give.
    pub(crate) fn ask(&self, request: &str, headers: &[&str]) -> Result<Response, Box<dyn Error>> {
        let mut responses = Vec::new();
        for server in self.fleet.servers() {
            responses.push((server.name(), send(server.address(), request, headers)?));
        }
        let (_, first) = responses.remove(0);
        for (name, response) in responses {
            assert_eq!(response.status, first.status, "{name}: {request} {headers:?}");
            assert_eq!(response.cors, first.cors, "{name}: {request} {headers:?}");
            assert_eq!(response.body, first.body, "{name}: {request} {headers:?}");
        }
        Ok(first)
    }
}

/// Sends a request without a body.
pub(crate) fn send(address: SocketAddr, request: &str, headers: &[&str]) -> io::Result<Response> {
    let host = format!("host: {address}");
    let lines: Vec<_> = [&[host.as_str()], headers].concat();
    send_lines(address, request, &lines, "")
}

/// Sends a request with these header lines and no other but `Connection`.
pub(crate) fn send_lines(
    address: SocketAddr,
    request: &str,
    lines: &[&str],
    body: &str,
) -> io::Result<Response> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(10))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let lines = [&["connection: close"], lines].concat().join("\r\n");
    stream.write_all(format!("{request} HTTP/1.1\r\n{lines}\r\n\r\n{body}").as_bytes())?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;

    let (head, body) = response.split_once("\r\n\r\n").unwrap_or((&response, ""));
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or(0);
    let (mut cors, other): (Vec<String>, Vec<String>) = lines.map(String::from).partition(|line| {
        let line = line.to_ascii_lowercase();
        line.starts_with("access-control-") || line.starts_with("vary:")
    });
    cors.sort();
    Ok(Response { status, cors, other, body: body.into() })
}
