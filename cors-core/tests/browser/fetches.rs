use std::time::Duration;

use cors_core::explain::{Access, RedirectMode};

use crate::{open, run};

const PAGE: &str = "https://app.example.com";
const ALLOWED: (&str, &str) = ("access-control-allow-origin", PAGE);
const WITH_CREDENTIALS: (&str, &str) = ("access-control-allow-credentials", "true");

#[test]
fn a_fetch_sends_what_a_browser_sends() {
    let (app, browser) = open();
    let browser = browser.cookie("a=b").cookie("c=d");
    app.answer(&[
        (204, &[ALLOWED, WITH_CREDENTIALS, ("access-control-allow-headers", "content-type")]),
        (
            200,
            &[
                ALLOWED,
                WITH_CREDENTIALS,
                ("X-Id", "r-1"),
                ("access-control-expose-headers", "x-id"),
            ],
        ),
    ]);
    let json = browser.page(PAGE).fetch("POST", "/items?q#f").credentials();
    let verdict = run(json.header("Content-Type", "application/json").body("{}"));
    assert!(verdict.is_allowed(), "{verdict}");
    assert_eq!((verdict.status(), verdict.header("x-id")), (Some(200), Some("r-1")));
    assert_eq!(verdict.header("access-control-allow-origin"), None);
    assert_eq!(
        app.asked(),
        [
            "OPTIONS /items?q\nhost: localhost\norigin: https://app.example.com\n\
             access-control-request-method: POST\naccess-control-request-headers: content-type\n\
             sec-fetch-site: cross-site",
            "POST /items?q\ncontent-type: application/json\nhost: localhost\n\
             origin: https://app.example.com\nsec-fetch-site: cross-site\ncookie: a=b; c=d\n\n{}",
        ]
    );
    // Cookies are the browser's, and are not told.
    let [preflight, actual] = verdict.exchanges() else { panic!("{verdict}") };
    assert!(preflight.request().is_preflight() && !preflight.request().with_credentials());
    assert!(actual.request().with_credentials());
    assert!(actual.request_headers().iter().all(|(name, _)| name != "cookie"));
}

#[test]
fn an_own_page_needs_no_permission() {
    let (app, browser) = open();
    let browser = browser.at("http://bank.example:8080");
    app.answer(&[(500, &[("x-id", "r-1"), ("x-id", "r-2"), ("set-cookie", "a=b")])]);
    let verdict = run(browser.page("http://bank.example:8080").fetch("PUT", "/"));
    assert_eq!((verdict.status(), verdict.header("X-Id")), (Some(500), Some("r-1, r-2")));
    assert_eq!(verdict.header("set-cookie"), None);
    assert_eq!(app.asked(), ["PUT /\nhost: bank.example:8080\norigin: http://bank.example:8080"]);
}

#[test]
fn preflights_are_remembered_for_a_while() {
    let (app, browser) = open();
    let browser = browser.max_age_cap(Duration::from_secs(60));
    let put = || run(browser.page(PAGE).fetch("PUT", "/")).exchanges().len();
    let preflight =
        [ALLOWED, ("access-control-allow-methods", "PUT"), ("access-control-max-age", "90")];
    app.answer(&[(204, &preflight), (200, &[ALLOWED]), (200, &[ALLOWED])]);
    assert_eq!((put(), put()), (2, 1));
    browser.advance(Duration::from_secs(59));
    app.answer(&[(200, &[ALLOWED])]);
    assert_eq!(put(), 1);
    browser.advance(Duration::from_secs(1));
    app.answer(&[(204, &preflight), (200, &[]), (405, &[])]);
    // What fails is forgotten.
    assert_eq!((put(), put()), (2, 1));
    assert_eq!(app.asked().last().unwrap().split(' ').next(), Some("OPTIONS"));
}

#[test]
fn redirects_are_followed_within_the_application() {
    let (app, browser) = open();
    let post = || browser.page(PAGE).fetch("POST", "/old").body("x");
    app.answer(&[(303, &[ALLOWED, ("location", "new")]), (200, &[ALLOWED])]);
    assert!(run(post()).is_allowed());
    let sent = "\nhost: localhost\norigin: https://app.example.com\nsec-fetch-site: cross-site";
    assert_eq!(app.asked(), [format!("POST /old{sent}\n\nx"), format!("GET /new{sent}")]);

    let redirect = (302, &[ALLOWED, ("location", "https://login.example/")][..]);
    app.answer(&[redirect]);
    let verdict = run(post());
    assert_eq!(verdict.access(), Access::Unanswered);
    let last = verdict.steps().last().unwrap();
    assert_eq!(
        last.text(),
        "GET https://login.example/ must get a response: it leads away from the application"
    );
    app.answer(&[redirect, redirect]);
    assert_eq!(run(post().redirect(RedirectMode::Error)).access(), Access::BlockedByRedirect);
    assert_eq!(run(post().redirect(RedirectMode::Manual)).access(), Access::OpaqueRedirect);
}

#[test]
fn some_fetches_send_nothing() {
    let (app, browser) = open();
    for (method, url, text) in [
        ("TRACE", "/", "no script can use this method, or a header with this name or value"),
        ("GET", "ftp://a.example/", "a script can send requests to http and https URLs only"),
    ] {
        let verdict = run(browser.page(PAGE).fetch(method, url));
        assert_eq!(verdict.access(), Access::Unsendable);
        assert_eq!(verdict.steps().first().unwrap().text(), text);
    }
    assert_eq!(app.asked(), [""; 0]);
    app.answer(&[(0, &[])]);
    let verdict = run(browser.page(PAGE).fetch("GET", "/").upload());
    assert_eq!(verdict.access(), Access::Unanswered);
    assert!(verdict.to_string().contains("the connection is closed"), "{verdict}");
}

/// So that no test of what is refused passes because of a typo.
#[test]
fn a_page_without_an_origin_sends_nothing() {
    for origin in ["https//evil.example", "https://evil.example/", "", "*"] {
        let (app, browser) = open();
        let verdict = run(browser.page(origin).fetch("GET", "/"));
        assert_eq!(verdict.access(), Access::Unsendable, "{origin}");
        assert!(verdict.to_string().contains("the page must have an origin such as"), "{verdict}");
        assert!(app.asked().is_empty());
    }
    let (app, browser) = open();
    let verdict = run(browser.at("bank.example").page(PAGE).fetch("GET", "/"));
    assert_eq!(verdict.access(), Access::Unsendable);
    assert!(app.asked().is_empty());
}
