//! Whole fetches, with redirects and remembered preflights: the library's browser and the oracle.

use std::time::Duration;

use cors_core::explain::PreflightCache;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use tests::model;
use tests::oracle::{
    Body, Browser, Credentials, FetchRequest, HeaderList, HttpRequest, HttpResponse, Page,
    RedirectMode,
};

const PAGES: [&str; 3] = ["https://page.example", "http://localhost:3000", "null"];

/// What most fetches are sent to.
const USUAL_URL: &str = "https://a.example/x";

const URLS: [&str; 4] = [
    "https://a.example/x/y?q#f",
    "http://b.example:8080/",
    "https://page.example/x",
    "http://localhost:3000/x",
];

const LOCATIONS: [&str; 17] = [
    "/next",
    "y/./z",
    "../up?q=1#f",
    "?r",
    "",
    "//b.example/p",
    "https://a.example/x",
    "HTTPS://A.example:443/x",
    "http://b.example:8080",
    "https://page.example/home",
    "http://localhost:3000/home",
    "https://u:p@b.example/",
    "https://u@page.example/home",
    "https://:p@page.example/home",
    "ftp://a.example/",
    "https://b.example:99999/",
    "\u{ff}",
];

const HEADERS: [(&str, &str); 8] = [
    ("x-a", "1"),
    ("X-A", "2"),
    ("x-b", "1"),
    ("authorization", "Bearer x"),
    ("content-type", "application/json"),
    ("content-type", "text/plain"),
    ("content-language", "de"),
    ("cookie", "a=b"),
];

/// One fetch of a page.
#[derive(Clone, Debug)]
struct Planned {
    after: u64,
    request: FetchRequest,
}

fn planned() -> impl Strategy<Value = Planned> {
    let method = select(vec!["GET", "GET", "HEAD", "POST", "PUT", "put", "PATCH", "TRACE"]);
    let redirect = prop_oneof![
        8 => Just(RedirectMode::Follow),
        1 => Just(RedirectMode::Error),
        1 => Just(RedirectMode::Manual),
    ];
    let body = prop_oneof![
        4 => Just(Body::None),
        1 => Just(Body::Known(None)),
        1 => Just(Body::Known(Some(b"text/plain;charset=UTF-8".to_vec()))),
    ];
    let headers = vec(select(&HEADERS[..]), 0..3);
    let page = prop_oneof![4 => Just(PAGES[0]), 1 => select(&PAGES[..])];
    let url = prop_oneof![4 => Just(USUAL_URL), 1 => select(&URLS[..])];
    let whence = (page, url, 0..8_u64);
    let flags = (any::<bool>(), prop::bool::weighted(0.1));
    (whence, method, headers, body, redirect, flags).prop_map(
        |((page, url, after), method, headers, body, redirect, (credentials, upload))| {
            let page = match page {
                "null" => Page::Opaque,
                origin => Page::Tuple(origin.into()),
            };
            let mut request = FetchRequest::new(page, url.parse().expect("a URL"));
            request.method = method.into();
            request.headers = headers.into_iter().collect();
            request.body = body;
            request.redirect = redirect;
            request.upload_listener = upload;
            if credentials {
                request.credentials = Credentials::Include;
            }
            Planned { after, request }
        },
    )
}

/// A response that allows most things, `ORIGIN` being that of the request.
fn responses() -> impl Strategy<Value = (u16, Vec<(&'static str, String)>)> {
    let status = prop_oneof![
        6 => select(vec![200_u16, 204, 404]),
        3 => select(vec![301_u16, 302, 303, 307, 308]),
    ];
    let line = |name: &'static str, usual: &'static str, others: Vec<&'static str>| {
        let value = prop_oneof![6 => Just(usual), 2 => select(others)];
        vec(value.prop_map(move |value| (name, value.to_owned())), 0..=1)
    };
    let lists = vec!["*", "x-a", "x-a, X-B", "PUT,,PATCH", "P UT", "", "*, authorization"];
    let many = (
        line("access-control-allow-origin", "ORIGIN", vec!["*", "null", "https://c.example", ""]),
        option::weighted(0.1, Just(("access-control-allow-origin", "ORIGIN".to_owned()))),
        line("access-control-allow-credentials", "true", vec!["True", "false"]),
        line("access-control-allow-methods", "PUT, PATCH", lists.clone()),
        line("access-control-allow-headers", "x-a,x-b,content-type,authorization", lists.clone()),
        line("access-control-max-age", "4", vec!["0", "60", "x", "99999999999999999999", "-1"]),
        line("access-control-expose-headers", "x-seen", lists),
    );
    let seen = select(vec![("x-seen", "1"), ("content-type", "text/plain"), ("set-cookie", "a=b")]);
    let others = vec(seen.prop_map(|(name, value)| (name, value.to_owned())), 0..3);
    let locations = vec(select(&LOCATIONS[..]), 0..=1);
    let twice = prop::bool::weighted(0.05);
    (status, many, others, locations, twice).prop_map(
        |(
            status,
            (origin, second, credentials, methods, names, age, exposed),
            others,
            to,
            twice,
        )| {
            let mut lines: Vec<_> = origin.into_iter().chain(second).chain(credentials).collect();
            lines.extend(methods.into_iter().chain(names).chain(age).chain(exposed).chain(others));
            if (300..400).contains(&status) {
                let times = if twice { 2 } else { 1 };
                lines
                    .extend(to.iter().map(|to| ("location", (*to).to_owned())).cycle().take(times));
            }
            (status, lines)
        },
    )
}

/// Answers in turn, and begins anew after the last.
fn serve(
    responses: &[(u16, Vec<(&'static str, String)>)],
) -> impl FnMut(&HttpRequest) -> HttpResponse {
    let mut responses = responses.iter().cycle();
    move |request| {
        let (status, lines) = responses.next().expect("there are responses");
        let origin = request.headers.get("origin").unwrap_or_default();
        let headers: HeaderList = lines
            .iter()
            .map(|(name, value)| match value.as_str() {
                "ORIGIN" => (*name, origin.clone()),
                value => (*name, tests::latin1_bytes(value)),
            })
            .collect();
        HttpResponse { status: *status, headers }
    }
}

proptest! {
    #![proptest_config(crate::config(1))]

    /// Both browsers send the same and come to the same verdict, one fetch after the other.
    #[test]
    fn the_librarys_browser_is_the_oracle(
        fetches in vec(planned(), 1..5),
        responses in vec(responses(), 1..8),
    ) {
        let (mut oracle, mut cache) = (Browser::default(), PreflightCache::default());
        for Planned { after, request } in &fetches {
            oracle.now += after;
            cache.advance(Duration::from_secs(*after));
            let expected = oracle.fetch(request, &mut serve(&responses));
            let verdict = model::fetch(request, &mut cache, &mut serve(&responses));
            let verdict = verdict.expect("the library's browser can express it");
            if let Err(difference) = model::compare(&expected, &verdict) {
                prop_assert!(false, "{}\n{:?}\n{}", difference, expected, verdict);
            }
        }
    }
}
