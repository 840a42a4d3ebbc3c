//! How a scenario is played.

use std::time::Instant;

use libtest_mimic::Failed;
use serde_json::{Value, json};
use tests::oracle::{Credentials, Mode};

use crate::check::{check, check_simulation};
use crate::client::{Client, OWN_PAGE};
use crate::places::Places;
use crate::plan::Plan;
use crate::scenario::{Scenario, Step, Upload, Via};
use crate::seen::{Observation, Seen};
use crate::service::Service;
use crate::session::Browser;
use crate::standard::Standard;

/// Who makes the requests.
#[derive(Debug)]
pub(crate) enum Player<'a> {
    Browser(&'a Browser),
    Standard(Standard),
}

/// Plays a scenario, up to the first step that does not go as it should.
pub(crate) fn run(
    plan: &Plan,
    service: &Service,
    player: &mut Player<'_>,
    places: &Places<'_>,
) -> Result<(), Failed> {
    let Scenario { seconds, .. } = *plan.scenario;
    let mut attempt = 0;
    loop {
        let started = Instant::now();
        let result = play(plan, attempt, service, player, places);
        attempt += 1;
        let is_late = seconds.is_some_and(|seconds| started.elapsed().as_secs() >= seconds);
        if result.is_ok() || !is_late || attempt == ATTEMPTS {
            return result;
        }
    }
}

/// How often a trial is made that took too long.
const ATTEMPTS: u32 = 5;

fn play(
    plan: &Plan,
    attempt: u32,
    service: &Service,
    player: &mut Player<'_>,
    places: &Places<'_>,
) -> Result<(), Failed> {
    let application = service.applications.get(&plan.prefix);
    for (index, step) in plan.scenario.step.iter().enumerate() {
        let mut step = step.clone();
        if attempt > 0 {
            // Of which browsers remember nothing.
            step.request.path.push_str(&format!("?{attempt}"));
        }
        let seen = player.make(&step, plan, service, places)?;
        let mut sent = service.relay.take(&plan.prefix);
        // What opens a page is no script's request.
        sent.retain(|request| !request.target.ends_with(OWN_PAGE));
        let observation = Observation { seen, sent };
        check(plan, &step, &observation, places).map_err(|problem| {
            let Scenario { intention, wpt, .. } = &*plan.scenario;
            let (request, wpt) = (&step.request, wpt.as_deref().unwrap_or_default());
            format!("step {index}, {request:?}: {problem}\n{intention}{wpt}\n{observation:#?}")
        })?;
        if let (Player::Browser(browser), Some(text)) = (&player, step.console.get(plan.engine)) {
            browser.expect_message(&[&plan.prefix, text])?;
        }
        if let (Player::Standard(_), Some(application)) = (&player, application) {
            check_simulation(&application.policy, plan, &step, places)?;
        }
    }
    let was_reached = application.map(|application| application.probe.is_reached());
    match plan.scenario.reached {
        Some(reached) if Some(reached) != was_reached => {
            Err(format!("a handler was reached: {was_reached:?}").into())
        }
        _ => Ok(()),
    }
}

impl Player<'_> {
    fn make(
        &mut self,
        step: &Step,
        plan: &Plan,
        service: &Service,
        places: &Places<'_>,
    ) -> Result<Seen, String> {
        let browser = match self {
            Self::Standard(standard) => return standard.make(step, places),
            Self::Browser(browser) => browser,
        };
        let seen = ask(browser, step, plan.via.name(), places)?;
        match (plan.via, seen) {
            (Via::Stream, Seen::Response(mut response)) => {
                // What came so far came before the handler could go on.
                let application = service.applications.get(&plan.prefix);
                application.ok_or("there is no application")?.probe.see_head();
                if response.body.is_empty() {
                    return Err("nothing came of the body".into());
                }
                if let Seen::Response(rest) = ask(browser, step, "rest", places)? {
                    response.body.push_str(&rest.body);
                }
                Ok(Seen::Response(response))
            }
            (_, seen) => Ok(seen),
        }
    }
}

fn ask(browser: &Browser, step: &Step, by: &str, places: &Places<'_>) -> Result<Seen, String> {
    let client = step.client.to_json(places);
    let value = browser.call("request", &[client, details(step, by, places)])?;
    serde_json::from_value(value).map_err(|error| error.to_string())
}

fn details(step: &Step, by: &str, places: &Places<'_>) -> Value {
    let service = match step.client {
        Client::Rebound => format!("{}{}", step.client.origin(places), places.prefix),
        _ => places.service(step.to_address),
    };
    json!({
        "by": by,
        "url": format!("{service}{}", step.request.path),
        "method": step.request.method,
        "headers": step.request.headers,
        "body": step.body,
        "listens": step.upload == Upload::Watched,
        "streams": step.upload == Upload::Streamed,
        "credentials": match step.credentials {
            Credentials::Omit => "omit",
            Credentials::SameOrigin => "same-origin",
            Credentials::Include => "include",
        },
        "mode": match step.mode {
            Mode::Cors => "cors",
            Mode::NoCors => "no-cors",
            Mode::SameOrigin => "same-origin",
        },
    })
}
