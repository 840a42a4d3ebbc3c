//! Names that the [Fetch standard](https://fetch.spec.whatwg.org/) gives a meaning.

use crate::http::byte_set::ByteSet;
use crate::http::text;

const TOKEN_BYTES: ByteSet = ByteSet::alphanumeric_and(b"!#$%&'*+-.^_`|~");
const LOWER_CASE_TOKEN_BYTES: ByteSet = TOKEN_BYTES.without_upper_case();

/// The methods of the [registry], separated by spaces.
///
/// [registry]: https://www.iana.org/assignments/http-methods/http-methods.xhtml
const REGISTERED_METHODS: &str = "ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT CONNECT COPY DELETE \
    GET HEAD LABEL LINK LOCK MERGE MKACTIVITY MKCALENDAR MKCOL MKREDIRECTREF MKWORKSPACE \
    MOVE OPTIONS ORDERPATCH PATCH POST PRI PROPFIND PROPPATCH PUT QUERY REBIND REPORT SEARCH \
    TRACE UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE UPDATEREDIRECTREF VERSION-CONTROL";

/// The methods that [need no permission](https://fetch.spec.whatwg.org/#cors-safelisted-method).
pub(crate) const SAFELISTED_METHODS: &str = "GET,HEAD,POST";

/// Returns whether a method [needs no permission](https://fetch.spec.whatwg.org/#cors-safelisted-method).
pub(crate) fn is_safelisted_method(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD" | b"POST")
}

/// Whether a method is registered, in whatever case it is written.
pub(crate) fn is_registered_method(method: &str) -> bool {
    text::is_one_of(method, REGISTERED_METHODS)
}

/// The methods that [no script can use](https://fetch.spec.whatwg.org/#forbidden-method).
pub(crate) fn is_forbidden_method(method: &[u8]) -> bool {
    [&b"CONNECT"[..], b"TRACE", b"TRACK"]
        .iter()
        .any(|forbidden| method.eq_ignore_ascii_case(forbidden))
}

/// The spelling that browsers give a method: six are
/// [normalized](https://fetch.spec.whatwg.org/#concept-method-normalize), all others, `patch`
/// among them, go out as the script wrote them.
pub(crate) fn normalize_method(method: &str) -> &str {
    text::split("DELETE GET HEAD OPTIONS POST PUT", |c| c == ' ')
        .find(|normalized| method.eq_ignore_ascii_case(normalized))
        .unwrap_or(method)
}

/// Whether scripts [cannot set](https://fetch.spec.whatwg.org/#forbidden-request-header) the
/// request header with this lower-case name, so that no browser ever asks for it.
pub(crate) fn is_forbidden_request_header(name: &str) -> bool {
    const NAMES: &str = "accept-charset accept-encoding access-control-request-headers \
        access-control-request-method connection content-length cookie cookie2 date dnt expect \
        host keep-alive origin referer set-cookie te trailer transfer-encoding upgrade via";

    name.starts_with("proxy-") || name.starts_with("sec-") || text::is_one_of(name, NAMES)
}

/// Whether scripts [cannot read](https://fetch.spec.whatwg.org/#forbidden-response-header-name)
/// the response header with this lower-case name.
pub(crate) fn is_forbidden_response_header(name: &str) -> bool {
    matches!(name, "set-cookie" | "set-cookie2")
}

/// Whether every script [can read](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name)
/// the response header with this lower-case name.
pub(crate) fn is_safelisted_response_header(name: &str) -> bool {
    const NAMES: &str = "cache-control content-language content-length content-type expires \
        last-modified pragma";

    text::is_one_of(name, NAMES)
}

/// Whether `bytes` is a [token](https://httpwg.org/specs/rfc9110.html#tokens): the grammar of
/// methods and header names.
pub(crate) fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| TOKEN_BYTES.contains(*byte))
}

/// Whether `bytes` is a token without upper case: a header name as browsers send it.
pub(crate) fn is_lower_case_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| LOWER_CASE_TOKEN_BYTES.contains(*byte))
}

/// The elements of a list in one line, without the spaces and tabs around them. An element can be
/// empty.
pub(crate) fn elements(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|byte| *byte == b',').map(trim_whitespace)
}

fn trim_whitespace(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{REGISTERED_METHODS, is_registered_method, trim_whitespace};

    #[test]
    fn only_outer_whitespace_is_trimmed() {
        assert_eq!(trim_whitespace(b" \ta b\t "), b"a b");
        assert_eq!(trim_whitespace(b" \t"), b"");
    }
    #[test]
    fn every_registered_method_is_found() {
        assert!(REGISTERED_METHODS.split(' ').all(is_registered_method));
        assert!(is_registered_method("patch"));
        assert!(!is_registered_method("PATCHES") && !is_registered_method(""));
    }
}
