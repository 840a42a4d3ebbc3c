use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::{env, io};

use libtest_mimic::{Completion, Failed, Trial};
use tests::adapters;
use tokio::runtime::Handle;

use crate::engine;
use crate::places::{PagePorts, Places};
use crate::plan::{Plan, STANDARD};
use crate::scenario::Scenario;
use crate::service::Service;
use crate::session::Browser;
use crate::standard::Standard;
use crate::trial::{self, Player};
use crate::{pages, raw};

/// Everything that trials share. What they do not use is not started.
#[derive(Debug)]
pub(crate) struct Suite {
    runtime: Handle,
    pages: PagePorts,
    /// For every engine and framework.
    plans: Vec<Plan>,
    browsers: Vec<Browser>,
    /// By engine and framework: some frameworks are slow with thousands of routes.
    services: HashMap<(&'static str, &'static str), OnceLock<Result<Service, String>>>,
}

impl Suite {
    pub(crate) fn new(runtime: &Handle, scenarios: &[Arc<Scenario>]) -> io::Result<Self> {
        let pages = runtime.block_on(pages::serve())?;
        let page = format!("http://localhost:{}/", pages.page);
        let engines = engine::ALL.iter().map(|engine| engine.name).chain([STANDARD]);
        let engines: Vec<_> = engines.collect();
        let plans_of = |scenario: &Arc<Scenario>| {
            engines.iter().flat_map(|engine| Plan::all(engine, scenario)).collect::<Vec<_>>()
        };
        let plans: Vec<_> = scenarios.iter().flat_map(plans_of).collect();
        let services = plans.iter().map(|plan| ((plan.engine, plan.framework), OnceLock::new()));
        Ok(Self {
            runtime: runtime.clone(),
            pages,
            services: services.collect(),
            plans,
            browsers: engine::ALL
                .map(|engine| Browser::new(engine, runtime.clone(), page.clone()))
                .into(),
        })
    }

    /// A trial for every plan.
    pub(crate) fn trials(self: &Arc<Self>) -> Vec<Trial> {
        let missing: HashMap<_, _> = engine::ALL
            .iter()
            .filter_map(|engine| Some((engine.name, engine.find().err()?)))
            .collect();
        let trial_of = |(index, plan): (usize, &Plan)| {
            let suite = self.clone();
            let missing = missing.get(plan.engine).cloned();
            trial(plan.name(), missing, move || suite.play(index))
        };
        self.plans.iter().enumerate().map(trial_of).collect()
    }

    fn play(&self, plan: usize) -> Result<(), Failed> {
        let plan = self.plans.get(plan).ok_or("there is no such plan")?;
        let service = self.service(plan.engine, plan.framework)?;
        let places =
            Places { pages: self.pages, service_port: service.relay.port, prefix: &plan.prefix };
        let browser = self.browsers.iter().find(|browser| browser.engine.name == plan.engine);
        let mut player = match browser {
            Some(browser) => Player::Browser(browser),
            None => Player::Standard(Standard::default()),
        };
        trial::run(plan, service, &mut player, &places)
    }

    fn service(&self, engine: &'static str, framework: &'static str) -> Result<&Service, String> {
        let key = (engine, framework);
        let service = self.services.get(&key).ok_or("there is no such service")?;
        let start = || {
            let plans = self.plans.iter();
            let plans = plans.filter(|plan| (plan.engine, plan.framework) == key);
            let started = match adapters::find(framework) {
                Some(adapter) => Service::start(&self.runtime, adapter, plans, self.pages),
                None => raw::start(&self.runtime, plans, self.pages),
            };
            started.map_err(|error| format!("{framework}: {error}"))
        };
        service.get_or_init(start).as_ref().map_err(Clone::clone)
    }
}

/// A trial that is ignored if a program is missing, for that reason, or fails if browsers are
/// required.
pub(crate) fn trial(
    name: String,
    missing: Option<String>,
    run: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    let is_required = env::var_os("CORS_BROWSERS").is_some_and(|value| value == "required");
    match missing {
        Some(reason) if is_required => Trial::test(name, || Err(reason.into())),
        Some(reason) => Trial::ignorable_test(name, || Ok(Completion::ignored_with(reason))),
        None => Trial::test(name, run),
    }
}
