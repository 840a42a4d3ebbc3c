//! What the page asks of its server, over loopback sockets.

mod drafts;
mod exchanges;
mod explanations;
mod foreign_pages;
#[path = "../running/mod.rs"]
mod running;

use std::error::Error;
use std::net::SocketAddr;

use serde_json::Value;

use running::{Response, Running, send, send_lines};

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
