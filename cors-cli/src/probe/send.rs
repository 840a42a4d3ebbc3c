//! Sends requests exactly as they are planned, and keeps what comes back.

use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::http::{HeaderName, HeaderValue, Request, Uri};
use ureq::tls::{RootCerts, TlsConfig};

use crate::probe::error::ProbeError;

/// No response may take longer.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);

/// As much of a body is read, so that the connection can be used again.
const BODY_BYTES: u64 = 64 * 1024;

/// The head of a response.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub(super) status: u16,
    /// Names in lower case.
    pub(super) headers: Vec<(String, Vec<u8>)>,
}

impl Received {
    /// The lines of a field, as text.
    pub(super) fn lines<'r>(&'r self, name: &'r str) -> impl Iterator<Item = String> + use<'r> {
        let lines = self.headers.iter().filter(move |(line, _)| line == name);
        lines.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
    }

    /// The value of a field, several lines joined by commas.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        let lines: Vec<_> = self.lines(name).collect();
        (!lines.is_empty()).then(|| lines.join(", "))
    }

    /// Whether a list has an element, whatever its case.
    pub(super) fn lists(&self, name: &str, element: &str) -> bool {
        let is_element = |text: &str| text.trim().eq_ignore_ascii_case(element);
        self.lines(name).any(|line| line.split(',').any(is_element))
    }
}

/// An HTTP client that follows no redirects and adds nothing that has a part in CORS.
#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
    /// Sent with every request other than preflights.
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Client {
    pub(super) fn new(headers: &[(String, String)], insecure: bool) -> Result<Self, ProbeError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .disable_verification(insecure)
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .user_agent(concat!("cors-probe/", env!("CARGO_PKG_VERSION")))
            .timeout_per_call(Some(RESPONSE_TIMEOUT))
            .build();
        let parse = |(name, value): &(String, String)| {
            let invalid = || ProbeError::InvalidHeader { name: name.clone() };
            let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid())?;
            Ok((parsed, HeaderValue::from_str(value).map_err(|_| invalid())?))
        };
        let headers = headers.iter().map(parse).collect::<Result<_, _>>()?;
        Ok(Self { agent: config.into(), headers })
    }

    /// Sends one request. `Host` is that of the URL, unless the headers have another.
    pub(super) fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(String, String)],
        is_preflight: bool,
    ) -> Result<Received, String> {
        let uri: Uri = url.parse().map_err(|error| format!("{error}"))?;
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            let bytes: Vec<u8> = value.chars().filter_map(|c| u8::try_from(c).ok()).collect();
            request = request.header(name, bytes);
        }
        if !is_preflight {
            for (name, value) in &self.headers {
                request = request.header(name, value);
            }
        }
        let request = request.body(()).map_err(|error| error.to_string())?;
        let mut response = self.agent.run(request).map_err(|error| error.to_string())?;
        let line = |(name, value): (&HeaderName, &HeaderValue)| {
            (name.as_str().to_owned(), value.as_bytes().to_vec())
        };
        let received = Received {
            status: response.status().as_u16(),
            headers: response.headers().iter().map(line).collect(),
        };
        // What is longer ends the connection, and is no matter here.
        let _ = response.body_mut().with_config().limit(BODY_BYTES).read_to_vec();
        Ok(received)
    }
}
