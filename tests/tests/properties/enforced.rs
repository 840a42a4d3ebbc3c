//! With enforcement, what is not allowed is kept from the handler, and nothing else changes.

use cors_core::adapter::{CompiledPolicy, Decision, RequestParts, is_preflight};
use cors_core::{Policy, PolicyConfig};
use http::header::CACHE_CONTROL;
use http::{HeaderMap, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::REQUESTS;
use crate::intends::governing;
use crate::policies::{Sample, samples};
use crate::requests::{RawRequest, raw_requests};

/// Own pages at hosts that a policy may not list, and near misses.
const ODD_ORIGINS: [&str; 8] = [
    "http://3d-printer:8080",
    "http://3f2a9c1b7d4e",
    "https://evil.example.",
    "http://a!b.example",
    "https://xn--f",
    "http://localhost:80",
    "https://localhost:0443",
    "ws://localhost:8080",
];

/// A host that a request is sent to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Site {
    Of(&'static str),
    OfThePage,
    OfThePageInCapitals,
    OfThePageWithPort(&'static str),
}

fn sites() -> impl Strategy<Value = Option<Site>> {
    let fixed = ["a.example", "A.EXAMPLE:443", "localhost:8080", "evil.example", "localhost", ""];
    let of_the_page = [
        Site::OfThePage,
        Site::OfThePageInCapitals,
        Site::OfThePageWithPort(":"),
        Site::OfThePageWithPort(":80"),
        Site::OfThePageWithPort(":443"),
        Site::OfThePageWithPort("."),
    ];
    let all: Vec<_> = fixed.into_iter().map(Site::Of).chain(of_the_page).map(Some).collect();
    prop_oneof![1 => Just(None), 4 => select(all)]
}

impl Site {
    fn resolve(self, origins: &[Vec<u8>]) -> String {
        let page = origins.first().and_then(|origin| str::from_utf8(origin).ok());
        let page = page.and_then(|origin| origin.split_once("://")).map_or("", |(_, page)| page);
        match self {
            Self::Of(site) => site.into(),
            Self::OfThePage => page.into(),
            Self::OfThePageInCapitals => page.to_ascii_uppercase(),
            Self::OfThePageWithPort(port) => format!("{page}{port}"),
        }
    }
}

/// What tells a service's own pages from others.
#[derive(Clone, Debug)]
pub(crate) struct Whence<S> {
    pub(crate) site: Option<&'static str>,
    pub(crate) scheme: Option<&'static str>,
    pub(crate) authority: Option<S>,
    pub(crate) host: Option<S>,
}

impl Whence<Site> {
    pub(crate) fn resolve(self, origins: &[Vec<u8>]) -> Whence<String> {
        Whence {
            site: self.site,
            scheme: self.scheme,
            authority: self.authority.map(|site| site.resolve(origins)),
            host: self.host.map(|site| site.resolve(origins)),
        }
    }
}

pub(crate) fn whence() -> impl Strategy<Value = Whence<Site>> {
    let fetch_sites =
        vec![None, Some("same-origin"), Some("none"), Some("same-site"), Some("cross-site")];
    let fetch_sites = prop_oneof![1 => Just(None), 1 => select(fetch_sites)];
    let schemes = select(vec![None, Some("http"), Some("https"), Some("HTTPS")]);
    (fetch_sites, schemes, sites(), sites()).prop_map(|(site, scheme, authority, host)| Whence {
        site,
        scheme,
        authority,
        host,
    })
}

pub(crate) fn requests() -> impl Strategy<Value = RawRequest> {
    let odd = (raw_requests(), select(&ODD_ORIGINS[..]))
        .prop_map(|(request, origin)| RawRequest { origins: vec![origin.into()], ..request });
    prop_oneof![3 => raw_requests(), 1 => odd]
}

/// The policy of a sample without the rules for every origin, if others are left. With one origin
/// more, because without enforcement, a policy with one origin answers all alike.
pub(crate) fn without_any(sample: &Sample) -> Option<PolicyConfig> {
    let mut config = sample.config.clone();
    config.rules.retain(|rule| rule.allow_origins != ["*"]);
    config.rules.first_mut()?.allow_origins.push("https://unused.example".into());
    Some(config)
}

/// The policy of a sample, enforcing and not; without the rules for every origin.
fn policies(sample: &Sample) -> Option<(Sample, [CompiledPolicy<HeaderValue>; 2])> {
    let config = without_any(sample)?;
    let compiled = [false, true].map(|enforces| {
        let mut config = config.clone();
        config.enforce_origins = enforces;
        Policy::try_from(config).expect("it is valid without `*`").compile()
    });
    Some((Sample::new(config), compiled))
}

/// Whether a request is by a page of the service itself, in the plainest way.
fn is_own_page(origins: &[Vec<u8>], whence: &Whence<String>) -> bool {
    whence.site == Some("none") || is_same_origin(origins, whence)
}

/// Whether a request is by a page of the origin that it is sent to, in the plainest way.
pub(crate) fn is_same_origin(origins: &[Vec<u8>], whence: &Whence<String>) -> bool {
    if let Some(site) = whence.site {
        return site == "same-origin";
    }
    let site = whence.authority.as_ref().or(whence.host.as_ref());
    let ([origin], Some(site)) = (origins, site) else {
        return false;
    };
    let Ok(origin) = str::from_utf8(origin) else { return false };
    let is_https = whence.scheme.is_some_and(|scheme| scheme.to_lowercase() == "https");
    match origin.split_once("://") {
        Some(("https", page)) => host_and_port(page, "443") == host_and_port(site, "443"),
        Some(("http", page)) => !is_https && host_and_port(page, "80") == host_and_port(site, "80"),
        _ => false,
    }
}

/// Without a host, none that equals another.
fn host_and_port<'a>(text: &'a str, default: &'a str) -> Result<(String, &'a str), Unequal> {
    // An address stands in brackets, and its colons begin no port.
    let address = if text.starts_with('[') { text.find(']').ok_or(Unequal)? } else { 0 };
    let (address, rest) = text.split_at(address);
    let (rest, port) = rest.split_once(':').unwrap_or((rest, default));
    let port = if port.is_empty() { default } else { port };
    let host = format!("{address}{rest}").to_ascii_lowercase();
    // No name is longer than 254 bytes.
    let is_valid = !host.is_empty()
        && text.len() <= 254 + ":65535".len()
        && port.chars().all(|digit| digit.is_ascii_digit());
    if is_valid { Ok((host, port)) } else { Err(Unequal) }
}

#[derive(Debug)]
struct Unequal;

impl PartialEq for Unequal {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

pub(crate) fn applied(decision: &Decision<HeaderValue>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    decision.headers().apply(&mut headers);
    headers
}

proptest! {
    #![proptest_config(crate::config(1))]

    #[test]
    fn enforcement_keeps_from_the_handler_what_is_not_allowed(
        sample in samples(),
        requests in vec((requests(), whence()), REQUESTS),
    ) {
        let Some((sample, [open, enforcing])) = policies(&sample) else { return Ok(()) };
        for (request, whence) in requests {
            let whence = whence.resolve(&request.origins);
            let mut headers = request.to_headers();
            let plain = open.decide(&RequestParts::new(request.method, &headers));
            let lines = [("sec-fetch-site", whence.site), ("host", whence.host.as_deref())];
            for (name, value) in lines {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_str(value).expect("a value"));
                }
            }
            let decide = |policy: &CompiledPolicy<_>| {
                policy.decide(&RequestParts {
                    method: request.method,
                    scheme: whence.scheme,
                    authority: whence.authority.as_deref(),
                    headers: &headers,
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
                [] => is_safe || whence.site.is_none() || is_own_page(&[], &whence),
                [origin] => {
                    governing(&sample.config, origin).is_some()
                        || is_own_page(&request.origins, &whence)
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
                Decision::Ask(question) => unreachable!("{question:?}"),
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
