//! What whoever listens to events is told. A test of its own, because `tracing` remembers for the
//! whole process whether anybody listens.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};

use cors_core::{Deployment, Policy, Request, RunTimeOrigins};
use http::header::{HeaderMap, HeaderValue, ORIGIN};

const APP: &str = "https://app.example";

fn policy() -> Policy {
    let policy = Policy::builder().allow_origins([APP]).allow_methods(["PUT"]);
    policy.next_rule().allow_origins_at_run_time(true).build().unwrap()
}

#[test]
fn refusals_are_events() {
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
    tracing::subscriber::with_default(subscriber, || {
        let candidate = Policy::builder().allow_origins([APP]).build().unwrap();
        let deployed = Deployment::new(policy()).report_only(candidate).compile::<HeaderValue>();
        let failing = RunTimeOrigins::async_predicate(|_, ()| async { Err("away") });
        for origin in [APP, "null\tx", "https://tenant.example"] {
            let headers = HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static(origin))]);
            if let Err(question) = deployed.decide_or_ask(Request::new("GET", &headers)) {
                let mut asking = pin!(failing.ask(question, &()));
                let mut cx = Context::from_waker(Waker::noop());
                while asking.as_mut().poll(&mut cx).is_pending() {}
            }
        }
    });
    let text = String::from_utf8(buffer.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<_> = text.lines().map(str::trim).collect();
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
