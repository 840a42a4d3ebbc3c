//! What whoever listens to events is told.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Waker};

use cors_core::adapter::{Decision, Engine, RequestParts};
use cors_core::{Deployment, OriginPredicate, Policy, PolicyHandle};
use http::header::{HOST, HeaderMap, HeaderValue, ORIGIN};

const APP: &str = "https://app.example";

fn policy() -> Policy {
    let policy = Policy::builder().allow_origins([APP]).allow_methods(["PUT"]);
    policy.next_rule().allow_origins_by_predicate(true).build().unwrap()
}

/// Held by each test, because `tracing` remembers for the whole process whether anybody listens.
static ALONE: Mutex<()> = Mutex::new(());

/// What is told while `body` runs.
fn told_during(body: impl FnOnce()) -> Vec<String> {
    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let buffer = Buffer::default();
    let writer = buffer.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .without_time()
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, body);
    let text = String::from_utf8(buffer.0.lock().unwrap().clone()).unwrap();
    text.lines().map(|line| line.trim().to_owned()).collect()
}

/// Decides about a request, and lets the predicate decide if it is asked.
fn ask(engine: &Engine<HeaderValue>, predicate: &OriginPredicate<()>, headers: &HeaderMap) {
    if let Decision::Ask(question) = engine.decide(&RequestParts::new("GET", headers)) {
        let mut asking = pin!(predicate.ask(question, &()));
        let mut cx = Context::from_waker(Waker::noop());
        while asking.as_mut().poll(&mut cx).is_pending() {}
    }
}

#[test]
fn refusals_are_events() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let lines = told_during(|| {
        let candidate = Policy::builder().allow_origins([APP]).build().unwrap();
        let engine = Deployment::new(policy()).report_only(candidate).compile::<HeaderValue>();
        let failing = OriginPredicate::async_predicate(|_, ()| async { Err("away") });
        for origin in [APP, "null\tx", "https://tenant.example"] {
            let headers = HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static(origin))]);
            ask(&engine, &failing, &headers);
        }
    });
    assert_eq!(
        lines,
        [
            r"DEBUG cors: refused method=GET origin=null\tx reason=no rule allows this origin",
            "ERROR cors: the application failed to decide on an origin method=GET origin=https://tenant.example error=away",
            "DEBUG cors: refused method=GET origin=https://tenant.example reason=the application failed to say whether it allows this origin",
            "INFO cors: the candidate policy differs method=GET origin=https://tenant.example in_force=refused: the application failed to say whether it allows this origin; vary: Origin candidate=refused: no rule allows this origin; access-control-allow-origin: https://app.example",
        ]
    );
}

/// The methods differ, so that each policy is told from the others.
fn linted(method: &str) -> Policy {
    Policy::builder().allow_origins([APP]).allow_methods([method]).build().unwrap()
}

fn lint(method: &str, fields: &str) -> String {
    let event = format!("WARN cors: {} candidate=true", linted(method).lints().first().unwrap());
    event.replace(" candidate=true", fields)
}

#[test]
fn lints_are_told_once_for_each_policy() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let policy = linted("patch");
    // Nobody listens yet.
    drop(Deployment::from(policy.clone()).compile::<HeaderValue>());
    let lines = told_during(|| {
        // As actix does, which builds its application for each worker.
        for _ in 0..4 {
            drop(Deployment::from(policy.clone()).compile::<HeaderValue>());
            drop(Deployment::from(policy.clone()).compile::<Vec<u8>>());
        }
    });
    assert_eq!(lines, [lint("patch", "")]);
    assert_eq!(
        told_during(|| drop(Deployment::from(policy.clone()).compile::<HeaderValue>())),
        [""; 0]
    );
}

#[test]
fn lints_of_a_candidate_are_told() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let lines = told_during(|| {
        let deployment = Deployment::new(linted("patch")).report_only(linted("mkcol"));
        drop(deployment.compile::<HeaderValue>());
        drop(deployment.compile::<HeaderValue>());
    });
    assert_eq!(lines, [lint("patch", ""), lint("mkcol", " candidate=true")]);
}

#[test]
fn lints_of_a_policy_that_replaces_another_are_told() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let lines = told_during(|| {
        let handle = PolicyHandle::new(linted("patch"));
        let engine = Deployment::new(&handle).report_only(&handle).compile::<HeaderValue>();
        handle.replace(linted("mkcol"));
        handle.replace(linted("lock"));
        drop(Deployment::from(&handle).compile::<HeaderValue>());
        drop(engine);
    });
    assert_eq!(lines, [lint("patch", ""), lint("mkcol", ""), lint("lock", "")]);
}

/// A warning about own origins is about the deployment, which can have them.
#[test]
fn own_origins_of_a_deployment_are_not_missed() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let enforcing = |method: &str| {
        let policy = Policy::builder().allow_origins([APP]).enforce_origins(true);
        policy.allow_methods([method]).build().unwrap()
    };
    let own = ["https://bank.example"];
    let lines = told_during(|| {
        let first = Deployment::new(enforcing("PUT")).own_origins(own).unwrap();
        drop(first.compile::<HeaderValue>());
        let handle = PolicyHandle::new(enforcing("PUT"));
        let engine = Deployment::new(&handle).own_origins(own).unwrap().compile::<HeaderValue>();
        handle.replace(enforcing("DELETE"));
        let without = Deployment::new(&handle).compile::<HeaderValue>();
        handle.replace(enforcing("PATCH"));
        drop((engine, without));
    });
    // For each policy that is in force without them: DELETE and PATCH.
    assert_eq!(lines.len(), 2);
    let expected = "WARN cors: enforce_origins: without own_origins, ";
    assert!(lines.iter().all(|line| line.starts_with(expected)), "{lines:?}");
}

/// The name by which somebody calls the service.
#[test]
fn the_host_is_told() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let policy = Policy::none().enforce_origins(true).own_origins(["https://bank.example"]);
    let engine = Deployment::new(policy.build().unwrap()).compile::<HeaderValue>();
    let lines = told_during(|| {
        let host = HeaderValue::from_bytes(b"bank.svc\xe9").unwrap();
        let headers = HeaderMap::from_iter([(HOST, host)]);
        drop(engine.decide(&RequestParts::new("GET", &headers)));
    });
    let expected = r"DEBUG cors: refused method=GET host=bank.svc\xe9 reason=the request is for a host that own_origins does not list";
    assert_eq!(lines, [expected]);

    let engine = Deployment::new(self::policy()).compile::<HeaderValue>();
    let lines = told_during(|| {
        let failing = OriginPredicate::async_predicate(|_, ()| async { Err("away") });
        let origin = HeaderValue::from_static("https://tenant.example");
        let headers = [(HOST, HeaderValue::from_static("a.example")), (ORIGIN, origin)];
        ask(&engine, &failing, &HeaderMap::from_iter(headers));
    });
    let expected = "ERROR cors: the application failed to decide on an origin method=GET host=a.example origin=https://tenant.example error=away";
    assert_eq!(lines.first().map(String::as_str), Some(expected));
}

#[test]
fn of_many_lints_the_first_are_told() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let twice = (0..100).chain(0..100).map(|n| format!("https://a{n}.example"));
    let policy = Policy::builder().allow_origins(twice).build().unwrap();
    assert_eq!(policy.lints().len(), 100);
    let lines = told_during(|| drop(Deployment::new(policy).compile::<HeaderValue>()));
    assert_eq!(lines.len(), 51);
    assert_eq!(lines[50], "WARN cors: 50 more warnings");
}
