use std::future::Future;

use crate::browser::OutgoingRequest;

/// How requests are sent to applications `A` of a framework, in-process. An adapter implements it.
pub trait Framework<A> {
    /// One line of code that mounts the middleware outermost.
    const MOUNTING: &'static str;

    /// Sends a request to the application, as its server would: the target is a path, and the host is in
    /// the header `host`.
    ///
    /// Returns why there is no response if there is none; a server would close the connection.
    fn send(app: &A, request: OutgoingRequest)
    -> impl Future<Output = Result<AppResponse, String>>;
}

/// The status and the headers of an application's response. Its body has no part in CORS.
#[derive(Clone, Debug)]
pub struct AppResponse {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, Vec<u8>)>,
}

impl AppResponse {
    /// A response with these header lines, in order.
    pub fn new<N: Into<String>, V: Into<Vec<u8>>>(
        status: u16,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let lines = headers.into_iter();
        Self { status, headers: lines.map(|(name, value)| (name.into(), value.into())).collect() }
    }
}

#[cfg(feature = "http")]
impl<B> From<&http::Response<B>> for AppResponse {
    fn from(response: &http::Response<B>) -> Self {
        let lines = response.headers().iter();
        let lines = lines.map(|(name, value)| (name.as_str(), value.as_bytes()));
        Self::new(response.status().as_u16(), lines)
    }
}
