use super::primitives::{is_token, trim_tabs_and_spaces};

/// A [header list](https://fetch.spec.whatwg.org/#concept-header-list): lines in order, names in
/// any case, duplicates allowed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct HeaderList(Vec<(Vec<u8>, Vec<u8>)>);

/// The elements of a list header.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Extracted {
    /// There is no such header.
    Absent,
    /// One of the elements is no token.
    Failure,
    /// Its elements, of all lines.
    Values(Vec<Vec<u8>>),
}

impl HeaderList {
    /// Adds a line.
    pub fn append(&mut self, name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.0.push((name.into(), value.into()));
    }

    /// Removes the lines that `name` has.
    pub fn delete(&mut self, name: &str) {
        self.0.retain(|(line, _)| !line.eq_ignore_ascii_case(name.as_bytes()));
    }

    /// All lines.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|(name, value)| (name.as_slice(), value.as_slice()))
    }

    /// The values of the lines that `name` has.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let is_named = move |line: &[u8]| line.eq_ignore_ascii_case(name.as_bytes());
        self.iter().filter(move |(line, _)| is_named(line)).map(|(_, value)| value)
    }

    /// Whether `name` has a line.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    /// [Gets](https://fetch.spec.whatwg.org/#concept-header-list-get) all values as one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Vec<u8>> {
        let values: Vec<_> = self.values(name).collect();
        if values.is_empty() { None } else { Some(values.join(&b", "[..])) }
    }

    /// [Extracts](https://fetch.spec.whatwg.org/#extract-header-list-values) the tokens that
    /// a list header has.
    #[must_use]
    pub fn extract(&self, name: &str) -> Extracted {
        if !self.contains(name) {
            return Extracted::Absent;
        }
        let elements = self.values(name).flat_map(|line| line.split(|byte| *byte == b','));
        // RFC 9110, section 5.6.1.2: a recipient ignores empty elements.
        let elements = elements.map(trim_tabs_and_spaces).filter(|element| !element.is_empty());
        let elements: Vec<_> = elements.map(<[u8]>::to_vec).collect();
        if elements.iter().all(|element| is_token(element)) {
            Extracted::Values(elements)
        } else {
            Extracted::Failure
        }
    }
}

impl<N: Into<Vec<u8>>, V: Into<Vec<u8>>> FromIterator<(N, V)> for HeaderList {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(lines: I) -> Self {
        Self(lines.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
