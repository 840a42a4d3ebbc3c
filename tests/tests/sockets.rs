//! Every case through every adapter's server, over loopback: `cargo test -p tests --test sockets`.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use cors_core::Policy;
use libtest_mimic::Arguments;
use tests::{Adapter, Answer, Case, Protocol, Server, Table, adapters, trials};

fn main() -> io::Result<()> {
    let table = Arc::new(Table::load());
    let mut servers = HashMap::new();
    for adapter in adapters::ALL {
        servers.insert(adapter.name(), Server::start(adapter, &table)?);
    }
    let send = move |adapter: &'static dyn Adapter, case: &Case, _: Policy| {
        let server = servers.get(adapter.name()).ok_or("there is no server")?;
        send(server, case)
    };
    let trials = trials(&table, Protocol::Http1, &(Arc::new(send) as _));
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

fn send(server: &Server, case: &Case) -> Result<Answer, String> {
    let probe = server.probe(case).ok_or("the case is not served")?;
    let prefix = Server::prefix(case);
    let response = tests::send(server.address(), &prefix, &case.request, || probe.see_head());
    let (head, body) = response.map_err(|error| error.to_string())?;
    Ok(Answer::Response { head, body, reached: probe.is_reached(), asked: probe.times_asked() })
}
