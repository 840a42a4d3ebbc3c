//! What the floors read and write. They have no policy, check nothing, and insert constant headers.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN, VARY,
};

use super::scenario::EXPOSED;

pub(super) const METHODS: &str = "GET,POST,PUT,DELETE";
pub(super) const HEADERS: &str = "authorization,content-type,x-csrf-token";
pub(super) const MAX_AGE: &str = "600";
pub(super) const VARY_OF_PREFLIGHT: &str =
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// How a floor names headers in a map of the type `H`.
pub(super) trait Floor<H>: Copy + Send + Sync + 'static {
    /// A header's value.
    type Value: Clone + Send + Sync + 'static;

    fn origin(self, request: &H) -> Option<Self::Value>;

    fn asks_for_a_method(self, request: &H) -> bool;

    /// Writes the headers of a response that is no answer to a preflight.
    fn actual(self, response: &mut H, origin: Option<Self::Value>);

    fn preflight(self, response: &mut H, origin: Self::Value);
}

/// Names headers by text, which is parsed for each request, as are the values.
#[derive(Clone, Copy)]
pub(super) struct ByText;

/// Names headers by the constants of the crate `http`. The compiler makes the values.
#[derive(Clone, Copy)]
pub(super) struct Strict;

impl Floor<HeaderMap> for ByText {
    type Value = HeaderValue;

    fn origin(self, request: &HeaderMap) -> Option<HeaderValue> {
        request.get("origin").cloned()
    }

    fn asks_for_a_method(self, request: &HeaderMap) -> bool {
        request.contains_key("access-control-request-method")
    }

    fn actual(self, response: &mut HeaderMap, origin: Option<HeaderValue>) {
        if let Some(origin) = origin {
            response.insert("access-control-allow-origin", origin);
            response.insert("access-control-allow-credentials", HeaderValue::from_static("true"));
            response.insert("access-control-expose-headers", HeaderValue::from_static(EXPOSED));
        }
        response.append("vary", HeaderValue::from_static("Origin"));
    }

    fn preflight(self, response: &mut HeaderMap, origin: HeaderValue) {
        response.insert("access-control-allow-origin", origin);
        response.insert("access-control-allow-credentials", HeaderValue::from_static("true"));
        response.insert("access-control-allow-methods", HeaderValue::from_static(METHODS));
        response.insert("access-control-allow-headers", HeaderValue::from_static(HEADERS));
        response.insert("access-control-max-age", HeaderValue::from_static(MAX_AGE));
        response.insert("vary", HeaderValue::from_static(VARY_OF_PREFLIGHT));
    }
}

impl Floor<HeaderMap> for Strict {
    type Value = HeaderValue;

    fn origin(self, request: &HeaderMap) -> Option<HeaderValue> {
        request.get(ORIGIN).cloned()
    }

    fn asks_for_a_method(self, request: &HeaderMap) -> bool {
        request.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
    }

    fn actual(self, response: &mut HeaderMap, origin: Option<HeaderValue>) {
        if let Some(origin) = origin {
            response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            response.insert(
                ACCESS_CONTROL_ALLOW_CREDENTIALS,
                const { HeaderValue::from_static("true") },
            );
            response
                .insert(ACCESS_CONTROL_EXPOSE_HEADERS, const { HeaderValue::from_static(EXPOSED) });
        }
        response.append(VARY, const { HeaderValue::from_static("Origin") });
    }

    fn preflight(self, response: &mut HeaderMap, origin: HeaderValue) {
        response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response
            .insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, const { HeaderValue::from_static("true") });
        response.insert(ACCESS_CONTROL_ALLOW_METHODS, const { HeaderValue::from_static(METHODS) });
        response.insert(ACCESS_CONTROL_ALLOW_HEADERS, const { HeaderValue::from_static(HEADERS) });
        response.insert(ACCESS_CONTROL_MAX_AGE, const { HeaderValue::from_static(MAX_AGE) });
        response.insert(VARY, const { HeaderValue::from_static(VARY_OF_PREFLIGHT) });
    }
}
