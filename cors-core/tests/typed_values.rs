//! The lists of a policy take text and typed values.

use std::borrow::Cow;

use cors_core::Policy;
use cors_core::explain::BrowserRequest;
use http::header::{AUTHORIZATION, CONTENT_TYPE, ETAG};
use http::{HeaderName, HeaderValue, Method};

#[test]
fn text_of_every_kind_is_taken() {
    let text = "https://app.example.com";
    let boxed: Box<str> = text.into();
    let owned = vec![text.to_owned()];
    let expected = Policy::builder().allow_origins([text]).build();
    for builder in [
        Policy::builder().allow_origins([text].as_slice()),
        Policy::builder().allow_origins(&owned),
        Policy::builder().allow_origins(owned.iter()),
        Policy::builder().allow_origins(owned.clone()),
        Policy::builder().allow_origins([Cow::Borrowed(text)]),
        Policy::builder().allow_origins([&Cow::<str>::Owned(text.into())]),
        Policy::builder().allow_origins([&boxed]),
        Policy::builder().allow_origins([HeaderValue::from_static(text)]),
        Policy::builder().allow_origins([HeaderValue::from_static(text)].iter()),
    ] {
        assert_eq!(builder.build(), expected);
    }
}

#[test]
fn the_types_of_http_are_taken() {
    let typed = Policy::any_origin()
        .allow_methods([Method::PUT, Method::DELETE])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE])
        .expose_headers([ETAG, HeaderName::from_static("x-request-id")])
        .build();
    let text = Policy::any_origin()
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["authorization", "content-type"])
        .expose_headers(["etag", "x-request-id"])
        .build();
    assert_eq!(typed, text);

    let request = BrowserRequest::new("https://app.example.com")
        .method(Method::PUT)
        .header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    assert!(text.unwrap().simulate(&request).is_allowed());
}

#[test]
fn a_value_that_is_not_utf_8_is_an_error() {
    let value = HeaderValue::from_bytes(b"https://a\xff.example").unwrap();
    let errors = Policy::builder().allow_origins([value]).build().unwrap_err();
    let [error] = errors.iter().collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(error.code(), "origin-not-ascii", "{error}");
}
