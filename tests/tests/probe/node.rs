//! Services in JavaScript: with the usual middleware, and as they grow in first steps without it.
//!
//! They need `node`, and the packages that `.ci/node` installs. Without these, they are ignored; with
//! `CORS_NODE=required`, that is an error.

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use cors_cli::probe::{Options, Probe};
use cors_core::{Policy, PolicyConfig};
use libtest_mimic::{Failed, Trial};
use serde::Deserialize;

const SERVICES: &str = include_str!("../../data/probe_node.toml");
const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/probe/node");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Services {
    service: Vec<Service>,
}

/// An application of `server.js`, and all codes that are found under a policy.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    name: String,
    policy: PolicyConfig,
    finds: BTreeSet<String>,
}

pub(crate) fn trials() -> Vec<Trial> {
    let services: Services = toml::from_str(SERVICES).unwrap();
    let is_installed = Path::new(DIRECTORY).join("node_modules").is_dir();
    let is_required = env::var_os("CORS_NODE").is_some_and(|value| value == "required");
    let trial = |service: Service| {
        let name = format!("node::{}", service.name);
        let reason = "the packages of tests/tests/probe/node are not installed; .ci/node does that";
        match is_installed {
            true => Trial::test(name, move || codes_are_found(&service)),
            false if is_required => Trial::test(name, move || Err(reason.into())),
            false => Trial::test(name, || Ok(())).with_ignored_flag(true),
        }
    };
    services.service.into_iter().map(trial).collect()
}

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Fails where the process has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn codes_are_found(service: &Service) -> Result<(), Failed> {
    let mut node = Command::new("node");
    node.current_dir(DIRECTORY).args(["server.js", &service.name]).stdout(Stdio::piped());
    let mut running = Running(node.spawn()?);
    let mut port = String::new();
    BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut port)?;
    let policy = Policy::try_from(service.policy.clone())?;
    let url = format!("http://127.0.0.1:{}/", port.trim());
    let report = Probe::new(&url, Some(&policy), Options::default())?.run(&|_| {})?;
    let found: BTreeSet<_> = report.deviations.iter().map(|found| found.code.to_owned()).collect();
    let lines: Vec<_> = report.deviations.iter().map(ToString::to_string).collect();
    assert_eq!(found, service.finds, "{}", lines.join("\n"));
    Ok(())
}
