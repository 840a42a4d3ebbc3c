//! A server with one text, with an `ETag` and without.

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use libtest_mimic::Trial;
use tokio::runtime::Runtime;

use crate::wait::until;
use crate::{Source, ports, scenarios};

/// Starts and stops with its runtime.
struct Url {
    port: u16,
    object: Arc<Object>,
    runtime: Option<Runtime>,
}

struct Object {
    text: Mutex<String>,
    has_etag: bool,
    requests: AtomicUsize,
    /// How many of them were answered without the text.
    unchanged: AtomicUsize,
}

pub(crate) fn trials() -> Vec<Trial> {
    let with_etag = scenarios::trials("url", || Url::new(true));
    with_etag.into_iter().chain(scenarios::trials("url_without_etag", || Url::new(false))).collect()
}

impl Url {
    fn new(has_etag: bool) -> Result<Self, String> {
        let (text, requests, unchanged) = Default::default();
        let object = Arc::new(Object { text, has_etag, requests, unchanged });
        let mut url = Self { port: ports::free(), object, runtime: None };
        url.start().map_err(|error| error.to_string())?;
        Ok(url)
    }
}

impl Source for Url {
    fn location(&self) -> String {
        format!("http://127.0.0.1:{}/cors/policy.toml", self.port)
    }

    fn put(&mut self, text: &str) {
        text.clone_into(&mut self.object.text.lock().expect("no panic"));
    }

    fn stop(&mut self) {
        self.runtime.take().expect("it runs").shutdown_background();
        // The port is free once the server has dropped its listener.
        until("the port is free", || TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).ok());
    }

    fn start(&mut self) -> io::Result<()> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port))?;
        listener.set_nonblocking(true)?;
        let app = Router::new().route("/cors/policy.toml", get(object));
        let app = app.with_state(self.object.clone());
        let runtime = Runtime::new()?;
        runtime.spawn(async move {
            axum::serve(tokio::net::TcpListener::from_std(listener)?, app).await
        });
        self.runtime = Some(runtime);
        Ok(())
    }

    /// The four services ask without end.
    fn repeat(&mut self) {
        let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        let (start, unchanged) = (count(&self.object.requests), count(&self.object.unchanged));
        until("requests", || (count(&self.object.requests) >= start + 40).then_some(()));
        let is_told = count(&self.object.unchanged) > unchanged;
        assert_eq!(is_told, self.object.has_etag, "a service that knows the text is not sent it");
    }
}

async fn object(State(object): State<Arc<Object>>, headers: HeaderMap) -> Response {
    let text = object.text.lock().expect("no panic").clone();
    object.requests.fetch_add(1, Ordering::Relaxed);
    if !object.has_etag {
        return text.into_response();
    }
    let etag = format!("\"{}\"", text.trim().replace('"', "'"));
    if headers.get(IF_NONE_MATCH).is_some_and(|value| value == etag.as_str()) {
        object.unchanged.fetch_add(1, Ordering::Relaxed);
        return StatusCode::NOT_MODIFIED.into_response();
    }
    ([(ETAG, etag)], text).into_response()
}
