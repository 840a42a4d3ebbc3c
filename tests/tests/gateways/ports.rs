use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// Where the search for free ports ends. The system gives other sockets ports above it.
const END: u16 = 32_000;

/// How many ports are searched.
const COUNT: u16 = 16_000;

/// Ports that nobody else uses and that the system gives to no connection, so they stay free until a
/// gateway listens there. Each is returned once: gateways share a port without an error.
#[derive(Debug)]
pub(crate) struct Ports {
    next: u16,
}

impl Ports {
    /// Several processes begin at different ports.
    pub(crate) fn new() -> Self {
        let id = std::process::id() % u32::from(COUNT / 2);
        Self { next: END - COUNT + u16::try_from(id).unwrap_or_default() }
    }

    pub(crate) fn take(&mut self) -> io::Result<u16> {
        while self.next < END {
            let port = self.next;
            self.next += 1;
            if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Ok(port);
            }
        }
        Err(io::ErrorKind::AddrInUse.into())
    }
}
