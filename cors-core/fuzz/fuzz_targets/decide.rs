//! Whatever a request contains, its answer has at most one of each header, and of the request's
//! bytes only an allowed origin and tokens.

#![no_main]

use std::sync::LazyLock;

use cors_core::Policy;
use cors_core::adapter::{CompiledPolicy, RequestParts};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD,
    HOST, ORIGIN,
};
use http::{HeaderMap, HeaderName, HeaderValue};

static POLICIES: LazyLock<Vec<(Policy, CompiledPolicy<HeaderValue>)>> = LazyLock::new(|| {
    let listed = || Policy::builder().allow_origins(["https://a.example", "https://*.b.example:*"]);
    [
        listed().allow_methods(["PUT", "patch"]).allow_headers(["x-a", "content-type"]),
        listed().allow_credentials(true).allow_methods(["*"]).allow_headers(["*"]),
        listed().next_rule().allow_origins(["*"]).allow_headers(["*", "authorization"]),
        Policy::any_origin().allow_methods(["*"]).allow_headers(["*"]),
        listed().allow_credentials(true).allow_methods(["*"]).allow_headers(["x-a"]),
        listed()
            .enforce_origins(true)
            .own_origins(["https://own.example", "http://*.own.example:*"]),
    ]
    .map(|builder| builder.build().expect("the policy is valid"))
    .map(|policy| (policy.clone(), policy.compile()))
    .into()
});

/// Lines of headers: a byte says which, the rest is the value. Of bytes beyond ASCII, every other one
/// stands for what tells the service's own pages.
fn request(bytes: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let Some((kind, value)) = line.split_first() else { continue };
        let name = match kind % 3 {
            _ if *kind >= 0x80 && kind % 4 == 0 => HOST,
            _ if *kind >= 0x80 && kind % 4 == 2 => HeaderName::from_static("sec-fetch-site"),
            0 => ORIGIN,
            1 => ACCESS_CONTROL_REQUEST_METHOD,
            _ => ACCESS_CONTROL_REQUEST_HEADERS,
        };
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(name, value);
        }
    }
    headers
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let request = request(bytes);
    for (nth, (policy, compiled)) in POLICIES.iter().enumerate() {
        // The last.
        let enforces = nth + 1 == POLICIES.len();
        for method in ["OPTIONS", "GET"] {
            let decision = compiled.decide(&RequestParts::new(method, &request));
            let refusal = decision.refusal();
            let mut response = HeaderMap::new();
            decision.headers().apply(&mut response);

            for name in response.keys() {
                assert_eq!(response.get_all(name).iter().count(), 1, "{name}");
            }
            if let Some(origin) = response.get(ACCESS_CONTROL_ALLOW_ORIGIN) {
                assert!(origin == "*" || policy.allows_origin(origin.as_bytes()));
                assert!(origin == "*" || request.get(ORIGIN) == Some(origin));
                let credentials = response.contains_key(ACCESS_CONTROL_ALLOW_CREDENTIALS);
                assert!(!(credentials && origin == "*"));
            } else if !enforces {
                assert!(refusal.is_some() || !request.contains_key(ORIGIN) || method == "OPTIONS");
            }
            for name in [ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_HEADERS] {
                let list = response.get(name).map_or(&b""[..], HeaderValue::as_bytes);
                let is_token =
                    |byte: &u8| byte.is_ascii_graphic() && !b"\"(),/:;<=>?@[\\]{}".contains(byte);
                assert!(list.iter().all(|byte| *byte == b',' || is_token(byte)), "{list:?}");
                assert!(list.len() <= 4096);
            }
        }
    }
});
