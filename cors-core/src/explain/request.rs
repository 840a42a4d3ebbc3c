use crate::http::fetch;
use crate::policy::ToText;

/// A request that a script makes with `fetch` or `XMLHttpRequest`. It is sent to a service of another
/// origin than its page's, unless [`host`](Self::host) says otherwise, or the policy has the page's
/// origin in [`own_origins`](crate::PolicyBuilder::own_origins) alone.
#[derive(Clone, Debug, Eq, PartialEq)]
#[must_use = "a request does nothing until it is given to `Policy::simulate`"]
pub struct BrowserRequest {
    pub(super) origin: String,
    pub(super) method: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) credentials: bool,
    pub(super) upload: bool,
    pub(super) allowed_by_predicate: bool,
    pub(super) host: Option<String>,
}

impl BrowserRequest {
    /// A GET request without headers or credentials, by a page of this origin, such as
    /// `https://app.example.com`, or `null` for a sandboxed frame.
    ///
    /// ```
    /// use cors_core::Policy;
    /// use cors_core::explain::BrowserRequest;
    ///
    /// let policy = Policy::loopback().build()?;
    /// let request = BrowserRequest::new("http://localhost:5173");
    /// assert!(policy.simulate(&request).is_allowed());
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn new(origin: impl ToText) -> Self {
        Self {
            origin: origin.to_text().into(),
            method: "GET".into(),
            headers: Vec::new(),
            credentials: false,
            upload: false,
            allowed_by_predicate: false,
            host: None,
        }
    }

    /// Sets the method, as the script writes it.
    ///
    /// ```
    /// use cors_core::Policy;
    /// use cors_core::explain::BrowserRequest;
    ///
    /// let policy = Policy::loopback().allow_methods(["PUT"]).build()?;
    /// let put = BrowserRequest::new("http://localhost:5173").method("PUT");
    /// assert!(policy.simulate(&put).is_allowed());
    /// assert!(!policy.simulate(&put.method("PATCH")).is_allowed());
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn method(mut self, method: impl ToText) -> Self {
        self.method = method.to_text().into();
        self
    }

    /// Adds a header, as the script writes it. A script that sends JSON, for example, sets
    /// `content-type` to `application/json`.
    ///
    /// ```
    /// use cors_core::Policy;
    /// use cors_core::explain::BrowserRequest;
    ///
    /// let policy = Policy::loopback().allow_headers(["content-type"]).build()?;
    /// let json = BrowserRequest::new("http://localhost:5173")
    ///     .method("POST")
    ///     .header("content-type", "application/json");
    /// assert!(policy.simulate(&json).is_allowed());
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn header(mut self, name: impl ToText, value: impl ToText) -> Self {
        self.headers.push((name.to_text().into(), value.to_text().into()));
        self
    }

    /// Sets whether the script asks for credentials: `credentials: "include"`, or
    /// `withCredentials`.
    ///
    /// ```
    /// use cors_core::Policy;
    /// use cors_core::explain::BrowserRequest;
    ///
    /// let request = BrowserRequest::new("https://app.example.com").credentials(true);
    /// assert!(!Policy::permissive().simulate(&request).is_allowed());
    /// ```
    pub fn credentials(mut self, include: bool) -> Self {
        self.credentials = include;
        self
    }

    /// Sets whether the script streams its body or watches its upload, which takes a preflight
    /// whatever the method and headers
    /// ([Fetch](https://fetch.spec.whatwg.org/#use-cors-preflight-flag)).
    ///
    /// ```
    /// use cors_core::Policy;
    /// use cors_core::explain::BrowserRequest;
    ///
    /// let upload = BrowserRequest::new("https://app.example.com").method("POST").upload(true);
    /// let simulation = Policy::permissive().simulate(&upload);
    /// assert!(simulation.preflight().is_some());
    /// ```
    pub fn upload(mut self, upload: bool) -> Self {
        self.upload = upload;
        self
    }

    /// Sets the host and port that the request is sent to, such as `bank.example` or `localhost:3000`.
    /// It counts if the policy [enforces](crate::PolicyBuilder::enforce_origins) origins. If it is that
    /// of the page's origin, the request is by a page of the service itself, or by one at a foreign name
    /// that leads to the service. By default, the host is one of the service's own.
    ///
    /// ```
    /// use cors_core::explain::{BrowserRequest, Verdict};
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::loopback().enforce_origins(true).build()?;
    /// let rebinding = BrowserRequest::new("http://evil.example:3000").host("evil.example:3000");
    /// assert_eq!(policy.simulate(&rebinding).verdict(), Verdict::BlockedByService);
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Sets what the application says of the page's origin, if a rule leaves it to the
    /// application. Unless set, it does not allow it.
    ///
    /// ```
    /// use cors_core::Policy;
    /// use cors_core::explain::BrowserRequest;
    ///
    /// let policy = Policy::builder().allow_origins_by_predicate(true).build()?;
    /// let request = BrowserRequest::new("https://tenant.example");
    /// assert!(!policy.simulate(&request).is_allowed());
    /// assert!(policy.simulate(&request.allowed_by_predicate(true)).is_allowed());
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn allowed_by_predicate(mut self, allowed: bool) -> Self {
        self.allowed_by_predicate = allowed;
        self
    }
}

/// What a browser makes of a script's method and headers before it sends anything.
pub(super) struct Prepared {
    pub(super) method: String,
    /// The [names that need permission](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names),
    /// sorted.
    pub(super) unsafe_names: Vec<String>,
}

/// `None` where the script gets a `TypeError` and nothing is sent.
pub(super) fn prepare(request: &BrowserRequest) -> Option<Prepared> {
    let method = request.method.as_bytes();
    if !fetch::is_token(method) || fetch::is_forbidden_method(method) {
        return None;
    }
    let mut headers = Vec::with_capacity(request.headers.len());
    for (name, value) in &request.headers {
        let value = value.trim_matches([' ', '\t', '\r', '\n']);
        let is_byte = |character: char| u8::try_from(character).is_ok();
        if !fetch::is_token(name.as_bytes())
            || value.contains(['\0', '\r', '\n'])
            || !value.chars().all(is_byte)
        {
            return None;
        }
        let name = name.to_ascii_lowercase();
        if !fetch::is_forbidden_request_header(&name) && !overrides_with_forbidden(&name, value) {
            headers.push((name, value.to_owned()));
        }
    }
    let method = fetch::normalize_method(&request.method).to_owned();
    for (name, value) in DEFAULT_HEADERS {
        if headers.iter().all(|(present, _)| present != name) {
            headers.push((name.into(), value.into()));
        }
    }
    Some(Prepared { method, unsafe_names: unsafe_names(&headers) })
}

/// What browsers add to every request before they look whether it needs permission.
const DEFAULT_HEADERS: [(&str, &str); 2] =
    [("accept", "*/*"), ("accept-language", "en-US,en;q=0.9")];

/// Whether a header asks the service to take the request for one with a forbidden method.
fn overrides_with_forbidden(name: &str, value: &str) -> bool {
    matches!(name, "x-http-method" | "x-http-method-override" | "x-method-override")
        && elements(value).any(|method| fetch::is_forbidden_method(method.as_bytes()))
}

/// The [elements](https://fetch.spec.whatwg.org/#header-value-get-decode-and-split) of a value; a
/// comma in a quoted string does not separate any.
fn elements(value: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    let mut escaped = false;
    let separates = move |character| {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            ',' => return !quoted,
            _ => {}
        }
        false
    };
    value.split(separates).map(|element| element.trim_matches([' ', '\t']))
}

fn unsafe_names(headers: &[(String, String)]) -> Vec<String> {
    // https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
    const SAFELISTED_BYTES: usize = 1024;

    let (safe, mut names): (Vec<_>, Vec<_>) =
        headers.iter().partition(|(name, value)| is_safelisted(name, value));
    let safelisted_bytes: usize = safe.iter().map(|(_, value)| byte_len(value)).sum();
    if safelisted_bytes > SAFELISTED_BYTES {
        names.extend(safe);
    }
    let mut names: Vec<_> = names.into_iter().map(|(name, _)| name.clone()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether a header [needs no permission](https://fetch.spec.whatwg.org/#cors-safelisted-request-header).
fn is_safelisted(name: &str, value: &str) -> bool {
    let is_language_byte = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b' ' | b'*' | b',' | b'-' | b'.' | b';' | b'=')
    };
    byte_len(value) <= 128
        && match name {
            "accept" => !value.bytes().any(is_unsafe_byte),
            "accept-language" | "content-language" => value.bytes().all(is_language_byte),
            "content-type" => !value.bytes().any(is_unsafe_byte) && is_form_type(value),
            "range" => is_simple_range(value),
            _ => false,
        }
}

/// The length of a value as it is sent: each character of a script's header is one byte.
fn byte_len(value: &str) -> usize {
    value.chars().count()
}

/// A [CORS-unsafe request-header byte](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte).
fn is_unsafe_byte(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t') || byte == 0x7f || b"\"():<>?@[\\]{}".contains(&byte)
}

/// Whether a value is one of the three types that a plain HTML form can send.
fn is_form_type(value: &str) -> bool {
    let essence = value.split(';').next().unwrap_or_default();
    let essence = essence.trim_matches([' ', '\t', '\r', '\n']).to_ascii_lowercase();
    matches!(
        essence.as_str(),
        "application/x-www-form-urlencoded" | "multipart/form-data" | "text/plain"
    )
}

/// Whether a value is `bytes=` and one range with a start
/// ([Fetch](https://fetch.spec.whatwg.org/#simple-range-header-value)).
fn is_simple_range(value: &str) -> bool {
    let Some((start, end)) = value.strip_prefix("bytes=").and_then(|range| range.split_once('-'))
    else {
        return false;
    };
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let significant = |digits: &str| digits.trim_start_matches('0').to_owned();
    let (first, last) = (significant(start), significant(end));
    // Numbers of any size: without leading zeros, the longer one is the larger.
    let in_order = end.is_empty() || (first.len(), first) <= (last.len(), last);
    !start.is_empty() && is_number(start) && is_number(end) && in_order
}

#[cfg(test)]
mod tests {
    use super::{elements, is_safelisted, prepare};
    use crate::explain::request::BrowserRequest;

    #[test]
    fn quoted_commas_separate_nothing() {
        let split = |value| elements(value).collect::<Vec<_>>();
        assert_eq!(split("a, TRACE\t,"), ["a", "TRACE", ""]);
        assert_eq!(split("\"a, TRACE, b\",c"), ["\"a, TRACE, b\"", "c"]);
        assert_eq!(split("\"a\\\", b\", c"), ["\"a\\\", b\"", "c"]);
    }

    #[test]
    fn every_character_of_a_header_is_one_byte() {
        let accept = |value: String| prepare(&BrowserRequest::new("null").header("accept", value));
        assert!(
            accept("\u{ff}".repeat(128)).is_some_and(|request| request.unsafe_names.is_empty())
        );
        assert!(
            accept("\u{ff}".repeat(129)).is_some_and(|request| !request.unsafe_names.is_empty())
        );
        assert!(accept("\u{100}".into()).is_none());
    }

    #[test]
    fn safelisted_headers() {
        for (name, value) in [
            ("accept", "*/*"),
            ("accept-language", "en-US,en;q=0.9"),
            ("content-type", "text/plain;charset=UTF-8"),
            ("content-type", "TEXT/PLAIN ; a=b"),
            ("content-type", "multipart/form-data; boundary=x"),
            ("range", "bytes=0-99"),
            ("range", "bytes=99-"),
            ("range", "bytes=0100-99999999999999999999999"),
        ] {
            assert!(is_safelisted(name, value), "{name}: {value}");
        }
    }

    #[test]
    fn headers_that_need_permission() {
        let long = "a".repeat(129);
        for (name, value) in [
            ("accept", "\"quoted\""),
            ("accept", long.as_str()),
            ("accept-language", "@"),
            ("content-type", "application/json"),
            ("content-type", "text/plain,"),
            ("content-type", "text /plain"),
            ("range", "bytes=-500"),
            ("range", "bytes=9-1"),
            ("range", "bytes=0-1,5-6"),
            ("range", "Bytes=0-1"),
            ("x-requested-with", "XMLHttpRequest"),
            ("authorization", "Bearer x"),
        ] {
            assert!(!is_safelisted(name, value), "{name}: {value}");
        }
    }
}
