//! A running server, and a client that sends whatever headers a test writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::middleware::{Next, from_fn};
use http_body_util::BodyExt;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::{listen, mcp, protect};

pub(super) type Headers<'a> = &'a [(&'a str, &'a str)];

pub(super) struct Server {
    pub(super) port: u16,
    reached: Arc<AtomicUsize>,
    client: Client<HttpConnector, Body>,
}

impl Server {
    /// Starts the server of `main`, with a counter between the policy and rmcp.
    pub(super) async fn start() -> Self {
        Self::serve(|mcp| protect(mcp).unwrap()).await
    }

    /// Starts a server without the policy.
    pub(super) async fn without_policy() -> Self {
        Self::serve(|mcp| mcp).await
    }

    async fn serve(finish: impl FnOnce(Router) -> Router) -> Self {
        let reached = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&reached);
        let mcp = mcp().layer(from_fn(move |request: Request, next: Next| {
            counter.fetch_add(1, Ordering::Relaxed);
            next.run(request)
        }));
        let listener = listen(0).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let app = finish(mcp);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { port, reached, client: Client::builder(TokioExecutor::new()).build_http() }
    }

    /// Returns how many requests reached rmcp.
    pub(super) fn reached(&self) -> usize {
        self.reached.load(Ordering::Relaxed)
    }

    /// Sends a request to `http://127.0.0.1:PORT`. A `host` in `headers` replaces that host.
    pub(super) async fn send(&self, method: &str, path: &str, headers: Headers<'_>) -> Answer {
        self.request(method, path, headers, Body::empty()).await
    }

    /// Posts a message to the endpoint, as a client does.
    pub(super) async fn post(&self, headers: Headers<'_>, message: &Value) -> Answer {
        let accept = [
            ("accept", "application/json, text/event-stream"),
            ("content-type", "application/json"),
        ];
        let headers = [&accept, headers].concat();
        self.request("POST", "/mcp", &headers, Body::from(message.to_string())).await
    }

    async fn request(&self, method: &str, path: &str, headers: Headers<'_>, body: Body) -> Answer {
        let uri = format!("http://127.0.0.1:{}{path}", self.port);
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.client.request(request.body(body).unwrap());
        let (head, body) = in_time(response).await.unwrap().into_parts();
        Answer { status: head.status.as_u16(), headers: head.headers, body: Body::new(body) }
    }
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    body: Body,
}

impl Answer {
    /// Returns the JSON of the last event of a stream that ends.
    pub(super) async fn message(self) -> Value {
        let body = in_time(self.body.collect()).await.unwrap().to_bytes();
        let text = str::from_utf8(&body).unwrap();
        let event = text.lines().rev().find_map(|line| line.strip_prefix("data: {"));
        let event = event.unwrap_or_else(|| panic!("no message in {text:?}"));
        serde_json::from_str(&format!("{{{event}")).unwrap()
    }

    /// Returns what comes first on a stream that does not end.
    pub(super) async fn first_event(mut self) -> String {
        let frame = in_time(self.body.frame()).await.unwrap().unwrap();
        String::from_utf8(frame.into_data().unwrap().into()).unwrap()
    }
}

pub(super) fn initialize() -> Value {
    let client = json!({ "name": "test", "version": "1" });
    let params =
        json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client });
    json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params })
}

async fn in_time<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future).await.expect("an answer in time")
}
