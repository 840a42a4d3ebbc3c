//! The conformance servers of all frameworks do what their policies say: there is nothing to find.

use std::net::SocketAddr;
use std::sync::OnceLock;

use cors_cli::probe::{Options, Probe};
use cors_core::Policy;
use libtest_mimic::{Failed, Trial};
use tests::{Adapter, adapters, contract};

const POLICIES: &str = include_str!("../../data/conformance-policies.json");

pub(crate) fn trials() -> Vec<Trial> {
    let policies = contract::policies(POLICIES).unwrap();
    let mut trials = Vec::new();
    for (position, adapter) in adapters::ALL.into_iter().enumerate() {
        for (name, policy) in policies.clone() {
            let test = format!("conformance::{}::{name}", adapter.name());
            trials.push(Trial::test(test, move || {
                nothing_is_found(position, adapter, &name, &policy)
            }));
        }
    }
    trials
}

fn nothing_is_found(
    position: usize,
    adapter: &'static dyn Adapter,
    name: &str,
    policy: &Policy,
) -> Result<(), Failed> {
    let address = server(position, adapter);
    let mut options = Options::default();
    options.paths = ["error", "own"].map(|path| format!("/{name}/{path}")).into();
    options.methods = vec!["PUT".into(), "POST".into()];
    let url = format!("http://{address}/{name}/x");
    let report = Probe::new(&url, Some(policy), options)?.run(&|_| {})?;
    let found: Vec<_> = report.deviations.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{} requests:\n{}", report.requests, found.join("\n"));
    assert_eq!((report.left_out, report.incomplete), (0, Vec::new()));
    assert!(report.requests > 30, "{}", report.requests);
    Ok(())
}

/// The server of a framework, which runs until the process ends.
fn server(position: usize, adapter: &'static dyn Adapter) -> SocketAddr {
    static SERVERS: [OnceLock<SocketAddr>; adapters::ALL.len()] =
        [const { OnceLock::new() }; adapters::ALL.len()];
    *SERVERS[position].get_or_init(|| {
        let listener = tests::listen().unwrap();
        let address = listener.local_addr().unwrap();
        tests::serve(adapter, listener, contract::mounts(POLICIES).unwrap());
        address
    })
}
