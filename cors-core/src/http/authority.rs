/// `host`, `host:` or `host:port`: what a request is sent to.
pub(crate) struct HostAndPort<'a> {
    pub(crate) host: &'a [u8],
    pub(crate) port: &'a [u8],
}

impl<'a> HostAndPort<'a> {
    /// The longest [name], with its final dot, and the longest port. Nothing longer can be reached.
    ///
    /// [name]: https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4
    const MAX_LEN: usize = 254 + ":65535".len();

    pub(crate) fn of(text: &'a [u8]) -> Option<Self> {
        if text.len() > Self::MAX_LEN {
            return None;
        }
        // The colons of an IPv6 address stand in brackets.
        let start = match text.first() {
            Some(b'[') => text.iter().position(|byte| *byte == b']')?,
            _ => 0,
        };
        let colon = text.iter().skip(start).position(|byte| *byte == b':');
        let (host, port) = match colon {
            Some(colon) => (text.get(..start + colon)?, text.get(start + colon + 1..)?),
            None => (text, &b""[..]),
        };
        let is_valid = !host.is_empty() && port.iter().all(u8::is_ascii_digit);
        is_valid.then_some(Self { host, port })
    }

    pub(crate) fn port_or(&self, default: &'a [u8]) -> &'a [u8] {
        if self.port.is_empty() { default } else { self.port }
    }
}
