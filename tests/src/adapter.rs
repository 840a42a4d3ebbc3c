use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::pin::Pin;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use crate::Mount;

/// Completes when a server has to stop.
pub type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// One framework, with our middleware around its applications.
pub trait Adapter: Sync {
    /// The framework.
    fn name(&self) -> &'static str;

    /// The cases that the framework cannot meet. One that it meets fails, as does one of which
    /// anything else comes than is said here.
    fn unsupported(&self) -> &'static [Unsupported] {
        &[]
    }

    /// What the server takes of a request's head at most; hyper's limits, unless it has its own.
    fn limits(&self) -> Limits {
        Limits { lines: 100, bytes: 417_792, h2_bytes: 16_384, only_utf8: false }
    }

    /// Whether the framework passes a method on; others it refuses before any middleware.
    fn knows_method(&self, _method: &str) -> bool {
        true
    }

    /// Sends one request to an application that is mounted as the documentation advises, and
    /// reads the response to its end. The mount's prefix is empty.
    fn send(&self, mount: Mount, request: http::Request<Bytes>) -> http::Response<Bytes>;

    /// Serves applications side by side, until `stop` completes.
    ///
    /// # Errors
    ///
    /// The server does not start.
    fn serve(&self, listener: TcpListener, mounts: Vec<Mount>, stop: Stop) -> io::Result<()>;
}

/// A version of HTTP that a case is sent over. In-process, requests are as over HTTP/1.1.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Protocol {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2.
    Http2,
}

impl Protocol {
    /// Every version.
    pub const ALL: &[Self] = &[Self::Http1, Self::Http2];
}

/// A case that a framework cannot meet.
#[derive(Debug)]
pub struct Unsupported {
    /// Its name.
    pub case: &'static str,
    /// Where the framework cannot meet it.
    pub over: &'static [Protocol],
    /// What comes of it.
    pub instead: Instead,
    /// Why.
    pub reason: &'static str,
}

/// What comes of a case that a framework cannot meet.
#[derive(Clone, Copy, Debug)]
pub enum Instead {
    /// No response.
    Nothing,
    /// The right response but for its status, which is this.
    Status(u16),
    /// A wrong response with this status; in-process, where the framework cannot express the
    /// request, none.
    Other(u16),
}

/// What a server takes of a request's head at most. It answers what is beyond the sizes with status
/// 431, before any middleware, and reads no further.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Header lines, over HTTP/1.1.
    pub lines: usize,
    /// Bytes, over HTTP/1.1.
    pub bytes: usize,
    /// The size of the header list, over HTTP/2.
    pub h2_bytes: usize,
    /// Whether it drops header lines whose value is not UTF-8.
    pub only_utf8: bool,
}

impl Limits {
    /// The header lines that reach the middleware.
    #[must_use]
    pub fn kept(&self, headers: HeaderMap) -> HeaderMap {
        if !self.only_utf8 {
            return headers;
        }
        let is_kept = |value: &HeaderValue| str::from_utf8(value.as_bytes()).is_ok();
        let lines = headers.iter().filter(|(_, value)| is_kept(value));
        lines.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}
