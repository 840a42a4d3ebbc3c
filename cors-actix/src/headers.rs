use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use cors_core::adapter::{Field, Headers, HeadersMut};

/// The headers of a request.
pub(crate) struct RequestHeaders<'a>(pub(crate) &'a HeaderMap);

/// The headers of a response.
pub(crate) struct ResponseHeaders<'a>(pub(crate) &'a mut HeaderMap);

impl Headers for RequestHeaders<'_> {
    type Value = HeaderValue;

    #[inline]
    fn get_all(&self, field: Field) -> impl Iterator<Item = &HeaderValue> {
        self.0.get_all(name(field))
    }
}

impl Headers for ResponseHeaders<'_> {
    type Value = HeaderValue;

    #[inline]
    fn get_all(&self, field: Field) -> impl Iterator<Item = &HeaderValue> {
        self.0.get_all(name(field))
    }
}

impl HeadersMut for ResponseHeaders<'_> {
    #[inline]
    fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(HeaderName::as_str)
    }

    #[inline]
    fn insert(&mut self, field: Field, value: HeaderValue) {
        self.0.insert(name(field), value);
    }

    #[inline]
    fn append(&mut self, field: Field, value: HeaderValue) {
        self.0.append(name(field), value);
    }

    #[inline]
    fn remove(&mut self, field: Field) {
        self.0.remove(name(field));
    }

    #[inline(always)]
    fn constant(text: &'static str) -> Option<HeaderValue> {
        Some(HeaderValue::from_static(text))
    }
}

// The field is nearly always a constant, of which nothing is left once this is inlined.
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
    use cors_core::adapter::Field;

    use super::name;

    #[test]
    fn every_field_has_its_own_name() {
        for field in Field::all() {
            assert_eq!(name(field).as_str(), field.as_str());
        }
    }
}
