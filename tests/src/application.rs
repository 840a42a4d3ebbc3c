//! The application behind the middleware, in terms that every framework can build.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bytes::Bytes;
use cors_core::Deployment;
use futures_util::{Stream, StreamExt, stream};
use serde::Deserialize;
use tokio::sync::Semaphore;

use crate::{Head, latin1_bytes};

/// An application under one policy, below one path.
#[derive(Clone, Debug)]
pub struct Mount {
    /// Empty, or a slash and one segment.
    pub prefix: String,
    /// Governs everything below the prefix.
    pub deployment: Deployment,
    /// Sees when the application is asked about an origin; `None` where it never is.
    pub asked: Option<Probe>,
    /// Whether the middleware stands around itself.
    pub twice: bool,
    /// What the application answers; everything else below the prefix is unknown to it.
    pub routes: Vec<Route>,
}

/// A path of an application.
#[derive(Clone, Debug)]
pub struct Route {
    /// Begins with a slash.
    pub path: String,
    /// Whether only GET is routed, instead of every method.
    pub only_get: bool,
    /// What happens there.
    pub behaviour: Behaviour,
    /// What the handler answers, where the behaviour lets it.
    pub reply: Reply,
    /// Sees what happened.
    pub probe: Probe,
}

impl Route {
    /// A handler that replies to every method with status 200.
    #[must_use]
    pub fn replying(path: &str) -> Self {
        let head = Head { status: 200, headers: Vec::new() };
        Self {
            path: path.into(),
            only_get: false,
            behaviour: Behaviour::Reply,
            reply: Reply { head, body: Bytes::from_static(b"handler") },
            probe: Probe::new(),
        }
    }
}

/// What stands behind the middleware.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// A handler that replies.
    #[default]
    Reply,
    /// A handler that replies with a stream. What follows the first chunk waits until a client
    /// has seen the head.
    Stream,
    /// A handler that replies with the body of the request.
    Echo,
    /// A handler that replies with status 304 to a request that has the `ETag` of its reply.
    Revalidated,
    /// A handler that accepts a WebSocket, by what the framework has for it, until the client
    /// closes it.
    WebSocket,
    /// A handler that returns the framework's error value, for status 500.
    Error,
    /// A handler that panics, inside of the framework's panic catcher.
    Panic,
    /// A handler that needs a number in the query, which the framework extracts.
    Extractor,
    /// Middleware that returns the framework's error value, for status 500.
    MiddlewareError,
    /// Middleware that answers by itself with status 401.
    Unauthorized,
    /// A handler of DELETE alone, behind code that turns every request with `_method=DELETE` in its
    /// query into one.
    MethodOverride,
}

/// What a handler answers.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status and all header lines, each of which the handler adds.
    pub head: Head,
    /// The body.
    pub body: Bytes,
}

impl Reply {
    /// The chunks of the body, where it is a stream.
    pub fn chunks(&self, probe: Probe) -> impl Stream<Item = Bytes> + Send + Sync + use<> {
        let mut body = self.body.clone();
        let first = body.split_to(body.len() / 2);
        let rest = stream::once(async move {
            probe.head_seen().await;
            body
        });
        stream::iter([first]).chain(rest)
    }

    /// The reply to a request with this `If-None-Match`.
    #[must_use]
    pub fn revalidated(&self, if_none_match: Option<&[u8]>) -> Self {
        let etag = self.head.headers.iter().find(|(name, _)| name == "etag");
        let mut reply = self.clone();
        if etag.is_some_and(|(_, etag)| Some(etag.as_bytes()) == if_none_match) {
            reply.head.status = 304;
            reply.body.clear();
        }
        reply
    }

    /// The header lines, as names and bytes.
    pub fn headers(&self) -> impl Iterator<Item = (&str, Vec<u8>)> {
        self.head.headers.iter().map(|(name, value)| (name.as_str(), latin1_bytes(value)))
    }
}

/// Sees which of an application's code runs. A clone is the same probe.
#[derive(Clone, Debug)]
pub struct Probe(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    reached: AtomicBool,
    asked: AtomicUsize,
    head_seen: Semaphore,
}

impl Probe {
    /// For a new route.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "two probes are never the same")]
    pub fn new() -> Self {
        let head_seen = Semaphore::new(0);
        let (reached, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
        Self(Arc::new(Inner { reached, asked, head_seen }))
    }

    /// Called by handlers and by middleware inside of ours.
    pub fn reach(&self) {
        self.0.reached.store(true, Ordering::SeqCst);
    }

    /// Whether any code of the application ran.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        self.0.reached.load(Ordering::SeqCst)
    }

    /// Called when the application is asked about an origin.
    pub fn ask(&self) {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
    }

    /// How often it was.
    #[must_use]
    pub fn times_asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Called by a client that has seen the head of the response.
    pub fn see_head(&self) {
        self.0.head_seen.add_permits(1);
    }

    async fn head_seen(&self) {
        // An error would mean that the semaphore was closed, which it never is.
        if let Ok(permit) = self.0.head_seen.acquire().await {
            permit.forget();
        }
    }
}
