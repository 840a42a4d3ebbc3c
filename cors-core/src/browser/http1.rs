use crate::browser::exchange::OutgoingRequest;

impl OutgoingRequest {
    /// The request in the types of `http` 1. As over HTTP/1.1, its target is a path, and the host is in
    /// the header `host`.
    ///
    /// # Errors
    ///
    /// A header that these types do not admit.
    pub fn to_http(&self) -> http::Result<http::Request<Vec<u8>>> {
        let mut request = http::Request::builder().method(self.method()).uri(self.target());
        for (name, value) in self.header_bytes() {
            request = request.header(name, value);
        }
        request.body(self.body().unwrap_or_default().to_vec())
    }
}
