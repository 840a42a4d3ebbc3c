use http::header::{self, HeaderName, HeaderValue};
use http::uri::Authority;
use http::{HeaderMap, request};

use crate::http::field::Field;
use crate::http::headers::{Headers, HeadersMut};
use crate::http::request::Request;

impl<B> Request for http::Request<B> {
    type Headers = HeaderMap;

    #[inline]
    fn method(&self) -> &str {
        self.method().as_str()
    }

    #[inline]
    fn headers(&self) -> &HeaderMap {
        self.headers()
    }

    #[inline]
    fn scheme(&self) -> Option<&str> {
        self.uri().scheme_str()
    }

    #[inline]
    fn authority(&self) -> Option<&str> {
        self.uri().authority().map(Authority::as_str)
    }
}

impl Request for request::Parts {
    type Headers = HeaderMap;

    #[inline]
    fn method(&self) -> &str {
        self.method.as_str()
    }

    #[inline]
    fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    #[inline]
    fn scheme(&self) -> Option<&str> {
        self.uri.scheme_str()
    }

    #[inline]
    fn authority(&self) -> Option<&str> {
        self.uri.authority().map(Authority::as_str)
    }
}

impl Headers for HeaderMap {
    type Value = HeaderValue;

    // The field is nearly always a constant, of which nothing is left once this is inlined.
    #[inline(always)]
    fn get_all(&self, field: Field) -> impl Iterator<Item = &HeaderValue> {
        self.get_all(name(field)).iter()
    }
}

// A map at its limit of 32768 entries takes no more: `try_` leaves it as it is where the
// plain methods panic.
impl HeadersMut for HeaderMap {
    #[inline]
    fn names(&self) -> impl Iterator<Item = &str> {
        self.keys().map(HeaderName::as_str)
    }

    #[inline]
    fn insert(&mut self, field: Field, value: HeaderValue) {
        let _ = self.try_insert(name(field), value);
    }

    #[inline]
    fn append(&mut self, field: Field, value: HeaderValue) {
        let _ = self.try_append(name(field), value);
    }

    #[inline]
    fn remove(&mut self, field: Field) {
        self.remove(name(field));
    }

    #[inline(always)]
    fn constant(text: &'static str) -> Option<HeaderValue> {
        Some(HeaderValue::from_static(text))
    }
}

#[inline(always)]
fn name(field: Field) -> HeaderName {
    match field {
        Field::Origin => header::ORIGIN,
        Field::AccessControlRequestMethod => header::ACCESS_CONTROL_REQUEST_METHOD,
        Field::AccessControlRequestHeaders => header::ACCESS_CONTROL_REQUEST_HEADERS,
        Field::Host => header::HOST,
        Field::SecFetchSite => HeaderName::from_static(Field::SecFetchSite.as_str()),
        Field::Vary => header::VARY,
        Field::CacheControl => header::CACHE_CONTROL,
        Field::AccessControlAllowOrigin => header::ACCESS_CONTROL_ALLOW_ORIGIN,
        Field::AccessControlAllowCredentials => header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        Field::AccessControlAllowMethods => header::ACCESS_CONTROL_ALLOW_METHODS,
        Field::AccessControlAllowHeaders => header::ACCESS_CONTROL_ALLOW_HEADERS,
        Field::AccessControlMaxAge => header::ACCESS_CONTROL_MAX_AGE,
        Field::AccessControlExposeHeaders => header::ACCESS_CONTROL_EXPOSE_HEADERS,
        Field::AccessControlAllowPrivateNetwork => {
            HeaderName::from_static(Field::AccessControlAllowPrivateNetwork.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::name;
    use crate::http::field::Field;
    use crate::http::request::Request;

    #[test]
    fn every_field_has_its_own_name() {
        for field in Field::all() {
            assert_eq!(name(field).as_str(), field.as_str());
        }
    }

    fn expect(
        request: &impl Request<Headers = HeaderMap>,
        scheme: Option<&str>,
        authority: Option<&str>,
    ) {
        assert_eq!((request.method(), request.scheme()), ("POST", scheme));
        assert_eq!(request.authority(), authority);
        assert_eq!(request.headers()["origin"], "null");
    }

    #[test]
    fn a_target_says_the_scheme_and_the_authority_or_neither() {
        for (target, scheme, authority) in [
            ("/x?y", None, None),
            ("*", None, None),
            ("https://api.example:8443/x", Some("https"), Some("api.example:8443")),
            ("http://[::1]", Some("http"), Some("[::1]")),
            ("api.example:443", None, Some("api.example:443")),
        ] {
            let request = http::Request::post(target).header("origin", "null").body(()).unwrap();
            expect(&request, scheme, authority);
            expect(&request.into_parts().0, scheme, authority);
        }
    }
}
