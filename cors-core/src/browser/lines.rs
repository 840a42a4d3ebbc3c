use crate::{Field, Headers, HeadersMut};

/// The header lines of a simulated message.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines(pub(super) Vec<(Field, Vec<u8>)>);

impl Lines {
    pub(super) fn text(&self) -> Vec<(&'static str, String)> {
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        self.0.iter().map(|(field, value)| (field.as_str(), text(value))).collect()
    }

    /// The value of a field that has one line.
    pub(super) fn just_one(&self, field: Field) -> Option<&[u8]> {
        let mut values = self.get_all(field);
        values.next().filter(|_| values.next().is_none()).map(Vec::as_slice)
    }

    pub(super) fn has(&self, field: Field) -> bool {
        self.get_all(field).next().is_some()
    }

    /// Whether a list, in any number of lines, has an element. Empty elements count for none.
    pub(super) fn lists(&self, field: Field, is_element: impl Fn(&[u8]) -> bool) -> bool {
        self.get_all(field)
            .flat_map(|line| line.split(|byte| *byte == b','))
            .map(crate::fetch::trim_whitespace)
            .any(|element| !element.is_empty() && is_element(element))
    }
}

impl Headers for Lines {
    type Value = Vec<u8>;

    fn get_all(&self, field: Field) -> impl Iterator<Item = &Vec<u8>> {
        self.0.iter().filter(move |(name, _)| *name == field).map(|(_, value)| value)
    }
}

impl HeadersMut for Lines {
    fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(field, _)| field.as_str())
    }

    fn insert(&mut self, field: Field, value: Vec<u8>) {
        self.remove(field);
        self.0.push((field, value));
    }

    fn append(&mut self, field: Field, value: Vec<u8>) {
        self.0.push((field, value));
    }

    fn remove(&mut self, field: Field) {
        self.0.retain(|(name, _)| *name != field);
    }
}
