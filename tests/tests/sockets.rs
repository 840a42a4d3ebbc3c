//! Every case through every adapter's server, over loopback: `cargo test -p tests --test sockets`.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::{future, io, thread};

use cors_core::Policy;
use libtest_mimic::Arguments;
use tests::{Adapter, Answer, Case, Probe, Table, adapters, trials};

fn main() -> io::Result<()> {
    let table = Arc::new(Table::load());
    let mut servers = HashMap::new();
    for adapter in adapters::ALL {
        servers.insert(adapter.name(), Server::start(adapter, &table)?);
    }
    let send = move |adapter: &'static dyn Adapter, case: &Case, _: Policy| {
        let server = servers.get(adapter.name()).ok_or("there is no server")?;
        server.send(case)
    };
    let trials = trials(&table, &(Arc::new(send) as _));
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

/// A server with the application of every case, each below its own path.
struct Server {
    address: SocketAddr,
    probes: HashMap<String, Probe>,
}

impl Server {
    fn start(adapter: &'static dyn Adapter, table: &Table) -> io::Result<Self> {
        let mut mounts = Vec::new();
        let mut probes = HashMap::new();
        for case in &table.cases {
            // Without a policy there is nothing to serve: that is the answer of such a case.
            let Ok(policy) = table.policy(case) else { continue };
            let (mount, probe) = case.mount(prefix(case), policy);
            mounts.push(mount);
            probes.insert(case.name.clone(), probe);
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        // It runs until the process ends.
        thread::spawn(move || adapter.serve(listener, mounts, Box::pin(future::pending())));
        Ok(Self { address, probes })
    }

    fn send(&self, case: &Case) -> Result<Answer, String> {
        let probe = self.probes.get(&case.name).ok_or("the case is not served")?;
        let response = tests::send(self.address, &prefix(case), &case.request, || probe.see_head());
        let (head, body) = response.map_err(|error| error.to_string())?;
        Ok(Answer::Response { head, body, reached: probe.is_reached(), asked: probe.times_asked() })
    }
}

fn prefix(case: &Case) -> String {
    format!("/{}", case.name)
}
