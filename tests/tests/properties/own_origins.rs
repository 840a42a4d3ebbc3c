//! With the service's own origins, a request is kept out by its origin first, and then by its host.

use std::net::{Ipv4Addr, Ipv6Addr};

use cors_core::Policy;
use cors_core::adapter::{CompiledPolicy, Decision, RequestParts, is_preflight};
use http::header::{CACHE_CONTROL, HOST, VARY};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::REQUESTS;
use crate::enforced::{Whence, applied, is_same_origin, requests, whence, without_any};
use crate::intends::{governing, matches};
use crate::policies::{Sample, samples};

const OWN_ORIGINS: [&str; 10] = [
    "https://a.example",
    "https://*.example.com",
    "https://service.example.",
    "http://a.example:8080",
    "http://localhost:8080",
    "http://localhost:*",
    "http://*.app.example:*",
    "http://127.0.0.1:*",
    "http://[::1]:3000",
    "https://evil.example:8443",
];

/// What further lines of `Host` say.
const MORE_HOSTS: [&str; 3] = ["a.example", "evil.example", ""];

/// Hosts that no page of the other requests has.
const HOSTS: [&str; 26] = [
    "service.example",
    "SERVICE.example.:80",
    "service.example..",
    "x.example.com",
    "x.y.app.example:1",
    "example.com",
    "a.example:https",
    "a.example:1:2",
    "user@a.example",
    ":80",
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "0x7f.0.0.1",
    "10.0.0.1:8080",
    "[::1]",
    "[::1]:3000",
    "[::1",
    "[0:0:0:0:0:0:0:1]",
    "[2001:DB8::1]",
    "[fe80::1%eth0]",
    "localhost.",
    "LOCALHOST:1",
    "x.localhost",
    "*.example.com",
    " ",
];

#[derive(Clone, Debug)]
struct Named {
    host: Option<&'static str>,
    more: Option<&'static str>,
}

fn named() -> impl Strategy<Value = Named> {
    let host = prop_oneof![2 => Just(None), 1 => select(&HOSTS[..]).prop_map(Some)];
    let more = prop_oneof![9 => Just(None), 1 => select(&MORE_HOSTS[..]).prop_map(Some)];
    (host, more).prop_map(|(host, more)| Named { host, more })
}

/// The policy of a sample without rules for every origin: as it is, and with own origins.
fn policies(
    sample: &Sample,
    own_origins: &[&str],
) -> Option<(Sample, [CompiledPolicy<HeaderValue>; 2])> {
    let mut config = without_any(sample)?;
    let open = Policy::try_from(config.clone()).expect("it is valid without `*`");
    config.enforce_origins = true;
    config.own_origins = own_origins.iter().map(|&text| text.into()).collect();
    let own = Policy::try_from(config.clone()).expect("own origins are valid with enforcement");
    Some((Sample::new(config), [open.compile(), own.compile()]))
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Standing {
    Listed,
    Passing,
    Foreign,
}

/// What a host is to the service, in the plainest way.
fn standing(own_origins: &[&str], authority: &str) -> Standing {
    if authority.is_empty() {
        return Standing::Passing;
    }
    let host = match authority.rfind(':') {
        Some(colon) if !authority.ends_with(']') => {
            let (host, port) = authority.split_at(colon);
            let is_port = port.chars().skip(1).all(|digit| digit.is_ascii_digit());
            if !is_port {
                return Standing::Foreign;
            }
            host
        }
        _ => authority,
    };
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let is_listed = own_origins.iter().any(|pattern| {
        let (_, listed) = pattern.split_once("://").expect("a pattern has a scheme");
        let listed = match listed.rsplit_once(':') {
            Some((listed, _)) if !listed.starts_with('[') || listed.ends_with(']') => listed,
            _ => listed,
        };
        let listed = listed.strip_suffix('.').unwrap_or(listed);
        // One pattern more is the same for hosts, and `matches` knows its wildcards.
        matches(&format!("https://{listed}"), format!("https://{name}").as_bytes())
    });
    let is_v4 = host.parse::<Ipv4Addr>().is_ok();
    let in_brackets = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_v6 = in_brackets.is_some_and(|host| {
        host.parse::<Ipv6Addr>().is_ok_and(|address| address.to_string() == host)
    });
    if host.is_empty() {
        Standing::Foreign
    } else if is_listed {
        Standing::Listed
    } else if is_v4 || is_v6 || name == "localhost" {
        Standing::Passing
    } else {
        Standing::Foreign
    }
}

/// With which status a request is kept out, in the order of the table.
fn kept_out(
    sample: &Sample,
    own_origins: &[&str],
    method: &str,
    headers: &HeaderMap,
    origins: &[Vec<u8>],
    whence: &Whence<String>,
) -> Option<u16> {
    let authority = whence.authority.as_deref().filter(|authority| !authority.is_empty());
    let line = headers.get(HOST).map(|line| str::from_utf8(line.as_bytes()).expect("UTF-8"));
    let standing = standing(own_origins, authority.or(line).unwrap_or_default());
    if headers.get_all(HOST).iter().count() > 1 {
        return Some(400);
    }
    let is_same = is_same_origin(origins, whence);
    if let [origin, others @ ..] = origins {
        let is_own_page = !is_preflight(method, headers)
            && if origin == b"null" {
                whence.site == Some("same-origin")
            } else if standing == Standing::Passing {
                is_same || whence.site == Some("none")
            } else {
                is_same && own_origins.iter().any(|pattern| matches(pattern, origin))
            };
        let is_allowed = governing(&sample.config, origin).is_some();
        if !others.is_empty() || !(is_allowed || is_own_page) {
            return Some(403);
        }
    }
    if standing == Standing::Foreign {
        return Some(421);
    }
    let is_lost = origins.is_empty()
        && !["GET", "HEAD", "OPTIONS"].contains(&method)
        && whence.site.is_some_and(|site| !["same-origin", "none"].contains(&site));
    is_lost.then_some(403)
}

proptest! {
    #![proptest_config(crate::config(1))]

    #[test]
    fn the_origin_counts_and_then_the_host(
        sample in samples(),
        own_origins in subsequence(&OWN_ORIGINS[..], 1..=4),
        requests in vec((requests(), whence(), named()), REQUESTS),
    ) {
        let Some((sample, [open, own])) = policies(&sample, &own_origins) else { return Ok(()) };
        for (request, whence, named) in requests {
            let mut whence = whence.resolve(&request.origins);
            if let Some(host) = named.host {
                whence.host = Some(host.into());
            }
            let mut headers = request.to_headers();
            if let Some(site) = whence.site {
                let name = HeaderName::from_static("sec-fetch-site");
                headers.insert(name, HeaderValue::from_static(site));
            }
            for host in whence.host.as_deref().into_iter().chain(named.more) {
                headers.append(HOST, HeaderValue::from_str(host).expect("a value"));
            }
            let decide = |policy: &CompiledPolicy<_>| {
                policy.decide(&RequestParts {
                    method: request.method,
                    scheme: whence.scheme,
                    authority: whence.authority.as_deref(),
                    headers: &headers,
                })
            };
            let whence = Whence { host: whence.host.clone().or(named.more.map(Into::into)), ..whence.clone() };
            let expected = kept_out(
                &sample,
                &own_origins,
                request.method,
                &headers,
                &request.origins,
                &whence,
            );
            let (open, own) = (decide(&open), decide(&own));
            let mut got = applied(&own);
            got.remove(VARY);
            match (expected, own) {
                (None, Decision::Respond { status, .. }) => {
                    // The same as without enforcement: a preflight.
                    let is_same = matches!(open, Decision::Respond { status: open, .. } if open == status);
                    prop_assert!(is_same, "{status} for {request:?} {headers:?} {whence:?}");
                    let mut expected = applied(&open);
                    expected.remove(VARY);
                    prop_assert_eq!(got, expected);
                }
                (None, _) => {
                    prop_assert!(matches!(open, Decision::Forward(_)));
                    let mut expected = applied(&open);
                    expected.remove(VARY);
                    prop_assert_eq!(got, expected);
                }
                (Some(expected), Decision::Respond { status, .. }) => {
                    prop_assert_eq!(status, expected, "{:?} {:?} {:?}", request, headers, whence);
                    let no_store = (CACHE_CONTROL, HeaderValue::from_static("no-store"));
                    prop_assert_eq!(got, HeaderMap::from_iter([no_store]));
                }
                (Some(expected), decision) => {
                    prop_assert!(
                        false,
                        "{decision:?} instead of {expected} for {request:?} {headers:?} {whence:?}"
                    );
                }
            }
        }
    }
}
