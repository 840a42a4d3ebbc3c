//! The complete configurations of the guides, with the ports of the test.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use cors_cli::gateways::{self, Gateway, Source};
use libtest_mimic::{Failed, Trial};
use tests::{Head, Request};

use crate::configuration;
use crate::program;
use crate::running::{Gateways, start};

pub(crate) fn trials(gateways: &Arc<Gateways>) -> Vec<Trial> {
    gateways.trials("documented", |gateways, index, gateway| {
        let program = program::ALL.get(index).ok_or("there is no such gateway")?.find()?;
        let site = gateways.sites.sites.get("cred alone").ok_or("there is no such site")?;
        let source = Source::new("policy.toml", None);
        let export = gateways::export(gateway, &site.policy, &source);
        let parts: Vec<_> = (0..).map_while(|index| export.part(index)).collect();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, gateways.port()?));
        let directory = tempfile::tempdir()?;
        let command =
            configure(gateway, &program, directory.path(), &parts, address.port(), site.upstream)?;
        let _process = start(command, directory.path(), &[address])?;
        let (preflight, _) = send(address, "OPTIONS")?;
        let (actual, body) = send(address, "GET")?;
        let origin = |head: &Head| {
            let lines = head.headers.iter();
            let lines = lines.filter(|(name, _)| name == "access-control-allow-origin");
            lines.map(|(_, value)| value.clone()).collect::<Vec<_>>()
        };
        let expected = ["https://app.example.com"];
        let is_right =
            (preflight.status, actual.status, body.as_slice()) == (204, 200, b"handler\n");
        if !is_right || origin(&preflight) != expected || origin(&actual) != expected {
            return Err(format!("{preflight:?}\n{actual:?}").into());
        }
        Ok::<(), Failed>(())
    })
}

fn send(address: SocketAddr, method: &str) -> io::Result<(Head, Vec<u8>)> {
    let headers = [("origin", "https://app.example.com"), ("access-control-request-method", "PUT")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let request =
        Request { method: method.into(), path: "/cred/own".into(), headers: headers.into() };
    tests::send(address, "", &request, || {})
}

/// Writes the files of a guide, and returns the command that starts the gateway with them.
fn configure(
    gateway: Gateway,
    program: &Path,
    directory: &Path,
    parts: &[String],
    port: u16,
    upstream: SocketAddr,
) -> io::Result<Command> {
    let exported = parts.concat();
    let complete = code_blocks(gateway.guide()).pop().unwrap_or_default();
    let complete = complete.replace("127.0.0.1:8080", &upstream.to_string());
    let complete = match gateway {
        Gateway::Nginx => {
            fs::create_dir(directory.join("conf.d"))?;
            fs::create_dir(directory.join("snippets"))?;
            for (file, part) in ["conf.d/cors.conf", "snippets/cors.conf"].iter().zip(parts) {
                fs::write(directory.join(file), part)?;
            }
            let http = complete.replace("listen 80;", &format!("listen 127.0.0.1:{port};"));
            format!(
                "{}{}",
                configuration::NGINX,
                http.replacen("http {", configuration::NGINX_HTTP, 1)
            )
        }
        Gateway::Caddy => {
            fs::write(directory.join("cors.caddy"), exported)?;
            let site = format!("http://:{port} {{\n    bind 127.0.0.1");
            format!("{}{}", configuration::CADDY, complete.replacen("example.com {", &site, 1))
        }
        Gateway::Haproxy => complete
            .replace("bind :80", &format!("bind 127.0.0.1:{port}"))
            .replace("    # the exported lines\n", &exported),
        _ => {
            let filter = configuration::indented(&exported, 10);
            let upstream = format!("127.0.0.1, port_value: {}", upstream.port());
            complete
                .replace("          # the exported lines\n", &filter)
                .replace("127.0.0.1, port_value: 8080", &upstream)
                .replace("0.0.0.0, port_value: 80 ", &format!("127.0.0.1, port_value: {port} "))
        }
    };
    configuration::command(gateway, program, directory, &complete)
}

fn code_blocks(guide: &str) -> Vec<String> {
    guide
        .split("```")
        .skip(1)
        .step_by(2)
        .map(|block| block.split_once('\n').map_or_else(String::new, |(_, code)| code.to_owned()))
        .collect()
}
