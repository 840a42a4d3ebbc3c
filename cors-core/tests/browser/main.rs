//! The browser for tests of applications, before applications that are lists of responses.

#![cfg(feature = "testing")]
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that panics has failed")]

mod causes;
mod fetches;

use std::collections::VecDeque;
use std::future::IntoFuture;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use cors_core::explain::{OutgoingRequest, Verdict};
use cors_core::testing::{AppResponse, Browser, Framework};

/// A status, 0 for no response, and header lines.
type Answer<'a> = (u16, &'a [(&'a str, &'a str)]);

/// An application that gives its answers in turn, and notes what it was asked.
#[derive(Default)]
struct App {
    answers: Mutex<VecDeque<(u16, AppResponse)>>,
    asked: Mutex<Vec<String>>,
}

struct Bare;

impl Framework<Arc<App>> for Bare {
    const MOUNTING: &'static str = "let app = cors.wrap(app);";

    async fn send(app: &Arc<App>, request: OutgoingRequest) -> Result<AppResponse, String> {
        let mut head = format!("{} {}", request.method(), request.target());
        for (name, value) in request.headers() {
            head += &format!("\n{name}: {value}");
        }
        if let Some(body) = request.body() {
            head += &format!("\n\n{}", String::from_utf8_lossy(body));
        }
        app.asked.lock().unwrap().push(head);
        match app.answers.lock().unwrap().pop_front() {
            Some((0, _)) | None => Err("the connection is closed".into()),
            Some((_, response)) => Ok(response),
        }
    }
}

impl App {
    fn answer(&self, answers: &[Answer<'_>]) {
        let answers = answers.iter().map(|(status, lines)| {
            (*status, AppResponse::new(*status, lines.iter().map(|(name, value)| (*name, *value))))
        });
        self.answers.lock().unwrap().extend(answers);
    }

    /// What was asked since the last time.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn open() -> (Arc<App>, Browser<Bare, Arc<App>>) {
    let app = Arc::new(App::default());
    (Arc::clone(&app), Browser::new(app))
}

/// Nothing here waits.
fn run(fetch: impl IntoFuture<Output = Verdict>) -> Verdict {
    let mut future = Box::pin(fetch.into_future());
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(verdict) => verdict,
        Poll::Pending => panic!("the application is always ready"),
    }
}
