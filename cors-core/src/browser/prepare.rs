use crate::browser::request::BrowserRequest;
use crate::http::fetch;

/// What a browser makes of a script's request before it sends anything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prepared {
    pub(crate) method: String,
    /// The script's headers that can be sent, names in lower case; a character of a value is one byte.
    pub(super) headers: Vec<(String, String)>,
    /// The [names that need permission](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names),
    /// sorted.
    pub(crate) unsafe_names: Vec<String>,
}

/// The [name that `*` does not cover](https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name).
pub(super) const AUTHORIZATION: &str = "authorization";

/// `None` where the script gets a `TypeError` and nothing is sent.
pub(crate) fn prepare(request: &BrowserRequest) -> Option<Prepared> {
    let method = request.method.as_bytes();
    if !fetch::is_token(method) || fetch::is_forbidden_method(method) {
        return None;
    }
    let method = fetch::normalize_method(&request.method);
    if request.body.is_some() && matches!(method, "GET" | "HEAD") {
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
    let unsafe_names = unsafe_names(&headers);
    Some(Prepared { method: method.to_owned(), headers, unsafe_names })
}

impl Prepared {
    /// Removes the headers with these names.
    pub(super) fn remove(&mut self, names: &[&str]) {
        self.headers.retain(|(name, _)| !names.contains(&name.as_str()));
        self.unsafe_names = unsafe_names(&self.headers);
    }
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

    let is_left_out = |name: &str| headers.iter().all(|(present, _)| present != name);
    let added = DEFAULT_HEADERS.into_iter().filter(|(name, _)| is_left_out(name));
    let sent = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let (safe, mut names): (Vec<_>, Vec<_>) =
        sent.chain(added).partition(|(name, value)| is_safelisted(name, value));
    let safelisted_bytes: usize = safe.iter().map(|(_, value)| byte_len(value)).sum();
    if safelisted_bytes > SAFELISTED_BYTES {
        names.extend(safe);
    }
    let mut names: Vec<_> = names.into_iter().map(|(name, _)| name.to_owned()).collect();
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
    use crate::browser::request::BrowserRequest;

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
