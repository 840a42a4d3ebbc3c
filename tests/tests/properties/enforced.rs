//! With enforcement, what is not allowed is kept from the handler, and nothing else changes.

use cors_core::{CompiledPolicy, Decision, Policy, Request, is_preflight};
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::REQUESTS;
use crate::intends::governing;
use crate::policies::{Sample, samples};
use crate::requests::raw_requests;

const AUTHORITIES: [&str; 4] = ["a.example", "A.EXAMPLE:443", "localhost:8080", "evil.example"];

/// What tells a service's own pages from others.
#[derive(Clone, Copy, Debug)]
struct Whence {
    site: Option<&'static str>,
    authority: Option<&'static str>,
    host: Option<&'static str>,
}

fn whence() -> impl Strategy<Value = Whence> {
    let sites =
        vec![None, Some("same-origin"), Some("none"), Some("same-site"), Some("cross-site")];
    let authorities: Vec<_> = [None].into_iter().chain(AUTHORITIES.map(Some)).collect();
    (select(sites), select(authorities.clone()), select(authorities))
        .prop_map(|(site, authority, host)| Whence { site, authority, host })
}

/// The policy of a sample, enforcing and not; without the rules for every origin.
fn policies(sample: &Sample) -> Option<(Sample, [CompiledPolicy<HeaderValue>; 2])> {
    let mut config = sample.config.clone();
    config.rules.retain(|rule| rule.allow_origins != ["*"]);
    if config.rules.is_empty() {
        return None;
    }
    // Without enforcement, a policy with one origin answers all alike.
    if let Some(rule) = config.rules.first_mut() {
        rule.allow_origins.push("https://unused.example".into());
    }
    let compiled = [false, true].map(|enforces| {
        let mut config = config.clone();
        config.enforce_origins = enforces;
        Policy::try_from(config).expect("it is valid without `*`").compile()
    });
    Some((Sample::new(config), compiled))
}

/// Whether a request is by a page of the service itself, in the plainest way.
fn is_own_page(origins: &[Vec<u8>], whence: Whence) -> bool {
    if let Some(site) = whence.site {
        return site == "same-origin" || site == "none";
    }
    let ([origin], Some(host)) = (origins, whence.authority.or(whence.host)) else {
        return false;
    };
    let host = host.to_ascii_lowercase();
    let (host, port) = host.split_once(':').unwrap_or((&host, ""));
    ["http", "https"].iter().any(|scheme| {
        let default = if *scheme == "http" { "80" } else { "443" };
        let port = if port == default { "" } else { port };
        let colon = if port.is_empty() { "" } else { ":" };
        *origin == format!("{scheme}://{host}{colon}{port}").into_bytes()
    })
}

fn applied(decision: &Decision<HeaderValue>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    decision.apply(&mut headers);
    headers
}

proptest! {
    #![proptest_config(crate::config(1))]

    #[test]
    fn enforcement_keeps_from_the_handler_what_is_not_allowed(
        sample in samples(),
        requests in vec((raw_requests(), whence()), REQUESTS),
    ) {
        let Some((sample, [open, enforcing])) = policies(&sample) else { return Ok(()) };
        for (request, whence) in requests {
            let mut headers = request.to_headers();
            let plain = open.decide(Request::new(request.method, &headers));
            for (name, value) in [("sec-fetch-site", whence.site), ("host", whence.host)] {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
            let decide = |policy: &CompiledPolicy<_>| {
                policy.decide(Request {
                    authority: whence.authority,
                    ..Request::new(request.method, &headers)
                })
            };
            // Without enforcement, none of this makes a difference.
            let not_enforced = decide(&open);
            prop_assert_eq!(applied(&not_enforced), applied(&plain));
            prop_assert_eq!(not_enforced.refusal(), plain.refusal());

            let enforced = decide(&enforcing);
            if is_preflight(request.method, &headers) {
                prop_assert_eq!(applied(&enforced), applied(&plain));
                continue;
            }
            let is_safe = ["GET", "HEAD", "OPTIONS"].contains(&request.method);
            let passes = match request.origins.as_slice() {
                [] => is_safe || whence.site.is_none() || is_own_page(&[], whence),
                [origin] => {
                    governing(&sample.config, origin).is_some()
                        || is_own_page(&request.origins, whence)
                }
                _ => false,
            };
            let mut got = applied(&enforced);
            let vary = got.remove("vary");
            let expected = match request.method {
                "OPTIONS" => "Origin, Sec-Fetch-Site, Access-Control-Request-Method",
                _ => "Origin, Sec-Fetch-Site",
            };
            prop_assert_eq!(vary, Some(HeaderValue::from_static(expected)));
            match enforced {
                Decision::Forward(_) => {
                    prop_assert!(passes, "{request:?} {whence:?}");
                    let mut expected = applied(&plain);
                    expected.remove("vary");
                    prop_assert_eq!(got, expected);
                }
                Decision::Respond { status, .. } => {
                    prop_assert!(!passes, "{request:?} {whence:?}");
                    let no_store = HeaderMap::from_iter([(
                        CACHE_CONTROL,
                        HeaderValue::from_static("no-store"),
                    )]);
                    prop_assert_eq!((status, got), (403, no_store));
                }
            }
        }
    }
}
