//! How a scenario is played, and what is compared.

use std::time::Instant;

use cors_core::{BrowserRequest, Policy, Verdict};
use libtest_mimic::Failed;
use serde_json::{Value, json};
use tests::Behaviour;
use tests::oracle::{Credentials, Mode};

use crate::client::{Client, OWN_PAGE};
use crate::places::Places;
use crate::plan::{Plan, STANDARD};
use crate::scenario::{Expectation, Outcome, Scenario, Step, Unreadable, Upload, Via};
use crate::seen::{Observation, Response, Seen};
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
    json!({
        "by": by,
        "url": format!("{}{}", places.service(step.to_address), step.request.path),
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
        "cache": step.cache.as_deref().unwrap_or("default"),
    })
}

fn check(
    plan: &Plan,
    step: &Step,
    observation: &Observation,
    places: &Places<'_>,
) -> Result<(), String> {
    let scenario = &plan.scenario;
    let difference = step.difference(plan.engine, plan.via);
    let expected = difference.map_or(&step.expect, |difference| &difference.expect);
    let origins = expected.origins.as_ref();
    let fill = |origins: &Vec<String>| origins.iter().map(|origin| places.fill(origin)).collect();
    let expected = Expectation { origins: origins.map(fill), ..expected.clone() };
    let origin = step.client.origin(places);
    let got = observation.summary(&origin, &scenario.route);
    if got != expected {
        let known = difference.map_or("as the standard says", |difference| &difference.because);
        return Err(format!("\n     got {got:?}\nexpected {expected:?}\n         {known}"));
    }
    match &observation.seen {
        Seen::Blocked { blocked } => {
            let is_right = match plan.via {
                // Refused by the script's own interface, in its own way.
                _ if observation.sent.is_empty() => true,
                Via::Fetch | Via::Stream => blocked == "TypeError",
                Via::Xhr => true,
                Via::Socket => blocked == "close event",
            };
            if is_right { Ok(()) } else { Err(format!("failed with {blocked}")) }
        }
        Seen::Response(response) => check_body(plan, step, observation, response, places),
    }
}

/// The script reads what the handler that was reached last has written.
fn check_body(
    plan: &Plan,
    step: &Step,
    observation: &Observation,
    response: &Response,
    places: &Places<'_>,
) -> Result<(), String> {
    let last = observation.sent.last().filter(|request| request.method != "HEAD");
    let path = last.and_then(|request| request.target.strip_prefix(places.prefix));
    let path = path.and_then(|path| path.split('?').next());
    let mut routes = plan.scenario.route.iter();
    let Some(route) = routes.find(|route| Some(route.path.as_str()) == path) else {
        return Ok(());
    };
    let body = match route.behaviour {
        // The oracle sends none.
        Behaviour::Echo if plan.engine == STANDARD => return Ok(()),
        // Where it is not a stream, it is whatever the engine makes of one.
        Behaviour::Echo if step.upload == Upload::Streamed => return Ok(()),
        Behaviour::Echo => step.body.as_deref().unwrap_or_default(),
        _ if route.has_body() => route.body.as_str(),
        _ => return Ok(()),
    };
    if !response.is_readable() || response.body == body {
        return Ok(());
    }
    Err(format!("body: {:?}", response.body))
}

/// `Policy::simulate` says the same, wherever it can express the request.
fn check_simulation(
    policy: &Policy,
    plan: &Plan,
    step: &Step,
    places: &Places<'_>,
) -> Result<(), String> {
    let mut routes = plan.scenario.route.iter();
    let is_redirect = routes
        .find(|route| route.path == step.request.path)
        .is_some_and(|route| matches!(route.reply.status, 301 | 302 | 303 | 307 | 308));
    if step.mode != Mode::Cors || is_redirect || step.client == Client::Service {
        return Ok(());
    }
    let mut request = BrowserRequest::new(step.client.origin(places))
        .method(&step.request.method)
        .credentials(step.credentials == Credentials::Include)
        .upload(step.upload != Upload::Plain);
    for (name, value) in &step.request.headers {
        request = request.header(name, value);
    }
    let sent = &step.expect.sent;
    let expected = match step.expect.result {
        Outcome::Unreadable(Unreadable::Blocked) => match sent.last() {
            None => Verdict::Unsendable,
            Some(last) if last.starts_with("preflight ") => Verdict::BlockedByPreflight,
            Some(_) if policy.to_config().enforce_origins => Verdict::BlockedByService,
            Some(_) => Verdict::BlockedAfterResponse,
        },
        _ => Verdict::Allowed,
    };
    let verdict = policy.simulate(&request).verdict();
    if verdict == expected {
        return Ok(());
    }
    Err(format!("the simulation of {request:?} ends with {verdict:?}, expected {expected:?}"))
}
