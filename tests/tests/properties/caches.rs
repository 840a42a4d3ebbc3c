//! What caches between browsers and services do to verdicts: nothing.

use http::HeaderValue;
use proptest::collection::vec;
use proptest::prelude::*;
use tests::oracle::{Browser, HttpRequest, Mode, SharedCache};

use crate::REQUESTS;
use crate::policies::samples;
use crate::requests::{PageRequest, RawRequest, page_requests, raw_requests};
use crate::server::{Answer, answer, replies, serve, statuses};

proptest! {
    #![proptest_config(crate::config(1))]

    /// A shared cache that honours `Vary` hands nobody an answer that was for somebody else.
    #[test]
    fn a_shared_cache_changes_no_verdict(
        sample in samples(),
        requests in vec((page_requests(), prop::bool::weighted(0.2)), REQUESTS),
        reply in replies(),
        revalidates in any::<bool>(),
    ) {
        let policy = sample.policy.compile::<HeaderValue>();
        let mut cache = SharedCache::new(revalidates);
        for (request, is_no_cors) in requests {
            let mut fetch = PageRequest { method: "GET", ..request }.to_fetch();
            if is_no_cors {
                // Without `Origin`: what it gets must serve the others, or not be used for them.
                fetch.mode = Mode::NoCors;
            }
            let mut direct = serve(&policy, &reply);
            let mut cached = |request: &HttpRequest| cache.respond(request, &mut direct).0;
            let with = Browser::default().fetch(&fetch, &mut cached);
            let without = Browser::default().fetch(&fetch, &mut serve(&policy, &reply));
            prop_assert_eq!(with.outcome, without.outcome);
        }
    }

    /// What a browser remembers of preflights allows nothing that it would not be allowed anew.
    #[test]
    fn the_preflight_cache_changes_no_verdict(
        sample in samples(),
        requests in vec((page_requests(), 0..20_u64, any::<bool>()), REQUESTS),
        reply in replies(),
    ) {
        let policy = sample.policy.compile::<HeaderValue>();
        let mut browser = Browser::default();
        let mut page = None;
        for (mut request, seconds, is_same_page) in requests {
            let page = page.get_or_insert_with(|| request.origin.clone());
            if is_same_page {
                request.origin.clone_from(page);
            }
            browser.now += seconds;
            let fetch = request.to_fetch();
            let with = browser.fetch(&fetch, &mut serve(&policy, &reply));
            let without = Browser::default().fetch(&fetch, &mut serve(&policy, &reply));
            prop_assert_eq!(with.is_readable(), without.is_readable(), "{:?}", (with, without));
        }
    }
}

proptest! {
    #![proptest_config(crate::config(1))]

    /// Where two answers differ, `Vary` of both names a header in which their requests differ.
    #[test]
    fn vary_names_what_answers_depend_on(
        sample in samples(),
        pairs in vec((raw_requests(), raw_requests(), any::<[bool; 3]>()), REQUESTS),
        (status, reply) in (statuses(), replies()),
    ) {
        let policy = sample.policy.compile::<HeaderValue>();
        for (one, mut other, [shares_origin, shares_method, shares_headers]) in pairs {
            other.method = one.method;
            if shares_origin {
                other.origins.clone_from(&one.origins);
            }
            if shares_method {
                other.methods.clone_from(&one.methods);
            }
            if shares_headers {
                other.headers.clone_from(&one.headers);
            }
            let [first, second] = [&one, &other].map(|request| {
                answer(&policy, request.method, &request.to_headers(), status, &reply)
            });
            if first.is_preflight == second.is_preflight && owned(&first) != owned(&second) {
                prop_assert!(tells_apart(&first, &one, &other), "{first:?}");
                prop_assert!(tells_apart(&second, &one, &other), "{second:?}");
            }
        }
    }
}

/// What a policy decides on.
fn owned(answer: &Answer) -> (u16, Vec<(&str, &[u8])>) {
    let lines = answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let mut lines: Vec<_> = lines.filter(|(name, _)| name.starts_with("access-control-")).collect();
    lines.sort_unstable();
    (answer.status, lines)
}

/// Whether a cache that kept an answer to one request would not use it for the other.
fn tells_apart(answer: &Answer, one: &RawRequest, other: &RawRequest) -> bool {
    let lines = answer.headers.get_all("vary").iter();
    let elements = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    let names: Vec<_> = elements.map(|name| name.trim_ascii().to_ascii_lowercase()).collect();
    let varies_by = |name: &[u8]| names.iter().any(|listed| listed == name || listed == b"*");
    (one.origins != other.origins && varies_by(b"origin"))
        || (one.methods != other.methods && varies_by(b"access-control-request-method"))
        || (one.headers != other.headers && varies_by(b"access-control-request-headers"))
}
