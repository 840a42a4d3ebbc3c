//! All adapters answer as the core does.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use tests::{Behaviour, Head, Mount, Probe, Reply, Route, adapters};

use crate::policies::samples;
use crate::requests::raw_requests;
use crate::server::{self, replies, statuses};

proptest! {
    #![proptest_config(crate::config(10))]

    #[test]
    fn adapters_agree_with_the_core(
        sample in samples(),
        request in raw_requests(),
        (status, reply) in (statuses(), replies()),
    ) {
        // Frameworks refuse what is no method before they ask anybody.
        let method = if request.method == "TRACE" { "PATCH" } else { request.method };
        let headers = request.to_headers();
        let policy = sample.policy.compile::<HeaderValue>();

        for adapter in adapters::ALL.into_iter().filter(|adapter| adapter.knows_method(method)) {
            let kept = adapter.limits().kept(headers.clone());
            let expected = server::answer(&policy, method, &kept, status, &reply);
            let lines = reply.iter().map(|(name, value)| ((*name).into(), (*value).into()));
            let probe = Probe::new();
            let route = Route {
                path: tests::PATH.into(),
                only_get: false,
                behaviour: Behaviour::Reply,
                reply: Reply {
                    head: Head { status, headers: lines.collect() },
                    body: Bytes::new(),
                },
                probe: probe.clone(),
            };
            let mount = Mount {
                prefix: String::new(),
                deployment: sample.policy.clone().into(),
                asked: None,
                twice: false,
                routes: vec![route],
            };
            let mut sent = http::Request::builder().method(method).uri(tests::PATH);
            *sent.headers_mut().expect("no error yet") = headers.clone();
            let response = adapter.send(mount, sent.body(Bytes::new()).expect("a request"));

            prop_assert_eq!(response.status().as_u16(), expected.status, "{}", adapter.name());
            prop_assert_eq!(probe.is_reached(), !expected.is_preflight, "{}", adapter.name());
            prop_assert_eq!(
                cors_headers(response.headers()),
                cors_headers(&expected.headers),
                "{}",
                adapter.name()
            );
        }
    }
}

fn cors_headers(headers: &HeaderMap) -> Vec<(String, Vec<u8>)> {
    let lines =
        headers.iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
    let is_cors = |name: &str| name == "vary" || name.starts_with("access-control-");
    let mut lines: Vec<_> = lines.filter(|(name, _)| is_cors(name)).collect();
    lines.sort_by(|(one, _), (other, _)| one.cmp(other));
    lines
}
