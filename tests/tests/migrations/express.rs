//! For people who come from Express, Koa or Hono: the steps of two articles, each with what the
//! browser does.

#[expect(unreachable_pub, reason = "a program as the guide shows it")]
mod actix;
#[expect(dead_code, unreachable_pub, reason = "a program as the guide shows it")]
mod axum;
#[expect(unreachable_pub, reason = "code as the guide shows it")]
mod policies;

use actix_web::App;
use bytes::Bytes;
use cors_axum::{Policy, PolicyErrors};
use http::{Request, Response};
use tests::adapters;
use tests::oracle::{Browser, NetworkError, Outcome, PreflightFailure};

use crate::guide::Guide;
use crate::page::{Fetch, Seen};
use crate::{JSON, TOKEN};

const GUIDE: Guide = Guide {
    page: include_str!("../../../cors-core/docs/from-express.md"),
    sources: &[
        include_str!("express/axum.rs"),
        include_str!("express/actix.rs"),
        include_str!("express/policies.rs"),
    ],
};

type MakePolicy = fn() -> Result<Policy, PolicyErrors>;

/// A server of the guide: without a policy, the routes alone.
type Server = fn(Option<Policy>, Request<Bytes>) -> Response<Bytes>;

const SERVERS: [Server; 2] = [
    |policy, request| {
        let app = policy.map_or_else(axum::routes, axum::app);
        adapters::axum::respond(app, request)
    },
    |policy, request| {
        let app = App::new().configure(actix::routes);
        match policy.map(cors_actix::Cors::new) {
            Some(cors) => adapters::actix::respond(app.wrap(cors), request),
            None => adapters::actix::respond(app, request),
        }
    },
];

/// A fetch by the articles' page.
const READ: Fetch = Fetch {
    page: "http://localhost:4321",
    service: "http://localhost:3000",
    path: "/",
    method: "GET",
    headers: &[],
    with_cookies: false,
};
const SEND_JSON: Fetch = READ.with(&[JSON]);
const REPLACE: Fetch = Fetch { method: "PUT", ..READ.with(&[JSON, TOKEN]) };
const WITH_COOKIES: Fetch = Fetch { with_cookies: true, ..REPLACE };

/// What fails in the browser, in the words of its console.
const NO_HEADER: &str = "No 'Access-Control-Allow-Origin' header is present";
const NO_CONTENT_TYPE: &str = "Request header field content-type is not allowed";
const NO_METHOD: &str = "Method PUT is not allowed by Access-Control-Allow-Methods";
const WILDCARD: &str = "must not be the wildcard";

/// Each step: the policy, the fetch, and what the console says, or nothing if the page reads.
const STEPS: [(Option<MakePolicy>, Fetch, Option<&str>); 10] = [
    (None, READ, Some(NO_HEADER)),
    (Some(policies::every_page), READ, None),
    (Some(policies::every_page), SEND_JSON, Some(NO_CONTENT_TYPE)),
    (Some(policies::every_page_with_json), SEND_JSON, None),
    (Some(policies::every_page_with_json), REPLACE, Some(NO_METHOD)),
    (Some(policies::our_page), REPLACE, None),
    (Some(policies::our_page), Fetch { page: "http://localhost:5173", ..REPLACE }, Some(NO_HEADER)),
    (Some(policies::every_page), Fetch { with_cookies: true, ..READ }, Some(WILDCARD)),
    (Some(policies::our_page_with_cookies), Fetch { with_cookies: true, ..READ }, None),
    (Some(policies::our_page_with_cookies), WITH_COOKIES, None),
];

/// What a browser's console says of the last response.
fn console(seen: &Seen) -> Option<&'static str> {
    let Outcome::NetworkError(error) = &seen.verdict.outcome else { return None };
    let response = seen.responses.last().expect("a response");
    let allowed = response.headers().get(http::header::ACCESS_CONTROL_ALLOW_ORIGIN);
    Some(match error {
        NetworkError::CorsCheck | NetworkError::Preflight(PreflightFailure::CorsCheck) => {
            if allowed.is_some() { WILDCARD } else { NO_HEADER }
        }
        NetworkError::Preflight(PreflightFailure::Method) => NO_METHOD,
        NetworkError::Preflight(PreflightFailure::Header(_)) => NO_CONTENT_TYPE,
        other => panic!("{other:?}"),
    })
}

#[test]
fn the_guide_shows_code_that_is_compiled() {
    GUIDE.check_code();
}

#[test]
fn each_step_does_what_the_guide_says() {
    let page = GUIDE.page.split_whitespace().collect::<Vec<_>>().join(" ");
    for server in SERVERS {
        for (step, (policy, fetch, message)) in STEPS.iter().enumerate() {
            let policy = policy.map(|make| make().expect("a policy"));
            let seen = Seen::of(fetch, |request| server(policy.clone(), request));
            assert_eq!(console(&seen), *message, "step {step}: {seen}");
            if let Some(message) = message {
                assert!(page.contains(message), "the guide should say: {message}");
            }
        }
    }
}

/// Only browsers care: a program reads everything, and the request reaches the handler.
#[test]
fn programs_read_everything() {
    for server in SERVERS {
        let request = Request::get("/").header("origin", "http://localhost:5173");
        let policy = policies::our_page().expect("a policy");
        let response = server(Some(policy), request.body(Bytes::new()).expect("a request"));
        assert_eq!((response.status().as_u16(), &**response.body()), (200, &b"Hello"[..]));
    }
}

/// `max_age` keeps the second preflight away.
#[test]
fn browsers_remember_preflights() {
    let fetches = |policy: MakePolicy, wait: u64| {
        let policy = policy().expect("a policy");
        let server = |request| SERVERS[0](Some(policy.clone()), request);
        let mut browser = Browser::default();
        Seen::by(&mut browser, &REPLACE, server);
        browser.now += wait;
        Seen::by(&mut browser, &REPLACE, server).verdict.has_preflight()
    };
    assert!(fetches(policies::our_page, 6), "browsers remember for 5 seconds");
    assert!(!fetches(policies::our_page_with_cookies, 599));
    assert!(fetches(policies::our_page_with_cookies, 601));
}
