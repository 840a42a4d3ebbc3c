//! The sequences of `data/shared_cache.toml`.

use std::collections::BTreeMap;

use cors_core::{Policy, PolicyConfig};
use http::HeaderValue;
use serde::Deserialize;
use tests::latin1;
use tests::oracle::{
    Browser, Credentials, FetchRequest, HttpRequest, Mode, Outcome, Page, ResponseKind, SharedCache,
};

use crate::server::serve;

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    policy: String,
    #[serde(default)]
    revalidates: bool,
    requests: Vec<Request>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    origin: Option<String>,
    #[serde(default)]
    credentials: bool,
    hit: bool,
    reads: Option<Vec<String>>,
}

#[test]
fn sequences_through_a_shared_cache() {
    let cases: Cases = toml::from_str(include_str!("../../data/shared_cache.toml")).unwrap();
    let policies: BTreeMap<String, PolicyConfig> =
        toml::from_str(include_str!("../../data/policies.toml")).unwrap();
    let reply = vec![("content-type", "text/plain"), ("etag", "\"v1\""), ("x-request-id", "r-1")];
    for case in cases.case {
        let policy = Policy::try_from(policies[&case.policy].clone()).unwrap();
        let policy = policy.compile::<HeaderValue>();
        let mut cache = SharedCache::new(case.revalidates);
        for (at, request) in case.requests.iter().enumerate() {
            let mut hit = false;
            let mut server = |sent: &HttpRequest| {
                let (response, is_hit) = cache.respond(sent, &mut serve(&policy, &reply));
                hit = is_hit;
                response
            };
            let verdict = Browser::default().fetch(&request.to_fetch(), &mut server);
            let reads = match verdict.outcome {
                Outcome::Response { kind: ResponseKind::Cors, headers, .. } => {
                    let mut names: Vec<_> = headers.iter().map(|(name, _)| latin1(name)).collect();
                    names.sort_unstable();
                    Some(names)
                }
                _ => None,
            };
            assert_eq!((hit, reads), (request.hit, request.reads.clone()), "{} {at}", case.name);
        }
    }
}

impl Request {
    fn to_fetch(&self) -> FetchRequest {
        let page = self.origin.clone().unwrap_or("https://image.example".into());
        let url = "https://api.example/resource".parse().expect("a URL");
        let mut fetch = FetchRequest::new(Page::Tuple(page.into()), url);
        if self.origin.is_none() {
            fetch.mode = Mode::NoCors;
        }
        if self.credentials {
            fetch.credentials = Credentials::Include;
        }
        fetch
    }
}
