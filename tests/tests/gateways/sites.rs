use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use cors_cli::gateways::Gateway;
use cors_core::{Policy, PolicyConfig};
use tests::{
    Behaviour, Case, Expectation, Mount, PATH, Probe, Table, adapters, contract, listen, serve,
};

use crate::{application, program};

/// What stands behind each gateway.
#[derive(Debug)]
pub(crate) struct Sites {
    /// By name, in the order in which they are configured.
    pub(crate) sites: BTreeMap<String, Site>,
    /// The cases of the table that a gateway can see.
    pub(crate) cases: Vec<Case>,
    /// By the path below which the application is.
    probes: HashMap<String, Probe>,
}

/// A policy of a gateway, and the application behind it.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) policy: Policy,
    pub(crate) upstream: SocketAddr,
    /// Whether the gateway may do less than the policy says, because the application does the rest.
    pub(crate) approximates: bool,
}

/// The policy that the application enforces.
const ENFORCED: &str = "enforced";

impl Sites {
    pub(crate) fn new() -> io::Result<Self> {
        let table = Table::load();
        let cases: Vec<_> =
            table.cases.iter().filter(|case| is_seen(case, &table)).cloned().collect();
        let mut routes = application::Routes::new();
        let mut probes = HashMap::new();
        for (program, case) in
            program::ALL.iter().flat_map(|one| cases.iter().map(move |case| (one, case)))
        {
            let prefix = Self::prefix(program.gateway, case);
            let probe = Probe::new();
            routes.insert(format!("{prefix}{PATH}"), (case.reply.clone(), probe.clone()));
            probes.insert(prefix, probe);
        }
        let contract = include_str!("../../data/conformance-policies.json");
        let mut policies = contract::policies(contract).map_err(io::Error::other)?;
        policies.extend(written()?);
        let like_contract = contract::mounts(contract).map_err(io::Error::other)?.pop();
        let like_contract = like_contract.ok_or(io::ErrorKind::NotFound)?;
        let mounts: Vec<_> = policies
            .iter()
            .map(|(name, policy)| Mount {
                prefix: format!("/{name}"),
                deployment: policy.clone().into(),
                ..like_contract.clone()
            })
            .collect();
        for mount in &mounts {
            for route in &mount.routes {
                let path = format!("{}{}", mount.prefix, route.path);
                routes.insert(path, (route.reply.clone(), route.probe.clone()));
            }
        }
        let bare = application::serve(routes)?;
        let listener = listen()?;
        let with_middleware = listener.local_addr()?;
        let adapter = adapters::find("axum").ok_or(io::ErrorKind::NotFound)?;
        serve(adapter, listener, mounts);

        let mut sites = BTreeMap::new();
        for case in &cases {
            if let Ok(policy) = table.policy(case) {
                sites.insert(
                    case.policy.clone(),
                    Site { policy, upstream: bare, approximates: false },
                );
            }
        }
        for (name, policy) in policies {
            let approximates = name == ENFORCED;
            let site = |upstream| Site { policy: policy.clone(), upstream, approximates };
            if !approximates {
                sites.insert(format!("{name} alone"), site(bare));
            }
            sites.insert(format!("{name} twice"), site(with_middleware));
            sites.insert(format!("{name} down"), site(unused()?));
        }
        Ok(Self { sites, cases, probes })
    }

    /// Below which path the application of a case is, behind a gateway.
    pub(crate) fn prefix(gateway: Gateway, case: &Case) -> String {
        format!("/{}/{}", gateway.name(), case.name)
    }

    /// Whether a request through the gateway reached the application of a case.
    pub(crate) fn is_reached(&self, gateway: Gateway, case: &Case) -> bool {
        self.probes.get(&Self::prefix(gateway, case)).is_some_and(Probe::is_reached)
    }
}

/// Policies with what the contract does not have.
fn written() -> io::Result<Vec<(String, Policy)>> {
    let policies = [
        ("rules", include_str!("../../../cors-cli/tests/exports/policy.toml")),
        ("none", "allow_origins = []"),
        // Every character that a name can have.
        (
            "names",
            "allow_origins = ['https://app.example.com', 'http://localhost:*']
             allow_methods = [\"A!#$%&'*+-.^_`|~Z\"]
             allow_headers = [\"x!#$%&'*+-.^_`|~z\"]
             expose_headers = [\"x!#$%&'*+-.^_`|~z\", 'etag']",
        ),
        (
            ENFORCED,
            "enforce_origins = true
             allow_origins = ['https://app.example.com', 'https://*.example.net']
             allow_methods = ['PUT']
             expose_headers = ['etag']",
        ),
        (
            "labels",
            "allow_origins = ['https://pr-*.example.com:*', 'moz-extension://*', 'app://*:*']",
        ),
    ];
    let build = |(name, text): (&str, &str)| {
        let config: PolicyConfig = toml::from_str(text).map_err(io::Error::other)?;
        Ok((name.to_owned(), Policy::try_from(config).map_err(io::Error::other)?))
    };
    policies.into_iter().map(build).collect()
}

/// Whether a case shows anything behind a gateway. What frameworks do of their own is tested without, and
/// what the service has to decide: enforcement, and origins by predicate.
fn is_seen(case: &Case, table: &Table) -> bool {
    let is_decided_by_service = |policy: Policy| {
        let config = policy.to_config();
        config.enforce_origins || config.rules.iter().any(|rule| rule.allow_origins_by_predicate)
    };
    let is_answered = matches!(case.expectation, Expectation::Response { .. });
    is_answered
        && case.behaviour == Behaviour::Reply
        && !case.twice
        && !case.only_get
        && !table.policy(case).is_ok_and(is_decided_by_service)
}

/// An address at which nobody listens.
fn unused() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
