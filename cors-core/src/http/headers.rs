use crate::http::field::Field;

/// One value of a header field, in a framework's own type.
///
/// The `HeaderValue` of both `http` 0.2 and `http` 1 is one, so no adapter converts a value.
pub trait FieldValue: Clone + AsRef<[u8]> + for<'a> TryFrom<&'a [u8]> {}

impl<T: Clone + AsRef<[u8]> + for<'a> TryFrom<&'a [u8]>> FieldValue for T {}

/// The headers of a request or a response, as a framework keeps them.
///
/// With the `http` feature, `http::HeaderMap` of http 1 implements this and [`HeadersMut`].
pub trait Headers {
    /// The framework's own header value.
    type Value: FieldValue;

    /// The values of all lines of `field`, in the order they were received or added.
    fn get_all(&self, field: Field) -> impl Iterator<Item = &Self::Value>;
}

/// The headers of a response that is about to be sent.
pub trait HeadersMut: Headers {
    /// The names of all fields, in lower case and any order; a name may repeat.
    fn names(&self) -> impl Iterator<Item = &str>;

    /// Sets `field` to `value` alone, replacing every line it has.
    fn insert(&mut self, field: Field, value: Self::Value);

    /// Adds a line with `value` to those that `field` has.
    fn append(&mut self, field: Field, value: Self::Value);

    /// Removes every line of `field`.
    fn remove(&mut self, field: Field);

    /// A value with a fixed text; the core asks for `true`, `no-store` and `Origin`, for each response.
    /// `None`, of which such a text gives no cause, leaves the header out.
    ///
    /// Frameworks that can make such a value without an allocation do so here.
    #[must_use]
    fn constant(text: &'static str) -> Option<Self::Value> {
        Self::Value::try_from(text.as_bytes()).ok()
    }
}

/// A header value of printable ASCII, which every framework accepts.
#[inline(never)]
pub(crate) fn field_value<V: FieldValue>(text: &str) -> Option<V> {
    let value = V::try_from(text.as_bytes()).ok()?;
    // The first clone of a `bytes::Bytes` allocates its reference count. That is better done now
    // than during a request.
    Some(value.clone())
}

/// The value of a field that has one line.
pub(crate) fn just_one(headers: &impl Headers, field: Field) -> Option<&[u8]> {
    let mut values = headers.get_all(field);
    values.next().filter(|_| values.next().is_none()).map(AsRef::as_ref)
}
