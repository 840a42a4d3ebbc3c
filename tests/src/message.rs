//! Requests and response heads as data. Header values are text whose characters U+0080 to U+00FF
//! stand for the bytes of that value, which HTTP allows and UTF-8 could not carry.

use bytes::Bytes;
use http::HeaderMap;
use serde::Deserialize;

/// Header lines in order: lower-case name and value.
pub type HeaderLines = Vec<(String, String)>;

/// A request without a body.
///
/// As text: the method and the path, then a header on each line.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Request {
    /// Case-sensitive.
    pub method: String,
    /// Path and query; in a target that names a scheme and a host, after those: as it is written
    /// over HTTP/1.1. Over HTTP/2 the scheme and the host become `:scheme` and `:authority`.
    pub path: String,
    /// The header lines.
    pub headers: HeaderLines,
}

/// The status and headers of a response.
///
/// As text: the status, then a header on each line.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Head {
    /// The status.
    pub status: u16,
    /// The header lines.
    pub headers: HeaderLines,
}

impl Request {
    /// The target, for an application that is mounted below a prefix.
    #[must_use]
    pub fn target_below(&self, prefix: &str) -> String {
        match self.split_target() {
            None => format!("{prefix}{}", self.path),
            Some((site, path)) => format!("{site}{prefix}{path}"),
        }
    }

    /// The scheme, host and port that the target names, as `http://host:port`, and the path.
    #[must_use]
    pub fn split_target(&self) -> Option<(&str, &str)> {
        let after_scheme = self.path.find("://")? + "://".len();
        let length = self.path.split_at(after_scheme).1.find('/')?;
        Some(self.path.split_at(after_scheme + length))
    }

    /// The request in the types of the `http` crate.
    ///
    /// # Errors
    ///
    /// A method, path or header that these types do not admit.
    pub fn to_http(&self) -> http::Result<http::Request<Bytes>> {
        let mut request = http::Request::builder().method(self.method.as_str()).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, latin1_bytes(value));
        }
        request.body(Bytes::new())
    }
}

impl TryFrom<String> for Request {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (first, headers) = split_head(&text)?;
        let (method, path) = first.split_once(' ').ok_or("write a method and a path")?;
        Ok(Self { method: method.into(), path: path.into(), headers })
    }
}

impl TryFrom<String> for Head {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (first, headers) = split_head(&text)?;
        let status = first.parse().map_err(|_| format!("{first:?} is no status"))?;
        Ok(Self { status, headers })
    }
}

fn split_head(text: &str) -> Result<(&str, HeaderLines), String> {
    let mut lines = text.lines();
    let first = lines.next().ok_or("write at least one line")?;
    let header = |line: &str| {
        let (name, value) = line.split_once(':').ok_or(format!("{line:?} is no header"))?;
        Ok((name.to_ascii_lowercase(), value.trim().to_owned()))
    };
    Ok((first, lines.map(header).collect::<Result<_, String>>()?))
}

/// All lines of a map, in order of their names; lines of one name in the map's order.
#[must_use]
pub fn header_lines(headers: &HeaderMap) -> HeaderLines {
    let line = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.as_str().to_owned(), latin1(value.as_bytes()))
    };
    let mut lines: HeaderLines = headers.iter().map(line).collect();
    lines.sort_by(|(one, _), (other, _)| one.cmp(other));
    lines
}

/// Bytes as characters.
#[must_use]
pub fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// The bytes that characters stand for.
///
/// # Panics
///
/// If a character is above U+00FF.
#[must_use]
pub fn latin1_bytes(text: &str) -> Vec<u8> {
    let byte = |character| u8::try_from(character).expect("a character up to U+00FF");
    text.chars().map(byte).collect()
}
