//! Hostile requests over loopback, through every adapter's server: `cargo test -p tests --test
//! hostile`.
//!
//! Each is answered as the core decides, on a connection that is kept: no panic, no 5xx. What HTTP
//! itself forbids, and what is beyond a server's own limits, the server refuses before any
//! middleware.

mod cases;
mod server;
mod work;

use std::io;

use libtest_mimic::{Arguments, Trial};
use tests::adapters;

fn main() -> io::Result<()> {
    let mut trials = work::trials();
    for adapter in adapters::ALL {
        let server = server::Server::start(adapter)?;
        for group in cases::groups() {
            let (server, name) = (server.clone(), format!("{}::{}", adapter.name(), group.name));
            trials.push(Trial::test(name, move || server.run(&group)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}
