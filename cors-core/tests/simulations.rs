//! What a verdict tells of a browser's way through the standard, word for word.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use cors_core::explain::{Access, BrowserRequest, Cause, SuggestionError, Verdict};
use cors_core::{Policy, Refusal};

fn listed() -> Policy {
    let policy = Policy::builder()
        .allow_origins(["https://a.example"])
        .allow_methods(["PUT"])
        .allow_headers(["x-a"])
        .expose_headers(["ETag", "x-b"]);
    policy.build().unwrap()
}

fn any() -> Policy {
    let policy = Policy::any_origin().allow_methods(["*"]).allow_headers(["*"]);
    policy.expose_headers(["*"]).build().unwrap()
}

fn request() -> BrowserRequest {
    BrowserRequest::new("https://a.example")
}

const NO_PREFLIGHT: &str = "the method and headers take no preflight";
const ORIGIN: &str = "access-control-allow-origin must be https://a.example or *";
const STATUS: &str = "the preflight's status, 204, must be from 200 to 299";
const METHOD: &str =
    "the method GET must be safelisted, or listed in access-control-allow-methods, by name or by *";

/// The steps, of which only the last may fail.
fn steps(verdict: &Verdict) -> Vec<&str> {
    let (last, others) = verdict.steps().split_last().unwrap();
    assert!(others.iter().all(|step| step.passed()));
    assert_eq!(last.passed(), verdict.is_allowed());
    for step in verdict.steps() {
        assert!(step.standard().starts_with("https://fetch.spec.whatwg.org/#"));
    }
    verdict.steps().iter().map(|step| step.text()).collect()
}

fn lines<N: std::fmt::Display>(lines: &[(N, String)]) -> Vec<String> {
    lines.iter().map(|(name, value)| format!("{name}: {value}")).collect()
}

#[test]
fn every_step_is_told() {
    use Access::{Allowed, BlockedAfterResponse, BlockedByPreflight, Unsendable};

    for (policy, request, access, expected) in [
        (listed(), request(), Allowed, &[NO_PREFLIGHT, ORIGIN][..]),
        (
            listed(),
            request().credentials(true),
            BlockedAfterResponse,
            &[
                NO_PREFLIGHT,
                "access-control-allow-origin must be https://a.example; with credentials * does not count",
                "access-control-allow-credentials must be true",
            ],
        ),
        (
            listed(),
            BrowserRequest::new("https://b.example"),
            BlockedAfterResponse,
            &[NO_PREFLIGHT, "access-control-allow-origin must be https://b.example or *"],
        ),
        (
            listed(),
            request().method("put").header("X-A", "1"),
            Allowed,
            &[
                "the method PUT takes a preflight",
                ORIGIN,
                STATUS,
                "the method PUT must be safelisted, or listed in access-control-allow-methods, by name or by *",
                "the header x-a must be listed in access-control-allow-headers, by name or by *",
                ORIGIN,
            ],
        ),
        (
            listed(),
            request().method("PATCH"),
            BlockedByPreflight,
            &[
                "the method PATCH takes a preflight",
                ORIGIN,
                STATUS,
                "the method PATCH must be safelisted, or listed in access-control-allow-methods, by name or by *",
            ],
        ),
        // What the preflight lists counts, even if it would do without a list.
        (
            listed(),
            request().method("PATCH").upload(true),
            BlockedByPreflight,
            &[
                "the method PATCH takes a preflight",
                ORIGIN,
                STATUS,
                "the method PATCH must be safelisted, or listed in access-control-allow-methods, by name or by *",
            ],
        ),
        (
            listed(),
            request().header("x-b", "1").header("x-a", "1"),
            BlockedByPreflight,
            &[
                "these headers take a preflight: x-a, x-b",
                ORIGIN,
                STATUS,
                METHOD,
                "the header x-a must be listed in access-control-allow-headers, by name or by *",
                "the header x-b must be listed in access-control-allow-headers, by name or by *",
            ],
        ),
        (
            listed(),
            request().upload(true),
            Allowed,
            &[
                "an upload that is streamed or watched takes a preflight",
                ORIGIN,
                STATUS,
                METHOD,
                ORIGIN,
            ],
        ),
        (
            any(),
            request().method("PUT").header("x-a", "1"),
            Allowed,
            &[
                "the method PUT takes a preflight",
                ORIGIN,
                STATUS,
                "the method PUT must be safelisted, or listed in access-control-allow-methods, by name or by *",
                "the header x-a must be listed in access-control-allow-headers, by name or by *",
                ORIGIN,
            ],
        ),
        (
            any(),
            request().header("authorization", "Bearer x"),
            BlockedByPreflight,
            &[
                "these headers take a preflight: authorization",
                ORIGIN,
                STATUS,
                METHOD,
                "the header authorization must be named in access-control-allow-headers, where * does not cover it",
            ],
        ),
        (
            any(),
            request().method("TRACE"),
            Unsendable,
            &["no script can use this method, or a header with this name or value"],
        ),
    ] {
        let verdict = policy.simulate(&request);
        assert_eq!(verdict.access(), access, "{request:?}");
        assert_eq!(steps(&verdict), expected, "{request:?}");
    }
}

#[test]
fn access_is_told() {
    for (access, text) in [
        (Access::Allowed, "allowed: the script gets the response"),
        (Access::Unsendable, "blocked: browsers let no script send this"),
        (
            Access::BlockedByPreflight,
            "blocked: the preflight is refused, and the request is never sent",
        ),
        (
            Access::BlockedAfterResponse,
            "blocked: the request reaches the service, but the script gets an error",
        ),
    ] {
        assert_eq!(access.to_string(), text);
    }
}

#[test]
fn what_is_sent_and_answered_is_told() {
    let verdict = listed().simulate(&request().method("PUT").header("X-A", "1"));
    let preflight = verdict.preflight().unwrap();
    assert_eq!((preflight.method(), preflight.status()), ("OPTIONS", Some(204)));
    assert_eq!(preflight.refusal(), None);
    assert_eq!(
        lines(preflight.request_headers()),
        [
            "origin: https://a.example",
            "access-control-request-method: PUT",
            "access-control-request-headers: x-a",
        ]
    );
    assert_eq!(
        lines(&preflight.response_headers()),
        [
            "access-control-allow-origin: https://a.example",
            "access-control-allow-methods: PUT",
            "access-control-allow-headers: x-a",
            "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        ]
    );
    let actual = verdict.actual().unwrap();
    assert_eq!((actual.method(), actual.status()), ("PUT", None));
    assert_eq!(lines(actual.request_headers()), ["x-a: 1", "origin: https://a.example"]);
    assert_eq!(
        lines(&actual.response_headers()),
        [
            "access-control-allow-origin: https://a.example",
            "access-control-expose-headers: etag,x-b",
        ]
    );

    // What is not configured is not sent.
    let bare = Policy::builder().allow_origins(["https://a.example"]).build().unwrap();
    let verdict = bare.simulate(&request().upload(true));
    assert_eq!(
        lines(&verdict.preflight().unwrap().response_headers()),
        [
            "access-control-allow-origin: https://a.example",
            "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
        ]
    );

    let refused = listed().simulate(&request().method("PATCH"));
    let preflight = refused.preflight().unwrap();
    assert_eq!(preflight.status(), Some(204));
    assert_eq!(preflight.refusal(), Some(Refusal::MethodNotAllowed));
    assert!(refused.actual().is_none());
}

#[test]
fn what_a_script_can_read_is_told() {
    let readable = |policy: &Policy, request: &BrowserRequest| {
        let verdict = policy.simulate(request);
        let names = ["Content-Type", "ETag", "x-b", "x-c", "Set-Cookie"];
        names.into_iter().filter(|name| verdict.can_read(name)).collect::<Vec<_>>()
    };
    let read = request();
    assert_eq!(readable(&listed(), &read), ["Content-Type", "ETag", "x-b"]);
    assert_eq!(readable(&any(), &read), ["Content-Type", "ETag", "x-b", "x-c"]);
    assert_eq!(readable(&any(), &read.credentials(true)), [""; 0]);
    let nothing_exposed = Policy::any_origin().build().unwrap();
    assert_eq!(readable(&nothing_exposed, &request()), ["Content-Type"]);
}

#[test]
fn an_enforced_refusal_never_reaches_the_service() {
    let builder = || Policy::builder().allow_origins(["https://a.example"]);
    let request = BrowserRequest::new("https://b.example").method("POST");
    for (enforces, access, status) in
        [(false, Access::BlockedAfterResponse, None), (true, Access::BlockedByService, Some(403))]
    {
        let policy = builder().enforce_origins(enforces).build().unwrap();
        let verdict = policy.simulate(&request);
        assert_eq!(verdict.access(), access);
        let actual = verdict.actual().unwrap();
        assert_eq!(actual.status(), status);
        assert_eq!(actual.refusal(), Some(Refusal::OriginNotAllowed));
    }
}

#[test]
fn a_page_may_do_anything_at_its_own_origin() {
    let policy = Policy::builder()
        .allow_origins(["https://a.example", "http://localhost:5173"])
        .enforce_origins(true)
        .own_origins(["https://bank.example", "http://localhost:*"])
        .build()
        .unwrap();
    let own = BrowserRequest::new("https://bank.example").method("PUT").header("x-a", "1");
    let verdict = policy.simulate(&own);
    assert!(verdict.is_allowed() && verdict.preflight().is_none());
    assert!(verdict.can_read("x-request-id") && !verdict.can_read("set-cookie"));
    assert_eq!(policy.suggest_changes(&own).unwrap().changes(), []);
    // At another host it is a page like any other.
    assert_eq!(policy.simulate(&own.host("localhost")).access(), Access::BlockedByPreflight);
    // Whatever is allowed too is taken for a page that calls another server, unless a host is given.
    let allowed = BrowserRequest::new("http://localhost:5173").method("PUT");
    assert_eq!(policy.simulate(&allowed).access(), Access::BlockedByPreflight);
    assert!(policy.simulate(&allowed.host("localhost:5173")).is_allowed());
    // Without Sec-Fetch-Site, which is not sent over plain http, the host tells.
    let plain = Policy::none().enforce_origins(true).own_origins(["http://intranet:8080"]);
    let request = BrowserRequest::new("http://intranet:8080").method("POST");
    let verdict = plain.build().unwrap().simulate(&request);
    assert!(verdict.is_allowed());
    let sent = verdict.actual().unwrap().request_headers();
    assert_eq!(lines(sent), ["host: intranet:8080", "origin: http://intranet:8080"]);
}

#[test]
fn a_request_for_a_foreign_host_never_reaches_the_service() {
    let policy = Policy::loopback().enforce_origins(true).build().unwrap();
    let rebinding = BrowserRequest::new("http://evil.example:3000").host("evil.example:3000");
    for (method, status, refusal) in
        [("GET", 421, Refusal::Misdirected), ("POST", 403, Refusal::OriginNotAllowed)]
    {
        let request = rebinding.clone().method(method);
        let verdict = policy.simulate(&request);
        assert_eq!(verdict.access(), Access::BlockedByService);
        let actual = verdict.actual().unwrap();
        assert_eq!((actual.status(), actual.refusal()), (Some(status), Some(refusal)));
        assert_eq!(policy.suggest_changes(&request), Err(SuggestionError::ForeignHost));
    }
    let allowed = BrowserRequest::new("http://localhost:5173").host("my-laptop:3000");
    assert_eq!(policy.simulate(&allowed).actual().unwrap().status(), Some(421));
    assert_eq!(policy.suggest_changes(&allowed), Err(SuggestionError::ForeignHost));
    assert!(policy.simulate(&allowed.host("127.0.0.1:3000")).is_allowed());
}

#[test]
fn a_page_at_the_host_of_the_service_is_not_proposed_as_an_own_origin() {
    let policy = Policy::none().enforce_origins(true).own_origins(["https://bank.example"]);
    let policy = policy.build().unwrap();
    for (origin, host) in [
        ("http://bank.example", "bank.example"),
        ("https://bank.example:8443", "bank.example:8443"),
    ] {
        let request = BrowserRequest::new(origin).host(host).method("POST");
        assert_eq!(policy.suggest_changes(&request), Err(SuggestionError::OwnHost), "{origin}");
    }
}

#[test]
fn a_request_can_be_one_that_the_application_allows() {
    let policy =
        Policy::builder().allow_origins_by_predicate(true).allow_methods(["PUT"]).build().unwrap();
    let request = BrowserRequest::new("https://tenant.example").method("PUT");
    assert!(!policy.simulate(&request).is_allowed());
    assert!(policy.simulate(&request.clone().allowed_by_predicate(true)).is_allowed());
    let other_method = request.method("DELETE").allowed_by_predicate(true);
    let verdict = policy.simulate(&other_method);
    assert_eq!(verdict.preflight().unwrap().refusal(), Some(Refusal::MethodNotAllowed));
}

#[test]
fn a_policy_has_causes_too() {
    let closed = Policy::none().enforce_origins(true).build().unwrap();
    let one = Policy::builder().allow_origins(["https://b.example"]).build().unwrap();
    let two = Policy::builder().allow_origins(["https://b.example", "https://c.example"]);
    let two = two.build().unwrap();
    let other = Cause::OtherAllowOrigin { value: "https://b.example".into() };
    for (policy, request, causes) in [
        (listed(), request(), &[][..]),
        (listed(), request().method("PATCH"), &[Cause::RefusedByPolicy]),
        (listed(), request().credentials(true), &[Cause::RefusedByPolicy]),
        (closed.clone(), request().method("PUT"), &[Cause::RefusedByPolicy]),
        (closed, request(), &[Cause::RefusedByPolicy]),
        (two.clone(), request(), &[Cause::RefusedByPolicy]),
        (two, request().method("PUT"), &[Cause::RefusedByPolicy]),
        (one, request(), &[other]),
        (any(), request().credentials(true), &[Cause::AnyOriginWithCredentials]),
        (any(), request().method("TRACE"), &[]),
    ] {
        let verdict = policy.simulate(&request);
        assert_eq!(verdict.causes(), causes, "{request:?}");
    }
}
