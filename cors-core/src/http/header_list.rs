use crate::http::field::Field;
use crate::http::headers::{FieldValue, Headers, HeadersMut};

/// Header lines in a list: for messages that are not sent, and for frameworks whose own map an
/// adapter copies from and to.
#[derive(Clone, Debug)]
pub struct HeaderList<V>(pub(crate) Vec<(Field, V)>);

impl<V> Default for HeaderList<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> FromIterator<(Field, V)> for HeaderList<V> {
    fn from_iter<T: IntoIterator<Item = (Field, V)>>(lines: T) -> Self {
        Self(lines.into_iter().collect())
    }
}

impl<V: FieldValue> Headers for HeaderList<V> {
    type Value = V;

    fn get_all(&self, field: Field) -> impl Iterator<Item = &V> {
        self.0.iter().filter(move |(name, _)| *name == field).map(|(_, value)| value)
    }
}

impl<V: FieldValue> HeadersMut for HeaderList<V> {
    fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(field, _)| field.as_str())
    }

    fn insert(&mut self, field: Field, value: V) {
        self.remove(field);
        self.0.push((field, value));
    }

    fn append(&mut self, field: Field, value: V) {
        self.0.push((field, value));
    }

    fn remove(&mut self, field: Field) {
        self.0.retain(|(name, _)| *name != field);
    }
}
