//! The service that pages call: an application for each trial, side by side.

use std::collections::HashMap;
use std::io;

use cors_core::{Policy, PolicyConfig};
use tests::{Adapter, Head, HeaderLines, Mount, Probe, Reply, Route, listen, serve};
use tokio::runtime::Handle;

use crate::places::{PagePorts, Places};
use crate::plan::Plan;
use crate::relay::Relay;
use crate::scenario::RouteData;

/// A framework's server, behind a relay.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) relay: Relay,
    /// By the application's path.
    pub(crate) applications: HashMap<String, Application>,
}

/// What a trial has to itself.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    pub(crate) policy: Policy,
    pub(crate) probe: Probe,
}

impl Service {
    /// Serves the application of each plan.
    pub(crate) fn start<'a>(
        runtime: &Handle,
        adapter: &'static dyn Adapter,
        plans: impl Iterator<Item = &'a Plan>,
        pages: PagePorts,
    ) -> io::Result<Self> {
        let listener = listen()?;
        let relay = runtime.block_on(Relay::start(listener.local_addr()?))?;
        let mut mounts = Vec::new();
        let mut applications = HashMap::new();
        for Plan { prefix, scenario, .. } in plans {
            let places = Places { pages, service_port: relay.port, prefix };
            let Some(config) = &scenario.policy else { continue };
            let policy = Policy::try_from(fill_origins(config.clone(), &places))
                .map_err(|error| io::Error::other(format!("{}: {error}", scenario.name)))?;
            let probe = Probe::new();
            let route = |data| route(data, &places, &probe);
            mounts.push(Mount {
                prefix: prefix.clone(),
                deployment: policy.clone().into(),
                asked: None,
                twice: false,
                routes: scenario.route.iter().map(route).collect(),
            });
            applications.insert(prefix.clone(), Application { policy, probe });
        }
        serve(adapter, listener, mounts);
        Ok(Self { relay, applications })
    }
}

fn fill_origins(mut config: PolicyConfig, places: &Places<'_>) -> PolicyConfig {
    for origin in config.rules.iter_mut().flat_map(|rule| &mut rule.allow_origins) {
        *origin = places.fill(origin);
    }
    config
}

fn route(data: &RouteData, places: &Places<'_>, probe: &Probe) -> Route {
    Route {
        path: data.path.clone(),
        only_get: false,
        behaviour: data.behaviour,
        reply: Reply { head: fill(&data.reply, places), body: places.fill(&data.body).into() },
        probe: probe.clone(),
    }
}

/// A head with places where their names stand.
pub(crate) fn fill(head: &Head, places: &Places<'_>) -> Head {
    let line = |(name, value): &(String, String)| (name.clone(), places.fill(value));
    let headers: HeaderLines = head.headers.iter().map(line).collect();
    Head { status: head.status, headers }
}
