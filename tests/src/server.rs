use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::{future, io, process, thread};

use crate::{Adapter, Case, Mount, Probe, Table};

/// Listens on a free port of this machine, as [`Adapter::serve`] expects it.
///
/// # Errors
///
/// There is no free port.
pub fn listen() -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves applications side by side until the process ends. If the server cannot start, it ends at
/// once: tests would wait for answers, and could not say why there are none.
pub fn serve(adapter: &'static dyn Adapter, listener: TcpListener, mounts: Vec<Mount>) {
    thread::spawn(move || {
        if let Err(error) = adapter.serve(listener, mounts, Box::pin(future::pending())) {
            eprintln!("the server of {} does not start: {error}", adapter.name());
            process::exit(1);
        }
    });
}

/// A framework's server with the application of every case, each below its own path.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    probes: HashMap<String, Probe>,
}

impl Server {
    /// Starts it; it runs until the process ends.
    ///
    /// # Errors
    ///
    /// There is no free port.
    pub fn start(adapter: &'static dyn Adapter, table: &Table) -> io::Result<Self> {
        let mut mounts = Vec::new();
        let mut probes = HashMap::new();
        for case in &table.cases {
            // Without a policy there is nothing to serve: that is the answer of such a case.
            let Ok(policy) = table.policy(case) else { continue };
            let (mount, probe) = case.mount(Self::prefix(case), policy);
            mounts.push(mount);
            probes.insert(case.name.clone(), probe);
        }
        let listener = listen()?;
        let address = listener.local_addr()?;
        serve(adapter, listener, mounts);
        Ok(Self { address, probes })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sees what becomes of a case; `None` if it is not served.
    #[must_use]
    pub fn probe(&self, case: &Case) -> Option<&Probe> {
        self.probes.get(&case.name)
    }

    /// Below which path a case is served.
    #[must_use]
    pub fn prefix(case: &Case) -> String {
        format!("/{}", case.name)
    }
}
