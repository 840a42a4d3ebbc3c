use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, io};

use cors_cli::gateways::{self, Gateway, Source};
use libtest_mimic::{Completion, Failed, Trial};
use tests::{Process, TIMEOUT};

use crate::configuration::{self, Configured};
use crate::ports::Ports;
use crate::program::{self, Program};
use crate::sites::Sites;

/// Every gateway, each started when it is first needed.
#[derive(Debug)]
pub(crate) struct Gateways {
    pub(crate) sites: Arc<Sites>,
    ports: Mutex<Ports>,
    running: [OnceLock<Result<Running, String>>; program::ALL.len()],
}

/// A gateway with all sites that it can express.
#[derive(Debug)]
pub(crate) struct Running {
    /// Where each site is.
    addresses: BTreeMap<String, SocketAddr>,
    /// Ends the gateway when it is dropped, and then the directory.
    _process: Process,
    _directory: tempfile::TempDir,
}

impl Gateways {
    pub(crate) fn new(sites: Arc<Sites>) -> Self {
        Self { sites, ports: Mutex::new(Ports::new()), running: Default::default() }
    }

    pub(crate) fn get(&self, index: usize) -> Result<&Running, String> {
        let (running, program) = self
            .running
            .get(index)
            .zip(program::ALL.get(index))
            .ok_or("there is no such gateway")?;
        let start = || {
            Running::start(*program, &self.sites, &self.ports).map_err(|error| error.to_string())
        };
        running.get_or_init(start).as_ref().map_err(Clone::clone)
    }

    /// A free port.
    pub(crate) fn port(&self) -> io::Result<u16> {
        self.ports.lock().map_err(|_| io::ErrorKind::Other)?.take()
    }

    /// A trial of each gateway. It is ignored if the gateway is missing, for that reason, or fails if
    /// gateways are required.
    pub(crate) fn trials(
        self: &Arc<Self>,
        name: &str,
        run: impl Fn(&Self, usize, Gateway) -> Result<(), Failed> + Clone + Send + 'static,
    ) -> Vec<Trial> {
        let is_required = env::var_os("CORS_GATEWAYS").is_some_and(|value| value == "required");
        let trial = |(index, program): (usize, Program)| {
            let name = format!("{}::{name}", program.gateway.name());
            let (gateways, run) = (self.clone(), run.clone());
            match program.find() {
                Err(reason) if is_required => Trial::test(name, || Err(reason.into())),
                Err(reason) => Trial::ignorable_test(name, || Ok(Completion::ignored_with(reason))),
                Ok(_) => Trial::test(name, move || run(&gateways, index, program.gateway)),
            }
        };
        program::ALL.into_iter().enumerate().map(trial).collect()
    }
}

impl Running {
    fn start(program: Program, sites: &Sites, ports: &Mutex<Ports>) -> io::Result<Self> {
        let path = program.find().map_err(io::Error::other)?;
        let directory = tempfile::tempdir()?;
        let mut addresses = BTreeMap::new();
        let mut configured = Vec::new();
        for (name, site) in &sites.sites {
            let source = Source::new("policies.toml", Some(name));
            let export = gateways::export(program.gateway, &site.policy, &source);
            if !export.is_usable(site.approximates) {
                continue;
            }
            let port = ports.lock().map_err(|_| io::ErrorKind::Other)?.take()?;
            addresses.insert(name.clone(), (Ipv4Addr::LOCALHOST, port).into());
            let parts: Vec<_> = (0..).map_while(|index| export.part(index)).collect();
            configured.push(Configured {
                port,
                upstream: site.upstream,
                snippet: snippet(parts.first().map_or("", String::as_str)),
                parts,
            });
        }
        let command = configuration::write(program.gateway, &path, directory.path(), &configured)?;
        let listening: Vec<_> = addresses.values().copied().collect();
        let process = start(command, directory.path(), &listening)?;
        Ok(Self { addresses, _process: process, _directory: directory })
    }

    /// Where a site is; `None` if the gateway cannot express its policy.
    pub(crate) fn address(&self, site: &str) -> Option<SocketAddr> {
        self.addresses.get(site).copied()
    }
}

/// Starts a gateway, and waits until it listens everywhere. It writes a log to the directory.
pub(crate) fn start(
    mut command: Command,
    directory: &Path,
    addresses: &[SocketAddr],
) -> io::Result<Process> {
    let log = directory.join("log");
    let output = File::create(&log)?;
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
    let mut process = Process::start(&mut command).map_err(io::Error::other)?;
    let started = Instant::now();
    for address in addresses {
        while TcpStream::connect(address).is_err() {
            if process.has_ended()? || started.elapsed() > TIMEOUT {
                let log = fs::read_to_string(&log)?;
                let error_log = fs::read_to_string(directory.join("error.log")).unwrap_or_default();
                return Err(io::Error::other(format!("does not start:\n{log}{error_log}")));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
    Ok(process)
}

/// The name of a snippet of Caddy.
fn snippet(text: &str) -> String {
    let name = text.lines().find_map(|line| line.strip_prefix('(')?.strip_suffix(") {"));
    name.unwrap_or_default().into()
}
