use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::pin::Pin;

use bytes::Bytes;

use crate::Mount;

/// Completes when a server has to stop.
pub type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// One framework, with our middleware around its applications.
pub trait Adapter: Sync {
    /// The framework.
    fn name(&self) -> &'static str;

    /// The cases that the framework cannot meet: each ends without a response. One that gets a
    /// response fails.
    fn unsupported(&self) -> &'static [Unsupported] {
        &[]
    }

    /// What the server takes of a request's head at most; hyper's limits, unless it has its own.
    fn limits(&self) -> Limits {
        Limits { lines: 100, bytes: 417_792, h2_bytes: 16_384 }
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

/// A case that a framework cannot meet.
#[derive(Debug)]
pub struct Unsupported {
    /// Its name.
    pub case: &'static str,
    /// Why not.
    pub reason: &'static str,
}

/// What a server takes of a request's head at most. It answers what is beyond with status 431,
/// before any middleware, and reads no further.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Header lines, over HTTP/1.1.
    pub lines: usize,
    /// Bytes, over HTTP/1.1.
    pub bytes: usize,
    /// The size of the header list, over HTTP/2.
    pub h2_bytes: usize,
}
