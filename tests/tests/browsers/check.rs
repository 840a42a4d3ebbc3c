//! What is compared.

use cors_core::Policy;
use cors_core::explain::{Access, BrowserRequest};
use tests::oracle::{Credentials, Mode};
use tests::{Behaviour, adapters};

use crate::client::Client;
use crate::places::Places;
use crate::plan::{Plan, STANDARD};
use crate::scenario::{Expectation, Outcome, Step, Unreadable, Upload, Via};
use crate::seen::{Observation, Response, Seen};

/// What was seen is what the scenario says.
pub(crate) fn check(
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
    let expected = Expectation {
        result: result(plan, expected),
        origins: origins.map(fill),
        ..expected.clone()
    };
    let origin = step.client.origin(places);
    let got = observation.summary(&origin, &scenario.route);
    if got != expected {
        let known = difference.map_or("as the standard says", |difference| &difference.because);
        return Err(format!("\n     got {got:?}\nexpected {expected:?}\n         {known}"));
    }
    let is_told = step.upload == Upload::Watched && matches!(expected.result, Outcome::Status(_));
    if observation.seen.uploaded() != is_told {
        return Err(format!("the listener was told: {}", !is_told));
    }
    match &observation.seen {
        Seen::Blocked { blocked, .. } => {
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

/// What a script gets of a framework, which may refuse methods that it does not know before any
/// middleware.
fn result(plan: &Plan, expected: &Expectation) -> Outcome {
    let method = expected.sent.last().and_then(|sent| sent.split(' ').next());
    let is_refused = adapters::find(plan.framework)
        .zip(method.filter(|method| *method != "preflight"))
        .is_some_and(|(adapter, method)| !adapter.knows_method(method));
    if is_refused { Outcome::Unreadable(Unreadable::Blocked) } else { expected.result }
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
        // A page of the same origin reads a refusal too, which has no body.
        _ if matches!(response.status, 403 | 421) && response.status != route.reply.status => "",
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
pub(crate) fn check_simulation(
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
            None => Access::Unsendable,
            Some(last) if last.starts_with("preflight ") => Access::BlockedByPreflight,
            Some(_) if policy.to_config().enforce_origins => Access::BlockedByService,
            Some(_) => Access::BlockedAfterResponse,
        },
        _ => Access::Allowed,
    };
    let access = policy.simulate(&request).access();
    if access == expected {
        return Ok(());
    }
    Err(format!("the simulation of {request:?} ends with {access:?}, expected {expected:?}"))
}
