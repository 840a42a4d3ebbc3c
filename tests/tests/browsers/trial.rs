//! How a scenario is played, and what is compared.

use cors_core::{BrowserRequest, Policy, Verdict};
use libtest_mimic::Failed;
use serde_json::{Value, json};
use tests::oracle::{Credentials, Mode};

use crate::places::Places;
use crate::plan::Plan;
use crate::scenario::{Expectation, Outcome, Scenario, Step, Unreadable, Upload, Via};
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
    for (index, step) in plan.scenario.step.iter().enumerate() {
        let observation = Observation {
            seen: player.make(step, plan.via, places)?,
            sent: service.relay.take(&plan.prefix),
        };
        check(plan, step, &observation, places).map_err(|problem| {
            let Scenario { intention, wpt, .. } = &*plan.scenario;
            let (request, wpt) = (&step.request, wpt.as_deref().unwrap_or_default());
            format!("step {index}, {request:?}: {problem}\n{intention}{wpt}\n{observation:#?}")
        })?;
        let application = service.applications.get(&plan.prefix);
        if let (Player::Standard(_), Some(application)) = (&player, application) {
            check_simulation(&application.policy, plan, step, places)?;
        }
    }
    Ok(())
}

impl Player<'_> {
    fn make(&mut self, step: &Step, via: Via, places: &Places<'_>) -> Result<Seen, String> {
        match self {
            Self::Standard(standard) => standard.make(step, places),
            Self::Browser(browser) => {
                let client = step.client.to_json(places.pages);
                let value = browser.call("request", &[client, details(step, via, places)])?;
                serde_json::from_value(value).map_err(|error| error.to_string())
            }
        }
    }
}

fn details(step: &Step, via: Via, places: &Places<'_>) -> Value {
    json!({
        "by": via.name(),
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
    let expected = step.expectation(plan.engine);
    let origins = expected.origins.as_ref();
    let fill = |origins: &Vec<String>| origins.iter().map(|origin| places.fill(origin)).collect();
    let expected = Expectation { origins: origins.map(fill), ..expected.clone() };
    let origin = step.client.origin(places.pages);
    let got = observation.summary(&origin, &scenario.route);
    if got != expected {
        return Err(format!("\n     got {got:?}\nexpected {expected:?}"));
    }
    match &observation.seen {
        Seen::Blocked { blocked } => {
            let is_right = match plan.via {
                Via::Fetch | Via::Stream => blocked == "TypeError",
                Via::Xhr => true,
                Via::Socket => blocked == "close event",
            };
            if is_right { Ok(()) } else { Err(format!("failed with {blocked}")) }
        }
        Seen::Response(response) => {
            let last = observation.sent.last().filter(|request| request.method != "HEAD");
            let path = last.and_then(|request| request.target.strip_prefix(places.prefix));
            let path = path.and_then(|path| path.split('?').next());
            let mut routes = scenario.route.iter();
            let route = routes.find(|route| Some(route.path.as_str()) == path);
            match route {
                Some(route)
                    if route.has_body()
                        && response.is_readable()
                        && response.body != route.body =>
                {
                    Err(format!("body: {:?}", response.body))
                }
                _ => Ok(()),
            }
        }
    }
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
    if step.mode != Mode::Cors || is_redirect {
        return Ok(());
    }
    let mut request = BrowserRequest::new(step.client.origin(places.pages))
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
