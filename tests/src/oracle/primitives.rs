//! Byte sequences, methods and tokens.

/// The methods that normalization knows.
const NORMALIZED: [&str; 6] = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];

/// Whether bytes are a [token](https://httpwg.org/specs/rfc9110.html#tokens).
pub(super) fn is_token(bytes: &[u8]) -> bool {
    let is_tchar = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !bytes.is_empty() && bytes.iter().all(is_tchar)
}

/// Strips [HTTP tab or space](https://fetch.spec.whatwg.org/#http-tab-or-space) bytes.
pub(super) fn trim_tabs_and_spaces(bytes: &[u8]) -> &[u8] {
    trim(bytes, b" \t")
}

/// Strips [HTTP whitespace](https://fetch.spec.whatwg.org/#http-whitespace) bytes.
pub(super) fn trim_http_whitespace(bytes: &[u8]) -> &[u8] {
    trim(bytes, b" \t\r\n")
}

fn trim<'a>(bytes: &'a [u8], stripped: &[u8]) -> &'a [u8] {
    let is_kept = |byte: &u8| !stripped.contains(byte);
    let start = bytes.iter().position(is_kept).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(is_kept).map_or(start, |last| last + 1);
    bytes.get(start..end).unwrap_or_default()
}

/// A [CORS-safelisted method](https://fetch.spec.whatwg.org/#cors-safelisted-method).
pub(super) fn is_safelisted_method(method: &[u8]) -> bool {
    [&b"GET"[..], b"HEAD", b"POST"].contains(&method)
}

/// A [forbidden method](https://fetch.spec.whatwg.org/#forbidden-method).
pub(super) fn is_forbidden_method(method: &[u8]) -> bool {
    ["CONNECT", "TRACE", "TRACK"].iter().any(|name| method.eq_ignore_ascii_case(name.as_bytes()))
}

/// [Normalizes](https://fetch.spec.whatwg.org/#concept-method-normalize) a method.
pub(super) fn normalize_method(method: &[u8]) -> Vec<u8> {
    let upper = method.to_ascii_uppercase();
    if NORMALIZED.iter().any(|name| name.as_bytes() == upper) { upper } else { method.to_vec() }
}

/// The elements of a header's value:
/// [get, decode, and split](https://fetch.spec.whatwg.org/#header-value-get-decode-and-split).
/// A comma in a quoted string does not separate.
pub(super) fn split_value(value: &[u8]) -> Vec<Vec<u8>> {
    let mut elements = Vec::new();
    let mut element = Vec::new();
    let mut is_quoted = false;
    let mut is_escaped = false;
    for &byte in value {
        if byte == b',' && !is_quoted {
            elements.push(trim_tabs_and_spaces(&element).to_vec());
            element.clear();
            continue;
        }
        element.push(byte);
        if is_escaped {
            is_escaped = false;
        } else if is_quoted && byte == b'\\' {
            is_escaped = true;
        } else if byte == b'"' {
            is_quoted = !is_quoted;
        }
    }
    elements.push(trim_tabs_and_spaces(&element).to_vec());
    elements
}

#[cfg(test)]
mod tests {
    use super::split_value;

    /// The standard's own table, and quoted strings.
    #[test]
    fn values_are_split_as_the_standard_says() {
        let split = |value: &str| -> Vec<_> {
            let elements = split_value(value.as_bytes()).into_iter();
            elements.map(|element| String::from_utf8(element).unwrap()).collect()
        };
        assert_eq!(split("nosniff,"), ["nosniff", ""]);
        assert_eq!(split(""), [""]);
        assert_eq!(split(","), ["", ""]);
        assert_eq!(split("text/html;\", x/x"), ["text/html;\", x/x"]);
        assert_eq!(split("text/html;\", \""), ["text/html;\", \""]);
        assert_eq!(split("text/html, x/x;\"\\\",\", y/y"), ["text/html", "x/x;\"\\\",\"", "y/y"]);
        assert_eq!(split("x/x;test=\"hi\",y/y"), ["x/x;test=\"hi\"", "y/y"]);
        assert_eq!(split("x / x,,,1"), ["x / x", "", "", "1"]);
    }
}
