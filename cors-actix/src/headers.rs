use std::sync::LazyLock;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use cors_core::{Field, FieldTable, Headers, HeadersMut};

static NAMES: LazyLock<FieldTable<HeaderName>> =
    LazyLock::new(|| FieldTable::new(HeaderName::from_static));

/// The headers of a request.
pub(crate) struct RequestHeaders<'a>(pub(crate) &'a HeaderMap);

/// The headers of a response.
pub(crate) struct ResponseHeaders<'a>(pub(crate) &'a mut HeaderMap);

impl Headers for RequestHeaders<'_> {
    type Value = HeaderValue;

    #[inline]
    fn get_all(&self, field: Field) -> impl Iterator<Item = &HeaderValue> {
        self.0.get_all(NAMES.get(field))
    }
}

impl Headers for ResponseHeaders<'_> {
    type Value = HeaderValue;

    #[inline]
    fn get_all(&self, field: Field) -> impl Iterator<Item = &HeaderValue> {
        self.0.get_all(NAMES.get(field))
    }
}

impl HeadersMut for ResponseHeaders<'_> {
    #[inline]
    fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(HeaderName::as_str)
    }

    #[inline]
    fn insert(&mut self, field: Field, value: HeaderValue) {
        self.0.insert(NAMES.get(field).clone(), value);
    }

    #[inline]
    fn append(&mut self, field: Field, value: HeaderValue) {
        self.0.append(NAMES.get(field).clone(), value);
    }

    #[inline]
    fn remove(&mut self, field: Field) {
        self.0.remove(NAMES.get(field));
    }
}
