//! What answers may contain, whatever was sent.

use cors_core::Refusal;
use http::{HeaderMap, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::REQUESTS;
use crate::intends::governing;
use crate::policies::{Sample, samples};
use crate::requests::{RawRequest, raw_requests};
use crate::server::{Answer, Reply, answer, replies, statuses};

proptest! {
    #![proptest_config(crate::config(1))]

    #[test]
    fn answers_hold_nothing_that_the_policy_does_not_say(
        sample in samples(),
        requests in vec(raw_requests(), REQUESTS),
        (status, reply) in (statuses(), replies()),
    ) {
        let policy = sample.policy.compile::<HeaderValue>();
        for request in requests {
            let headers = request.to_headers();
            let answer = answer(&policy, request.method, &headers, status, &reply);
            // Only what is a preflight is kept from the handler.
            let is_preflight = request.method == "OPTIONS"
                && !request.origins.is_empty()
                && !request.methods.is_empty();
            prop_assert_eq!(answer.is_preflight, is_preflight);
            prop_assert_eq!(cors_core::adapter::is_preflight(request.method, &headers), is_preflight);
            if !is_preflight {
                prop_assert_eq!(answer.status, status);
            }
            check_origin(&sample, &request, &answer)?;
            check_lists(&sample, &request, &answer)?;
            check_refusal(&sample, &answer)?;
            check_vary(&request, &reply, &answer)?;
            check_other_headers(&reply, &answer)?;
        }
    }
}

fn lines<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a [u8]> {
    headers.get_all(name).iter().map(HeaderValue::as_bytes).collect()
}

/// Bytes, elements of a list, without the whitespace around them.
fn elements(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|element| !element.is_empty())
}

fn is_token(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

/// `Access-Control-Allow-Origin` is absent, `*`, or the one allowed origin that was sent;
/// credentials only ever stand beside the latter.
fn check_origin(
    sample: &Sample,
    request: &RawRequest,
    answer: &Answer,
) -> Result<(), TestCaseError> {
    let origin = lines(&answer.headers, "access-control-allow-origin");
    let credentials = lines(&answer.headers, "access-control-allow-credentials");
    match origin.as_slice() {
        [] => prop_assert!(credentials.is_empty()),
        [b"*"] => {
            prop_assert!(credentials.is_empty());
            let is_any = sample.config.rules.iter().any(|rule| rule.allow_origins == ["*"]);
            prop_assert!(is_any);
        }
        [value] => {
            let is_repeated = request.origins == [value.to_vec()];
            prop_assert!(
                is_repeated || sole_origin(sample) == Some(*value) && !answer.is_preflight
            );
            let rule = governing(&sample.config, value);
            prop_assert!(rule.is_some(), "the origin is not allowed");
            let allows_credentials = rule.is_some_and(|rule| rule.allow_credentials);
            let expected: &[&[u8]] = if allows_credentials { &[b"true"] } else { &[] };
            prop_assert_eq!(credentials.as_slice(), expected);
        }
        several => prop_assert!(false, "{several:?}"),
    }
    Ok(())
}

/// The lists are the rule's, or what was asked for where a rule allows any with credentials.
fn check_lists(
    sample: &Sample,
    request: &RawRequest,
    answer: &Answer,
) -> Result<(), TestCaseError> {
    let methods = lines(&answer.headers, "access-control-allow-methods");
    let headers = lines(&answer.headers, "access-control-allow-headers");
    let exposed = lines(&answer.headers, "access-control-expose-headers");
    let max_age = lines(&answer.headers, "access-control-max-age");
    for list in [&methods, &headers, &exposed, &max_age] {
        prop_assert!(list.len() <= 1);
    }
    if answer.is_preflight {
        prop_assert!(exposed.is_empty());
    } else {
        prop_assert!(methods.is_empty() && headers.is_empty() && max_age.is_empty());
    }
    prop_assert!(!answer.headers.contains_key("access-control-allow-private-network"));

    // Without an origin it is the first rule that answers.
    let origin = match request.origins.as_slice() {
        [origin] => origin.as_slice(),
        _ => b"",
    };
    let governing = governing(&sample.config, origin).or(sample.config.rules.first());
    let any_origin = sample.config.rules.iter().find(|rule| rule.allow_origins == ["*"]);
    let rule = if request.origins.len() > 1 { any_origin.or(governing) } else { governing };
    let Some(rule) = rule else { return Ok(()) };
    let is_wildcard = |name: &[u8]| name == b"*" && !rule.allow_credentials;
    let lists = |names: &[String], name: &[u8]| {
        names.iter().any(|listed| listed.as_bytes().eq_ignore_ascii_case(name) && name != b"*")
    };
    let mirrors = |names: &[String]| rule.allow_credentials && names.iter().any(|name| name == "*");

    // A refused preflight lists the methods that need no permission where it would list none.
    let needs_none = |method: &[u8]| {
        answer.refusal.is_some() && [&b"GET"[..], b"HEAD", b"POST"].contains(&method)
    };
    for method in methods.into_iter().flat_map(elements) {
        let is_mirrored = mirrors(&rule.allow_methods)
            && method != b"*"
            && method.len() <= 64
            && is_token(method)
            && request.methods == [method.to_vec()];
        let is_listed = lists(&rule.allow_methods, method) || is_wildcard(method);
        prop_assert!(is_listed || is_mirrored || needs_none(method));
    }
    let mirrored_bytes: usize = headers.iter().map(|list| list.len()).sum();
    prop_assert!(!mirrors(&rule.allow_headers) || mirrored_bytes <= 4096);
    for name in headers.into_iter().flat_map(elements) {
        let mut asked = request.headers.iter().flat_map(|line| elements(line));
        let is_mirrored = mirrors(&rule.allow_headers)
            && name != b"*"
            && is_token(name)
            && asked.any(|asked| asked.eq_ignore_ascii_case(name));
        prop_assert!(lists(&rule.allow_headers, name) || is_wildcard(name) || is_mirrored);
    }
    for name in exposed.into_iter().flat_map(elements) {
        prop_assert!(lists(&rule.expose_headers, name) || is_wildcard(name));
    }
    for seconds in max_age {
        let configured = rule.max_age.map(|age| age.to_string());
        prop_assert_eq!(Some(seconds), configured.as_deref().map(str::as_bytes));
    }
    Ok(())
}

/// The origin of a policy that allows exactly one.
fn sole_origin(sample: &Sample) -> Option<&[u8]> {
    match sample.config.rules.as_slice() {
        [rule] => match rule.allow_origins.as_slice() {
            [origin] if !origin.contains('*') => Some(origin.as_bytes()),
            _ => None,
        },
        _ => None,
    }
}

/// What is refused gets no `Access-Control-*`, except that a preflight by an allowed origin gets
/// the lists, and that the only origin of a policy is sent to every page.
fn check_refusal(sample: &Sample, answer: &Answer) -> Result<(), TestCaseError> {
    let is_owned = |name: &http::HeaderName| name.as_str().starts_with("access-control-");
    let is_shown =
        matches!(answer.refusal, Some(Refusal::MethodNotAllowed | Refusal::HeaderNotAllowed));
    if answer.refusal.is_none() || is_shown {
        prop_assert!(!answer.is_preflight || answer.status == 204);
    } else {
        let is_sole = !answer.is_preflight && sole_origin(sample).is_some();
        prop_assert!(is_sole || !answer.headers.keys().any(is_owned));
        prop_assert!(!answer.is_preflight || answer.status == 403);
    }
    Ok(())
}

/// The handler's `Vary` is kept, and gets no more than three names, none of them twice.
fn check_vary(request: &RawRequest, reply: &Reply, answer: &Answer) -> Result<(), TestCaseError> {
    let vary = lines(&answer.headers, "vary");
    let handlers: Vec<_> = reply
        .iter()
        .filter(|(name, _)| *name == "vary" && !answer.is_preflight)
        .map(|(_, value)| value.as_bytes())
        .collect();
    prop_assert_eq!(vary.get(..handlers.len()), Some(handlers.as_slice()));
    let added: Vec<_> = vary.into_iter().skip(handlers.len()).collect();
    let expected: &[&[u8]] = if answer.is_preflight {
        &[b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"]
    } else if request.method == "OPTIONS" {
        &[b"Origin, Access-Control-Request-Method"]
    } else {
        &[b"Origin"]
    };
    let names: Vec<_> = expected.iter().copied().flat_map(elements).collect();
    let is_said = |name: &[u8]| {
        let mut said = handlers.iter().copied().flat_map(elements);
        said.any(|said| said == b"*" || said.eq_ignore_ascii_case(name))
    };
    // The names that the handler did not say, in their order, or none where all answers are alike.
    let unsaid: Vec<_> = names.into_iter().filter(|name| !is_said(name)).collect();
    let added: Vec<_> = added.into_iter().flat_map(elements).collect();
    prop_assert!(added.is_empty() || added == unsaid, "{added:?}");
    Ok(())
}

/// All other headers of the handler are as it set them.
fn check_other_headers(reply: &Reply, answer: &Answer) -> Result<(), TestCaseError> {
    let is_other = |name: &str| name != "vary" && !name.starts_with("access-control-");
    let mut expected: Vec<_> = reply
        .iter()
        .filter(|(name, _)| is_other(name) && !answer.is_preflight)
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    if answer.is_preflight && answer.status == 403 {
        expected.push(("cache-control", b"no-store"));
    }
    let others = answer.headers.iter().filter(|(name, _)| is_other(name.as_str()));
    let mut got: Vec<_> = others.map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    expected.sort_unstable();
    got.sort_unstable();
    prop_assert_eq!(got, expected);
    Ok(())
}
