//! What observers are told, and whoever listens to events.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::convert::Infallible;
use std::error::Error;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use cors_core::adapter::{Decision, Engine, RequestParts};
use cors_core::{
    Deployment, ObservedRequest, Observer, Origin, OriginPredicate, Outcome, Policy, PolicyHandle,
    PolicyVersion, Refusal,
};
use http::{HeaderMap, HeaderValue};

/// Notes what it is told, in words.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Notes {
    fn note(&self, what: &str, request: &ObservedRequest<'_>, more: &str) {
        let origin = request.origin().map_or_else(|| "no origin".into(), |o| o.to_string());
        let requested = request.requested_method().map(|method| format!(" for {method}"));
        let requested = requested.unwrap_or_default();
        let rule = request.rule().map(|rule| format!(" by rule {rule}")).unwrap_or_default();
        let method = request.method();
        self.0.lock().unwrap().push(format!("{what} {method}{requested} {origin}{rule}{more}"));
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Observer for Notes {
    fn allowed(&self, request: &ObservedRequest<'_>) {
        self.note("allowed", request, "");
    }

    fn refused(&self, request: &ObservedRequest<'_>, refusal: Refusal) {
        self.note("refused", request, &format!(": {refusal}"));
    }

    fn differed(&self, request: &ObservedRequest<'_>, in_force: &Outcome, candidate: &Outcome) {
        self.note("differed", request, &format!(": {in_force} | {candidate}"));
    }

    fn failed(&self, request: &ObservedRequest<'_>, error: &(dyn Error + 'static)) {
        self.note("failed", request, &format!(": {error}"));
    }
}

const APP: &str = "https://app.example";

fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    lines.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

fn policy() -> Policy {
    let policy = Policy::builder().allow_origins([APP]).allow_methods(["PUT"]);
    policy.next_rule().allow_origins_by_predicate(true).build().unwrap()
}

fn deploy(deployment: Deployment) -> (Engine<HeaderValue>, Arc<Notes>) {
    let notes = Arc::new(Notes::default());
    (deployment.observe(notes.clone()).compile(), notes)
}

/// The decision of a deployment that asks `origins`.
fn decide(
    engine: &Engine<HeaderValue>,
    origins: &OriginPredicate<()>,
    method: &str,
    lines: &[(&'static str, &str)],
) -> Decision<HeaderValue> {
    match engine.decide(&RequestParts::new(method, &headers(lines))) {
        Decision::Ask(question) => {
            let mut asking = origins.clone().ask(question, &());
            let mut cx = Context::from_waker(Waker::noop());
            loop {
                if let Poll::Ready(decision) = std::pin::Pin::new(&mut asking).poll(&mut cx) {
                    return decision;
                }
            }
        }
        decision => decision,
    }
}

fn nobody() -> OriginPredicate<()> {
    OriginPredicate::default()
}

#[test]
fn requests_with_an_origin_are_counted() {
    let (engine, notes) = deploy(policy().into());
    let send = |method, lines: &[_]| drop(decide(&engine, &nobody(), method, lines));
    send("GET", &[]);
    assert_eq!(notes.take(), [""; 0]);
    send("GET", &[("origin", APP)]);
    assert_eq!(notes.take(), ["allowed GET https://app.example by rule 0"]);
    send("OPTIONS", &[("origin", APP), ("access-control-request-method", "DELETE")]);
    assert_eq!(
        notes.take(),
        [
            "refused OPTIONS for DELETE https://app.example by rule 0: the rule does not allow this method"
        ]
    );
    send("GET", &[("origin", "null")]);
    assert_eq!(notes.take(), ["refused GET null: no rule allows this origin"]);
    // Pages of the service itself are refused nothing, though no rule lists them.
    let (engine, notes) = deploy(Policy::builder().allow_origins([APP]).build().unwrap().into());
    let own = ("origin", "https://api.example");
    drop(decide(&engine, &nobody(), "POST", &[own, ("host", "api.example")]));
    assert_eq!(notes.take(), ["allowed POST https://api.example"]);
    drop(decide(&engine, &nobody(), "POST", &[own, ("host", "other.example")]));
    assert_eq!(notes.take(), ["refused POST https://api.example: no rule allows this origin"]);
}

#[test]
fn what_a_request_sends_is_escaped_and_cut() {
    let (engine, notes) = deploy(policy().into());
    let mut request = HeaderMap::new();
    let bytes = [b"\x80\t\"".as_slice(), &[b'a'; 200]].concat();
    request.insert("origin", HeaderValue::from_bytes(&bytes).unwrap());
    drop(engine.decide(&RequestParts::new("GET", &request)));
    let expected = format!("refused GET \\x80\\t\\\"{}...: no rule", "a".repeat(125));
    let notes = notes.take();
    assert!(notes.iter().any(|note| note.starts_with(&expected)), "{notes:?}");
}

#[test]
fn answers_failures_and_panics_of_the_application_are_told() {
    let (engine, notes) = deploy(policy().into());
    let lines = [("origin", "https://tenant.example")];
    let tell = |origins: OriginPredicate<()>| {
        let decision = decide(&engine, &origins, "GET", &lines);
        (decision.refusal(), notes.take())
    };

    let (refusal, notes) = tell(OriginPredicate::predicate(|origin, ()| {
        assert_eq!((origin.scheme(), origin.port()), ("https", None));
        origin.host() == "tenant.example"
    }));
    assert_eq!(refusal, None);
    assert_eq!(notes, ["allowed GET https://tenant.example by rule 1"]);

    let (refusal, notes) = tell(OriginPredicate::predicate(|_, ()| false));
    assert_eq!(refusal, Some(Refusal::OriginNotAllowed));
    assert_eq!(notes, ["refused GET https://tenant.example: no rule allows this origin"]);

    let (refusal, notes) = tell(OriginPredicate::async_predicate(|_, ()| async { Err("away") }));
    assert_eq!(refusal, Some(Refusal::OriginCheckFailed));
    let refused = "refused GET https://tenant.example: the application failed to say whether it allows this origin";
    assert_eq!(notes, ["failed GET https://tenant.example: away", refused]);

    let panics = |_: Origin<'_>, (): &()| -> std::future::Ready<Result<bool, Infallible>> {
        std::panic::resume_unwind(Box::new("no luck"))
    };
    let (refusal, notes) = tell(OriginPredicate::async_predicate(panics));
    assert_eq!(refusal, Some(Refusal::OriginCheckFailed));
    assert_eq!(notes, ["failed GET https://tenant.example: panicked: no luck", refused]);

    let panics_later = |_: Origin<'_>, (): &()| async {
        if true {
            std::panic::resume_unwind(Box::new("bad luck".to_owned()));
        }
        Ok::<_, Infallible>(true)
    };
    let (refusal, notes) = tell(OriginPredicate::async_predicate(panics_later));
    assert_eq!(refusal, Some(Refusal::OriginCheckFailed));
    assert_eq!(notes, ["failed GET https://tenant.example: panicked: bad luck", refused]);

    let (refusal, notes) = tell(nobody());
    assert_eq!(refusal, Some(Refusal::OriginNotAsked));
    assert_eq!(
        notes,
        [
            "refused GET https://tenant.example: a rule leaves this origin to the application, which is not asked; give the adapter its origin_predicate"
        ]
    );
}

#[test]
fn a_candidate_is_compared_and_changes_nothing() {
    let candidate = Policy::builder().allow_origins([APP]).enforce_origins(true).build().unwrap();
    let (engine, notes) = deploy(Deployment::new(policy()).report_only(candidate));
    let (plain, _) = deploy(policy().into());
    let anyone = OriginPredicate::predicate(|_, ()| true);
    let differs = |method, lines: &[(&'static str, &str)]| {
        let apply = |engine| {
            let mut response = HeaderMap::new();
            decide(engine, &anyone, method, lines).headers().apply(&mut response);
            response
        };
        assert_eq!(apply(&engine), apply(&plain));
        notes.take().into_iter().filter(|note| note.starts_with("differed")).collect::<Vec<_>>()
    };

    // Caches apart, both do the same.
    assert_eq!(differs("GET", &[]), [""; 0]);
    assert_eq!(differs("GET", &[("origin", APP)]), [""; 0]);
    assert_eq!(
        differs("GET", &[("origin", "https://tenant.example")]),
        [
            "differed GET https://tenant.example by rule 1: allowed; access-control-allow-origin: https://tenant.example; vary: Origin | refused: no rule allows this origin; 403; cache-control: no-store; vary: Origin, Sec-Fetch-Site"
        ]
    );
    assert_eq!(
        differs("OPTIONS", &[("origin", APP), ("access-control-request-method", "GET")]),
        [
            "differed OPTIONS for GET https://app.example by rule 0: allowed; 204; access-control-allow-origin: https://app.example; access-control-allow-methods: PUT; vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers | allowed; 204; access-control-allow-origin: https://app.example; vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
        ]
    );
}

#[test]
fn candidates_are_compared_on_requests_without_an_origin() {
    let listed = || Policy::builder().allow_origins([APP, "https://b.example"]);
    let candidate = listed().enforce_origins(true).build().unwrap();
    let in_force = listed().build().unwrap();
    let (engine, notes) = deploy(Deployment::new(in_force).report_only(candidate));
    drop(decide(&engine, &nobody(), "POST", &[("sec-fetch-site", "cross-site")]));
    assert_eq!(
        notes.take(),
        [
            "differed POST no origin: allowed; vary: Origin | refused: the request comes from another origin and does not name it; 403; cache-control: no-store; vary: Origin, Sec-Fetch-Site"
        ]
    );
}

/// Differences that only caches see are not reported, or one more origin would be reported on
/// every request.
#[test]
fn candidates_are_compared_as_browsers_see_them() {
    let builder = || Policy::builder().allow_methods(["PUT", "GET"]).expose_headers(["x-a", "x-b"]);
    let reordered = Policy::builder().allow_methods(["PUT"]).expose_headers(["x-b", "x-a"]);
    let preflight = [("origin", APP), ("access-control-request-method", "PUT")];
    let two = || builder().allow_origins([APP, "https://b.example"]);
    for (candidate, app_differs, other_differs) in [
        (two(), false, false),
        (builder().allow_origins(["*"]), false, true),
        (reordered.allow_origins([APP]), false, false),
        (builder().allow_origins(["https://b.example"]), true, false),
        (builder().allow_origins([APP]).allow_credentials(true), true, false),
    ] {
        let in_force = builder().allow_origins([APP]).build().unwrap();
        let deployment = Deployment::new(in_force).report_only(candidate.build().unwrap());
        let (engine, notes) = deploy(deployment);
        for (method, lines, differs) in [
            ("GET", &[][..], false),
            ("GET", &[("origin", APP)], app_differs),
            ("GET", &[("origin", "https://c.example")], other_differs),
            ("OPTIONS", &preflight, app_differs),
        ] {
            drop(decide(&engine, &nobody(), method, lines));
            let notes = notes.take();
            let is_told = notes.iter().any(|note| note.starts_with("differed"));
            assert_eq!(is_told, differs, "{method} {lines:?}: {notes:?}");
        }
    }
    // Of a page of the service itself, only what reaches the service counts.
    let in_force = || Policy::builder().allow_origins([APP]).build().unwrap();
    let enforcing = Policy::builder().allow_origins([APP]).enforce_origins(true).build().unwrap();
    let (engine, notes) = deploy(Deployment::new(in_force()).report_only(enforcing));
    let own = [("origin", "https://svc.example"), ("sec-fetch-site", "same-origin")];
    let other = [("origin", "https://svc.example"), ("sec-fetch-site", "cross-site")];
    for (lines, differs) in [(&own, false), (&other, true)] {
        drop(decide(&engine, &nobody(), "POST", lines));
        assert_eq!(notes.take().iter().any(|note| note.starts_with("differed")), differs);
    }
    // Two refused preflights are alike, whatever they list.
    let listed = |methods: &[&str]| builder().allow_origins([APP]).allow_methods(methods.to_vec());
    let candidate = listed(&["PATCH"]).build().unwrap();
    let (engine, notes) =
        deploy(Deployment::new(listed(&[]).build().unwrap()).report_only(candidate));
    let delete = [("origin", APP), ("access-control-request-method", "DELETE")];
    drop(decide(&engine, &nobody(), "OPTIONS", &delete));
    assert!(notes.take().iter().all(|note| !note.starts_with("differed")));
    // What only an upload notices is a difference too.
    let bare = Policy::builder().allow_origins([APP]).build().unwrap();
    let listed = Policy::builder().allow_origins([APP]).allow_methods(["GET"]).build().unwrap();
    let (engine, notes) = deploy(Deployment::new(bare).report_only(listed));
    let post = [("origin", APP), ("access-control-request-method", "POST")];
    drop(decide(&engine, &nobody(), "OPTIONS", &post));
    assert!(notes.take().iter().any(|note| note.starts_with("differed")));
}

#[test]
fn a_candidate_asks_nobody_but_hears_what_was_said() {
    let same = Deployment::new(policy()).report_only(policy());
    let (engine, notes) = deploy(same);
    for allows in [true, false] {
        let origins = OriginPredicate::predicate(move |_, ()| allows);
        drop(decide(&engine, &origins, "GET", &[("origin", "https://tenant.example")]));
    }
    let failing = OriginPredicate::async_predicate(|_, ()| async { Err("away") });
    drop(decide(&engine, &failing, "GET", &[("origin", "https://tenant.example")]));
    drop(decide(&engine, &nobody(), "GET", &[("origin", "https://tenant.example")]));
    assert!(notes.take().iter().all(|note| !note.starts_with("differed")));

    let static_policy = Policy::builder().allow_origins([APP]).build().unwrap();
    let (engine, notes) = deploy(Deployment::new(static_policy).report_only(policy()));
    drop(decide(&engine, &nobody(), "GET", &[("origin", "https://tenant.example")]));
    assert_eq!(
        notes.take(),
        [
            "refused GET https://tenant.example: no rule allows this origin",
            "differed GET https://tenant.example: refused: no rule allows this origin; access-control-allow-origin: https://app.example | left to the application",
        ]
    );
}

#[test]
fn a_deployment_prints_its_policies() {
    let candidate = Policy::builder().allow_origins(["https://b.example"]).build().unwrap();
    let deployment = Deployment::new(policy()).report_only(candidate);
    let printed = format!("{deployment:?}");
    assert!(printed.contains(APP) && printed.contains("https://b.example"), "{printed}");
    let engine = deployment.compile::<HeaderValue>();
    let printed = format!("{engine:?}");
    assert!(printed.contains(APP), "{printed}");
    let request = headers(&[("origin", "https://tenant.example")]);
    let Decision::Ask(question) = engine.decide(&RequestParts::new("GET", &request)) else {
        panic!("the origin is listed");
    };
    let printed = format!("{question:?} {:?}", nobody());
    assert!(printed.contains("tenant.example"), "{printed}");
    assert!(printed.contains("OriginPredicate"), "{printed}");
    assert!(format!("{:?}", nobody().ask(question, &())).contains("Asking"));
}

#[test]
fn what_is_told_can_be_printed_and_compared() {
    #[derive(Default)]
    struct Told(Mutex<Vec<(String, Outcome, Outcome)>>);

    impl Observer for Told {
        fn differed(&self, request: &ObservedRequest<'_>, in_force: &Outcome, candidate: &Outcome) {
            let told = (format!("{request:?}"), in_force.clone(), candidate.clone());
            self.0.lock().unwrap().push(told);
        }
    }

    let told = Arc::new(Told::default());
    let candidate = Policy::builder().allow_origins(["https://b.example"]).enforce_origins(true);
    let engine = Deployment::new(policy())
        .report_only(candidate.build().unwrap())
        .observe(told.clone())
        .compile::<HeaderValue>();
    drop(decide(&engine, &nobody(), "GET", &[("origin", APP)]));
    let tenant = [("origin", "https://tenant.example")];
    drop(decide(&engine, &nobody(), "GET", &tenant));
    let listed = Policy::builder().allow_origins([APP]).build().unwrap();
    let engine = Deployment::new(listed).report_only(policy()).observe(told.clone());
    drop(decide(&engine.compile(), &nobody(), "GET", &tenant));

    let told = told.0.lock().unwrap();
    let [(request, in_force, candidate), (_, unasked, _), (_, _, asking)] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(
        request,
        r#"ObservedRequest { method: "GET", host: None, origin: Some("https://app.example"), requested_method: None, rule: Some(0), policy_version: fb84124fec73c388 }"#
    );
    assert_eq!((in_force.status(), in_force.refusal(), in_force.asks()), (None, None, false));
    let allow_origin = ("access-control-allow-origin", APP.to_owned());
    assert!(in_force.headers().contains(&allow_origin), "{in_force}");
    assert_eq!(candidate.status(), Some(403));
    assert_eq!(candidate.refusal(), Some(Refusal::OriginNotAllowed));
    assert_eq!(unasked.refusal(), Some(Refusal::OriginNotAsked));
    assert!(asking.asks());
}

/// Remembers the versions of the policies that governed requests.
#[derive(Default)]
struct Versions(Mutex<Vec<PolicyVersion>>);

impl Observer for Versions {
    fn allowed(&self, request: &ObservedRequest<'_>) {
        self.0.lock().unwrap().push(request.policy_version());
    }

    fn refused(&self, request: &ObservedRequest<'_>, _: Refusal) {
        self.0.lock().unwrap().push(request.policy_version());
    }
}

#[test]
fn observers_know_the_version_that_governed_a_request() {
    let (old, new) = (policy(), Policy::none().build().unwrap());
    let handle = PolicyHandle::new(old.clone());
    let versions = Arc::new(Versions::default());
    let candidate = Policy::any_origin().build().unwrap();
    let deployment = Deployment::new(&handle).report_only(candidate).observe(versions.clone());
    let engine = deployment.compile::<HeaderValue>();
    drop(decide(&engine, &nobody(), "GET", &[("origin", APP)]));
    // The policy is replaced while the application is asked.
    let tenant = headers(&[("origin", "https://tenant.example")]);
    let decision = engine.decide(&RequestParts::new("GET", &tenant));
    handle.replace(new.clone());
    let Decision::Ask(question) = decision else { panic!("{decision:?}") };
    drop(question.refuse());
    drop(decide(&engine, &nobody(), "GET", &[("origin", APP)]));
    assert_eq!(*versions.0.lock().unwrap(), [old.version(), old.version(), new.version()]);
}
