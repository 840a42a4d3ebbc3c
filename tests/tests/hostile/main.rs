//! Hostile requests over loopback, through every adapter's server: `cargo test -p tests --test
//! hostile`.
//!
//! Each is answered as the core decides, on a connection that is kept: no panic, no 5xx. What HTTP
//! itself forbids, and what is beyond a server's own limits, the server refuses before any
//! middleware.

mod cases;
mod h2;
mod server;
mod work;

use std::io;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};
use tests::adapters;

fn main() -> io::Result<()> {
    let mut trials = work::trials();
    for adapter in adapters::ALL {
        let server = server::Server::start(adapter)?;
        for group in cases::groups() {
            let name = format!("{}::{}", adapter.name(), group.name);
            let (group, server) = (Arc::new(group), server.clone());
            let (h2_group, h2_server) = (group.clone(), server.clone());
            trials.push(Trial::test(format!("{name}::h1"), move || server.run(&group)));
            trials.push(Trial::test(format!("{name}::h2"), move || h2_server.run_h2(&h2_group)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}
