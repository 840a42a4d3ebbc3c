//! What browsers make of policies.

use cors_core::Refusal;
use cors_core::explain::{Access, BrowserRequest};
use http::HeaderValue;
use proptest::collection::vec;
use proptest::prelude::*;
use tests::oracle::{
    Browser, HeaderList, NetworkError, Outcome, Verdict, prepare, unsafe_request_header_names,
};

use crate::REQUESTS;
use crate::intends::{governing, intends};
use crate::policies::{Sample, samples};
use crate::requests::{PageRequest, page_requests};
use crate::server::{Reply, replies, serve};

fn fetch(sample: &Sample, request: &PageRequest, reply: &Reply) -> Verdict {
    let policy = sample.policy.compile::<HeaderValue>();
    Browser::default().fetch(&request.to_fetch(), &mut serve(&policy, reply))
}

fn visible(verdict: &Verdict) -> Option<&HeaderList> {
    match &verdict.outcome {
        Outcome::Response { headers, .. } => Some(headers),
        _ => None,
    }
}

proptest! {
    #![proptest_config(crate::config(1))]

    /// The oracle's verdict is the policy's intention.
    #[test]
    fn browsers_do_what_policies_intend(
        sample in samples(),
        requests in vec(page_requests(), REQUESTS),
        reply in replies(),
    ) {
        for request in requests {
            check_intention(&sample, &request, &reply)?;
        }
    }

    /// What a preflight's answer lists never allows what the policy refuses.
    #[test]
    fn refused_preflights_are_refused_by_browsers(
        sample in samples(),
        requests in vec(page_requests(), REQUESTS),
    ) {
        for request in requests {
            check_preflight_refusal(&sample, &request)?;
        }
    }

    /// The simulation, which is the library's own browser, and the oracle are the same browser.
    #[test]
    fn the_simulation_is_right(
        sample in samples(),
        requests in vec(page_requests(), REQUESTS),
    ) {
        for request in requests {
            check_simulation(&sample, &request)?;
        }
    }
}

fn check_intention(
    sample: &Sample,
    request: &PageRequest,
    reply: &Reply,
) -> Result<(), TestCaseError> {
    let verdict = fetch(sample, request, reply);
    let Some(prepared) = prepare(&request.to_fetch(), "en-US,en;q=0.9") else {
        prop_assert_eq!(verdict.outcome, Outcome::Throws);
        return Ok(());
    };
    let names = unsafe_request_header_names(&prepared.headers);
    let origin = request.origin.as_bytes();
    let expected = intends(&sample.config, origin, request.credentials, &prepared, &names);
    prop_assert_eq!(verdict.is_readable(), expected, "{:?}", verdict);

    // A preflight that was passed is a promise.
    if verdict.has_preflight() {
        prop_assert_ne!(&verdict.outcome, &Outcome::NetworkError(NetworkError::CorsCheck));
    }
    let (Some(headers), Some(rule)) = (visible(&verdict), governing(&sample.config, origin)) else {
        return Ok(());
    };
    for (name, _) in reply.iter().filter(|(name, _)| !name.starts_with("access-control-")) {
        let is_listed = |listed: &String| listed == "*" || listed.eq_ignore_ascii_case(name);
        let is_exposed = *name != "set-cookie" && rule.expose_headers.iter().any(is_listed);
        let is_readable = *name == "content-type" || is_exposed;
        prop_assert_eq!(headers.contains(name), is_readable, "{}", name);
    }
    Ok(())
}

fn check_preflight_refusal(sample: &Sample, request: &PageRequest) -> Result<(), TestCaseError> {
    let verdict = fetch(sample, request, &Vec::new());
    let simulation = sample.policy.simulate(&to_browser_request(request));
    let Some(preflight) = simulation.preflight() else { return Ok(()) };
    if let Some(refusal) = preflight.refusal() {
        let is_blocked =
            matches!(verdict.outcome, Outcome::NetworkError(NetworkError::Preflight(_)));
        prop_assert!(is_blocked, "{:?}", verdict);
        let has_lists = matches!(refusal, Refusal::MethodNotAllowed | Refusal::HeaderNotAllowed);
        prop_assert_eq!(preflight.status(), Some(if has_lists { 204 } else { 403 }));
        let headers = preflight.response_headers();
        let allows = headers.iter().any(|(name, _)| name.starts_with("access-control-allow-"));
        prop_assert_eq!(allows, has_lists);
    }
    Ok(())
}

fn to_browser_request(request: &PageRequest) -> BrowserRequest {
    let mut simulated = BrowserRequest::new(&*request.origin)
        .method(request.method)
        .credentials(request.credentials)
        .upload(request.upload);
    for (name, value) in &request.headers {
        simulated = simulated.header(*name, value.as_str());
    }
    simulated
}

fn check_simulation(sample: &Sample, request: &PageRequest) -> Result<(), TestCaseError> {
    const NAMES: [&str; 7] =
        ["content-type", "x-request-id", "etag", "x-secret", "x-unsent", "set-cookie", "pragma"];

    let simulation = sample.policy.simulate(&to_browser_request(request));

    let verdict = fetch(sample, request, &NAMES.map(|name| (name, "x")).into());
    let expected = match &verdict.outcome {
        Outcome::Throws => Access::Unsendable,
        Outcome::NetworkError(NetworkError::Preflight(_)) => Access::BlockedByPreflight,
        Outcome::NetworkError(_) => Access::BlockedAfterResponse,
        Outcome::Response { .. } => Access::Allowed,
    };
    prop_assert_eq!(simulation.access(), expected, "{:?}", verdict);
    prop_assert_eq!(simulation.preflight().is_some(), verdict.has_preflight());
    for name in NAMES {
        let is_readable = visible(&verdict).is_some_and(|headers| headers.contains(name));
        prop_assert_eq!(simulation.can_read(name), is_readable, "{}", name);
    }
    // What was sent is the same, as far as the simulation shows it.
    let exchanges: Vec<_> = simulation.preflight().into_iter().chain(simulation.actual()).collect();
    prop_assert_eq!(exchanges.len(), verdict.sent.len());
    for (exchange, sent) in exchanges.into_iter().zip(&verdict.sent) {
        prop_assert_eq!(exchange.method().as_bytes(), sent.method.as_slice());
        for (name, _) in exchange.request_headers() {
            let lines = exchange.request_headers().iter().filter(|(line, _)| line == name);
            let bytes = |value: &str| match name.as_str() {
                // Anything can be in an origin here, and not in a browser.
                "origin" => value.into(),
                _ => tests::latin1_bytes(value),
            };
            let values: Vec<_> = lines.map(|(_, value)| bytes(value)).collect();
            prop_assert_eq!(sent.headers.get(name), Some(values.join(&b", "[..])));
        }
    }
    Ok(())
}
