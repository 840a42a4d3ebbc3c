//! Serves policies for a black-box tester, on 127.0.0.1:
//!
//! ```text
//! conformance-server <actix|axum|poem|salvo> <port> <policies.json>
//! ```
//!
//! Port 0 is any. One line with the address is printed when connections are accepted; SIGTERM
//! ends the server. Policies that cannot be built are all told, with exit status 1.

use std::error::Error;
use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;
use std::{env, fs};

use tests::{Stop, adapters, contract};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "usage: conformance-server <actix|axum|poem|salvo> <port> <policies.json>";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [framework, port, path] = arguments.as_slice() else { return Err(USAGE.into()) };
    let adapter =
        adapters::find(framework).ok_or(format!("no such framework: {framework:?}\n{USAGE}"))?;
    let port = port.parse().map_err(|_| format!("no such port: {port:?}\n{USAGE}"))?;
    let json = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let mounts = contract::mounts(&json)?;

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let stop: Stop = Box::pin(async move {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                println!("listening on http://{address}");
                terminate.recv().await;
            }
            Err(error) => eprintln!("SIGTERM cannot be awaited: {error}"),
        }
    });
    Ok(adapter.serve(listener, mounts, stop)?)
}
