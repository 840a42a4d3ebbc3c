//! The lists of a policy take the types of actix-web.

use actix_web::http::Method;
use actix_web::http::header::{CONTENT_TYPE, ETAG, HeaderValue};
use cors_actix::Policy;

#[test]
fn the_types_of_actix_web_are_taken() {
    let typed = Policy::builder()
        .allow_origins([HeaderValue::from_static("https://app.example.com")])
        .allow_methods([Method::PUT, Method::DELETE])
        .allow_headers([CONTENT_TYPE])
        .expose_headers([ETAG].iter())
        .build();
    let text = Policy::builder()
        .allow_origins(["https://app.example.com"])
        .allow_methods(["PUT", "DELETE"])
        .allow_headers(["content-type"])
        .expose_headers(["etag"])
        .build();
    assert_eq!(typed, text);
}
