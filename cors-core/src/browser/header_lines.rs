use crate::http::{Field, fetch};

/// The header lines of a response that a browser received: names in lower case, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeaderLines(Vec<(String, Vec<u8>)>);

/// The elements of a list header.
pub(super) enum Elements<'a> {
    Absent,
    /// One element is not a token.
    Malformed,
    Listed(Vec<&'a [u8]>),
}

impl<N: Into<String>, V: Into<Vec<u8>>> FromIterator<(N, V)> for HeaderLines {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(lines: I) -> Self {
        let line = |(name, value): (N, V)| {
            let mut name = name.into();
            name.make_ascii_lowercase();
            (name, value.into())
        };
        Self(lines.into_iter().map(line).collect())
    }
}

impl HeaderLines {
    pub(super) fn get_all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let lines = self.0.iter().filter(move |(line, _)| line == name);
        lines.map(|(_, value)| value.as_slice())
    }

    /// The value of a field that has one line.
    pub(super) fn just_one(&self, name: &str) -> Option<&[u8]> {
        let mut values = self.get_all(name);
        values.next().filter(|_| values.next().is_none())
    }

    pub(super) fn has(&self, field: Field) -> bool {
        self.get_all(field.as_str()).next().is_some()
    }

    /// [Extracts](https://fetch.spec.whatwg.org/#extract-header-list-values) the tokens of a list in
    /// any number of lines. Empty elements are ignored
    /// ([RFC 9110](https://httpwg.org/specs/rfc9110.html#abnf.extension.recipient)).
    pub(super) fn extract(&self, field: Field) -> Elements<'_> {
        if !self.has(field) {
            return Elements::Absent;
        }
        let elements = self.get_all(field.as_str()).flat_map(fetch::elements);
        let elements: Vec<_> = elements.filter(|element| !element.is_empty()).collect();
        if elements.iter().all(|element| fetch::is_token(element)) {
            Elements::Listed(elements)
        } else {
            Elements::Malformed
        }
    }

    /// The names in the order of their first lines, each once.
    pub(super) fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for (name, _) in &self.0 {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// All values of a field, as a script reads them: joined, and each byte a character.
    pub(super) fn joined(&self, name: &str) -> String {
        let values: Vec<_> = self.get_all(name).map(latin1).collect();
        values.join(", ")
    }

    /// Each line as text. Bytes that are not UTF-8 are replaced.
    pub(super) fn text(&self) -> Vec<(&str, String)> {
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        self.0.iter().map(|(name, value)| (name.as_str(), text(value))).collect()
    }
}

impl Elements<'_> {
    /// Whether an element is `*`, which is a wildcard without credentials.
    pub(super) fn has_wildcard(&self, credentials: bool) -> bool {
        !credentials && self.any(|element| element == b"*")
    }

    pub(super) fn any(&self, is_element: impl Fn(&[u8]) -> bool) -> bool {
        matches!(self, Self::Listed(elements) if elements.iter().any(|element| is_element(element)))
    }
}

fn latin1(value: &[u8]) -> String {
    value.iter().copied().map(char::from).collect()
}
