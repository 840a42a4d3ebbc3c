use cors_core::explain::{BrowserRequest, Cause, Fetch, PreflightCache};

use crate::{Answer, open, run};

const PAGE: &str = "https://app.example.com";
const ALLOWED: (&str, &str) = ("access-control-allow-origin", PAGE);
const ANY: (&str, &str) = ("access-control-allow-origin", "*");
const OTHER: (&str, &str) = ("access-control-allow-origin", "https://other.example");
const CREDENTIALS: (&str, &str) = ("access-control-allow-credentials", "true");
const JOINED: (&str, &str) = ("access-control-allow-origin", "https://app.example.com, *");
const PUT: (&str, &str) = ("access-control-allow-methods", "PUT");
const VARY: (&str, &str) = ("vary", "accept, ORIGIN");

#[test]
fn each_cause_is_found_in_what_the_browser_sees() {
    let unauthorized = |status| Cause::PreflightUnauthorized { status };
    let not_covered = |status| Cause::PreflightNotCovered { status };
    let several = |values: &[&str]| Cause::SeveralAllowOrigins {
        values: values.iter().map(|value| (*value).to_owned()).collect(),
    };
    let overwritten =
        |value: Option<&str>| Cause::OverwrittenAllowOrigin { value: value.map(Into::into) };
    let redirected = |to: Option<&str>| Cause::PreflightRedirected {
        from: "https://localhost/items".into(),
        to: to.map(Into::into),
    };
    let other = Cause::OtherAllowOrigin { value: "https://other.example".into() };
    let preflight: Answer<'_> = (204, &[ALLOWED, PUT]);
    let with_credentials: Answer<'_> = (204, &[ALLOWED, CREDENTIALS, PUT]);

    // The method, whether the script asks for credentials, and what is answered.
    let cases: Vec<(&str, bool, Vec<Answer<'_>>, Cause)> = vec![
        ("PUT", false, vec![(404, &[])], not_covered(404)),
        ("PUT", false, vec![(405, &[("allow", "GET,HEAD")])], not_covered(405)),
        ("PUT", false, vec![(200, &[("allow", "GET,PUT")])], not_covered(200)),
        ("PUT", false, vec![(500, &[])], not_covered(500)),
        // Headers that the middleware adds to what it leaves to the application.
        ("PUT", false, vec![(405, &[ALLOWED, VARY])], not_covered(405)),
        ("PUT", false, vec![(401, &[ALLOWED, VARY])], unauthorized(401)),
        ("PUT", false, vec![(401, &[("www-authenticate", "Bearer")])], unauthorized(401)),
        ("PUT", false, vec![(403, &[])], unauthorized(403)),
        (
            "PUT",
            false,
            vec![(308, &[("location", "/items/")])],
            redirected(Some("https://localhost/items/")),
        ),
        (
            "PUT",
            false,
            vec![(301, &[ALLOWED, ("location", "//b.example")])],
            redirected(Some("https://b.example/")),
        ),
        ("PUT", false, vec![(302, &[])], redirected(None)),
        ("PUT", false, vec![(403, &[VARY])], Cause::RefusedByPolicy),
        ("PUT", false, vec![(204, &[ALLOWED])], Cause::RefusedByPolicy),
        ("PUT", true, vec![(204, &[ALLOWED, PUT])], Cause::RefusedByPolicy),
        ("PUT", true, vec![(204, &[ANY, PUT])], Cause::AnyOriginWithCredentials),
        ("PUT", true, vec![with_credentials, (200, &[ANY])], overwritten(Some("*"))),
        ("PUT", true, vec![with_credentials, (200, &[ALLOWED])], Cause::AllowCredentialsRemoved),
        ("PUT", false, vec![preflight, (200, &[JOINED])], several(&[PAGE, "*"])),
        ("PUT", false, vec![(204, &[OTHER, PUT])], other.clone()),
        ("PUT", false, vec![(204, &[ALLOWED, ALLOWED])], several(&[PAGE, PAGE])),
        ("PUT", false, vec![preflight, (200, &[])], overwritten(None)),
        ("PUT", false, vec![preflight, (200, &[VARY])], overwritten(None)),
        (
            "PUT",
            false,
            vec![preflight, (200, &[OTHER])],
            overwritten(Some("https://other.example")),
        ),
        ("PUT", false, vec![preflight, (200, &[ALLOWED, ANY])], several(&[PAGE, "*"])),
        ("PUT", false, vec![preflight, (500, &[])], Cause::ErrorNotCovered { status: 500 }),
        ("GET", false, vec![(401, &[])], Cause::ErrorNotCovered { status: 401 }),
        (
            "GET",
            false,
            vec![(200, &[("vary", "accept")])],
            Cause::ResponseNotCovered { status: 200 },
        ),
        (
            "GET",
            false,
            vec![(302, &[("location", "/")])],
            Cause::ResponseNotCovered { status: 302 },
        ),
        ("GET", false, vec![(200, &[VARY])], Cause::RefusedByPolicy),
        ("GET", false, vec![(500, &[VARY])], Cause::RefusedByPolicy),
        ("GET", false, vec![(200, &[OTHER])], other),
        ("GET", true, vec![(200, &[ANY])], Cause::AnyOriginWithCredentials),
        ("GET", true, vec![(200, &[ALLOWED])], Cause::RefusedByPolicy),
    ];
    for (method, credentials, answers, cause) in cases {
        let (app, browser) = open();
        app.answer(&answers);
        let fetch = browser.page(PAGE).fetch(method, "/items");
        let verdict = run(if credentials { fetch.credentials() } else { fetch });
        assert!(!verdict.is_allowed(), "{verdict}");
        assert_eq!(verdict.causes(), [cause], "{verdict}");
    }
}

#[test]
fn an_origin_that_a_redirect_lost_is_told() {
    let mut cache = PreflightCache::default();
    let request = BrowserRequest::new(PAGE);
    let mut fetch = Fetch::new(&request, "https://a.example/", &mut cache);
    for lines in [vec![ALLOWED, ("location", "https://b.example/x")], vec![ALLOWED]] {
        fetch.receive(302, lines, &mut cache);
    }
    let to = "https://b.example/x".into();
    assert_eq!(fetch.into_verdict().causes(), [Cause::OriginLostByRedirect { to }]);
}

#[test]
fn a_cache_needs_vary() {
    let first = ("access-control-allow-origin", "https://a.example");
    let second = ("access-control-allow-origin", "https://b.example");
    let removed = [Cause::VaryRemoved { url: "https://localhost/".into() }];
    let private = ("cache-control", "max-age=1, Private");
    for (one, other, causes) in [
        (&[first, VARY][..], &[second, VARY][..], &[][..]),
        (&[first], &[second], &removed),
        (&[first, VARY], &[second], &removed),
        (&[first], &[second, ("vary", "*")], &removed),
        (&[ANY], &[ANY], &[]),
        (&[first, private], &[second, private], &[]),
    ] {
        let (app, browser) = open();
        app.answer(&[(200, one), (200, other)]);
        assert!(run(browser.page("https://a.example").fetch("GET", "/")).causes().is_empty());
        let verdict = run(browser.page("https://b.example").fetch("GET", "/"));
        assert!(verdict.is_allowed());
        assert_eq!(verdict.causes(), causes, "{verdict}");
    }
    // What is not the same URL, or cannot be stored, is not compared.
    let (app, browser) = open();
    app.answer(&[(200, &[first]), (200, &[second]), (200, &[first]), (200, &[second])]);
    for (page, method, path) in [
        ("https://a.example", "GET", "/1"),
        ("https://b.example", "GET", "/2"),
        ("https://a.example", "POST", "/"),
        ("https://b.example", "POST", "/"),
    ] {
        let verdict = run(browser.page(page).fetch(method, path));
        assert!(verdict.is_allowed() && verdict.causes().is_empty(), "{verdict}");
    }
}

#[test]
fn a_failure_tells_the_exchanges_the_step_and_the_cause() {
    let (app, browser) = open();
    app.answer(&[(405, &[("Allow", "GET"), ("content-length", "0")])]);
    let fetch = browser.page(PAGE).fetch("PUT", "/items").header("authorization", "Bearer secret");
    assert_eq!(
        run(fetch).to_string(),
        "\
blocked: the preflight is refused, and the request is never sent

> OPTIONS https://localhost/items
> origin: https://app.example.com
> access-control-request-method: PUT
> access-control-request-headers: authorization
> sec-fetch-site: cross-site
< 405
< allow: GET

the browser's step that failed: access-control-allow-origin must be https://app.example.com or *
  https://fetch.spec.whatwg.org/#concept-cors-check

likely cause: the preflight is answered with 405, not by the CORS middleware, which does not cover this path; mount it outermost:
  let app = cors.wrap(app);
"
    );
    app.answer(&[(200, &[VARY])]);
    let fetch = browser.page(PAGE).fetch("GET", "/").header("authorization", "Bearer secret");
    let text = run(fetch.upload()).to_string();
    assert!(text.ends_with("say what to write\n") && !text.contains("secret"), "{text}");
}

#[test]
fn each_cause_says_what_to_do() {
    let text = |text: &str| text.to_owned();
    let url = || text("https://a.example/x");
    for (cause, is_mounting, expected) in [
        (
            Cause::PreflightNotCovered { status: 404 },
            true,
            "the preflight is answered with 404, not by the CORS middleware, which does not cover this path; mount it outermost",
        ),
        (
            Cause::PreflightNotCovered { status: 429 },
            true,
            "the preflight is answered with 429, not by the CORS middleware, but by a route that it does not cover or by a layer in front of it; mount it outermost",
        ),
        (
            Cause::PreflightUnauthorized { status: 401 },
            true,
            "the preflight is answered with 401 by authentication or another guard in front of the CORS middleware; preflights have no credentials, so mount the CORS middleware outermost",
        ),
        (
            Cause::PreflightRedirected { from: url(), to: Some(url() + "/") },
            true,
            "the preflight to https://a.example/x is redirected, which browsers do not follow; let the script use https://a.example/x/, or mount the CORS middleware outermost, in front of what redirects",
        ),
        (
            Cause::PreflightRedirected { from: url(), to: None },
            true,
            "the preflight to https://a.example/x is redirected, which browsers do not follow; let the script use the final URL, or mount the CORS middleware outermost, in front of what redirects",
        ),
        (
            Cause::ResponseNotCovered { status: 200 },
            true,
            "the response with status 200 has no CORS headers: the CORS middleware does not cover this path; mount it outermost",
        ),
        (
            Cause::ErrorNotCovered { status: 500 },
            true,
            "the response with status 500 has no CORS headers: it is made outside of the CORS middleware; mount it outermost, so that errors get headers too",
        ),
        (
            Cause::SeveralAllowOrigins { values: vec![text("*"), text("*")] },
            false,
            "access-control-allow-origin has 2 values (* and *): a second CORS layer, a handler or a proxy adds its own; leave one of them",
        ),
        (
            Cause::OverwrittenAllowOrigin { value: Some(text("*")) },
            false,
            "the preflight is allowed, but access-control-allow-origin of the response is *: a handler, an outer layer or a proxy writes its own; leave the header to the CORS middleware, and mount it outermost",
        ),
        (
            Cause::OverwrittenAllowOrigin { value: None },
            false,
            "the preflight is allowed, but the response has no access-control-allow-origin: an outer layer or a proxy removes it, or the response does not pass through the CORS middleware; mount it outermost",
        ),
        (
            Cause::AllowCredentialsRemoved,
            false,
            "the preflight is allowed with credentials, but the response has no access-control-allow-credentials: true; a handler, an outer layer or a proxy replaces the headers of the CORS middleware; leave them to it, and mount it outermost",
        ),
        (
            Cause::PreflightUnauthorized { status: 403 },
            true,
            "the preflight is answered with 403 by authentication or another guard in front of the CORS middleware, or by a policy that allows no origin; preflights have no credentials, so mount the CORS middleware outermost",
        ),
        (
            Cause::OtherAllowOrigin { value: text("https://b.example") },
            false,
            "access-control-allow-origin is https://b.example for a page of another origin: the policy allows that origin alone, or a handler or a proxy writes the header; list the page's origin in allow_origins, and leave the header to the CORS middleware",
        ),
        (
            Cause::AnyOriginWithCredentials,
            false,
            "the service allows every origin by *, which does not count with credentials; list the origins in allow_origins and set allow_credentials, or leave credentials out of the script",
        ),
        (
            Cause::OriginLostByRedirect { to: url() },
            false,
            "a redirect from another origin led to https://a.example/x, so the browser sends the origin null; let the script use https://a.example/x",
        ),
        (
            Cause::RefusedByPolicy,
            false,
            "the CORS middleware answers, and its policy does not allow this; `Policy::suggest_changes` and `cors explain` say what to write",
        ),
        (
            Cause::VaryRemoved { url: url() },
            false,
            "responses of https://a.example/x differ from page to page, but Vary does not list Origin, so a cache gives one page's response to another; an outer layer or a proxy replaces Vary, and should add to it",
        ),
    ] {
        assert_eq!(cause.to_string(), expected);
        assert_eq!(cause.is_mounting(), is_mounting, "{cause}");
    }
}
