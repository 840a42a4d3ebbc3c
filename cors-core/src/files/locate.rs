//! Where the settings of diagnostics stand in their file. Nothing of this is done for a file that
//! has nothing to report.

use std::collections::HashMap;
use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Location;
use toml::de::{DeTable, DeValue};

use crate::files::format::{without_byte_order_mark, yaml_options};
use crate::policy::{Diagnostic, PolicyFormat, setting_path};

/// Adds the lines and columns of settings to diagnostics. A setting that is missing is at the place
/// of what it is missing in.
pub(super) fn locate<'d>(
    format: PolicyFormat,
    text: &str,
    diagnostics: impl IntoIterator<Item = &'d mut Diagnostic>,
) {
    let diagnostics: Vec<_> = diagnostics.into_iter().collect();
    if diagnostics.is_empty() {
        return;
    }
    let wanted = diagnostics.iter().flat_map(|diagnostic| with_ancestors(diagnostic.path()));
    let mut places = Places(wanted.map(|path| (path.to_owned(), None)).collect());
    let text = without_byte_order_mark(text);
    match format {
        PolicyFormat::Toml => places.read_toml(text),
        // JSON is a subset of YAML 1.2.
        PolicyFormat::Json | PolicyFormat::Yaml => places.read_yaml(text),
    }
    for diagnostic in diagnostics {
        let place = with_ancestors(diagnostic.path()).find_map(|path| places.get(path));
        if let Some((line, column)) = place {
            diagnostic.locate(line, column);
        }
    }
}

/// A path, and the paths of the tables and lists that it is in, from the inside out.
fn with_ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| path.get(..path.rfind(['.', '['])?))
}

/// A line and a column, from 1.
type Place = (usize, usize);

/// The places of the paths that are wanted.
struct Places(HashMap<String, Option<Place>>);

impl Places {
    fn get(&self, path: &str) -> Option<Place> {
        self.0.get(path).copied().flatten()
    }

    fn note(&mut self, path: &str, place: Place) {
        if let Some(wanted) = self.0.get_mut(path) {
            wanted.get_or_insert(place);
        }
    }

    fn read_toml(&mut self, text: &str) {
        let Ok(table) = DeTable::parse(text) else { return };
        let mut found = Vec::new();
        self.find_in_toml_table("", table.get_ref(), &mut found);
        // Spans are in bytes, and the text is walked over once.
        found.sort_unstable();
        let mut characters = text.char_indices().peekable();
        let (mut line, mut column) = (1, 1);
        for (start, path) in found {
            while let Some((_, character)) = characters.next_if(|(at, _)| *at < start) {
                (line, column) = if character == '\n' { (line + 1, 1) } else { (line, column + 1) };
            }
            self.note(&path, (line, column));
        }
    }

    /// Finds the bytes at which wanted paths begin.
    fn find_in_toml_table(
        &self,
        prefix: &str,
        table: &DeTable<'_>,
        found: &mut Vec<(usize, String)>,
    ) {
        for (key, value) in table {
            let path = setting_path::of(prefix, key.get_ref());
            if self.0.contains_key(&path) {
                found.push((key.span().start, path.clone()));
                self.find_in_toml_value(&path, value.get_ref(), found);
            }
        }
    }

    fn find_in_toml_value(
        &self,
        path: &str,
        value: &DeValue<'_>,
        found: &mut Vec<(usize, String)>,
    ) {
        match value {
            DeValue::Table(table) => self.find_in_toml_table(&format!("{path}."), table, found),
            DeValue::Array(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    let path = format!("{path}[{index}]");
                    if self.0.contains_key(&path) {
                        self.find_in_toml_value(&path, element.get_ref(), found);
                        found.push((element.span().start, path));
                    }
                }
            }
            _ => {}
        }
    }

    fn read_yaml(&mut self, text: &str) {
        if let Ok(node) = serde_saphyr::from_str_with_options(text, yaml_options()) {
            self.read_node("", &node);
        }
    }

    fn read_node(&mut self, path: &str, node: &Node) {
        match node {
            Node::Leaf => {}
            Node::List(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    self.read_child(
                        &format!("{path}[{index}]"),
                        element.referenced,
                        &element.value,
                    );
                }
            }
            Node::Table(entries) => {
                let prefix = if path.is_empty() { String::new() } else { format!("{path}.") };
                for (key, value) in entries {
                    self.read_child(
                        &setting_path::of(&prefix, &key.value),
                        key.referenced,
                        &value.value,
                    );
                }
            }
        }
    }

    fn read_child(&mut self, path: &str, location: Location, node: &Node) {
        if !self.0.contains_key(path) {
            return;
        }
        let place = (usize::try_from(location.line()), usize::try_from(location.column()));
        if let (Ok(line), Ok(column)) = place {
            self.note(path, (line, column));
        }
        self.read_node(path, node);
    }
}

/// A value of a YAML file, with the places of what is in it.
enum Node {
    Leaf,
    List(Vec<serde_saphyr::Spanned<Node>>),
    Table(Vec<(serde_saphyr::Spanned<String>, serde_saphyr::Spanned<Node>)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_str<E>(self, _: &str) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = list.next_element()? {
            elements.push(element);
        }
        Ok(Node::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Node, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = table.next_entry()? {
            entries.push(entry);
        }
        Ok(Node::Table(entries))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::files::error::LoadError;
    use crate::files::load::Policies;

    /// The code, line and column of each diagnostic.
    fn found(name: &str, text: &str) -> Vec<(&'static str, Option<usize>, Option<usize>)> {
        let diagnostics = match Policies::parse(text, Path::new(name)) {
            Ok(policies) => policies.lints(),
            Err(LoadError::Invalid { errors, lints, .. }) => {
                errors.into_iter().chain(lints).collect()
            }
            Err(error) => panic!("{error}"),
        };
        diagnostics.iter().map(|found| (found.code(), found.line(), found.column())).collect()
    }

    #[test]
    fn diagnostics_have_the_place_of_their_setting() {
        let toml = "# é\nmax_age = -1\nallow_origins = [\n  'https://a.example',\n  'https://b.example/', 'é'\n]\nallow_methods = ['patch']";
        assert_eq!(
            found("a.toml", toml),
            [
                ("origin-has-path", Some(5), Some(3)),
                ("origin-scheme-missing", Some(5), Some(25)),
                ("max-age-out-of-range", Some(2), Some(1)),
                ("method-not-upper-case", Some(7), Some(18)),
            ]
        );
        let json = "{\n\t\"allow_origins\": [\"https://a.example\", \"https://b.example/\"],\n\t\"max_age\": -1\n}";
        assert_eq!(
            found("a.json", json),
            [("origin-has-path", Some(2), Some(41)), ("max-age-out-of-range", Some(3), Some(2))]
        );
        let yaml = "allow_origins:\n  - https://a.example\n  - https://b.example/\nmax_age: -1\n";
        assert_eq!(
            found("a.yaml", yaml),
            [("origin-has-path", Some(3), Some(5)), ("max-age-out-of-range", Some(4), Some(1))]
        );
    }

    #[test]
    fn what_is_missing_is_where_it_should_be() {
        let rules = "[[rules]]\nallow_origins = ['https://a.example']\n\n[[rules]]\nmax_age = 1\n";
        assert_eq!(found("a.toml", rules), [("origins-missing", Some(4), Some(1))]);
        assert_eq!(found("a.toml", ""), [("origins-missing", None, None)]);
        let named = "policies:\n  web:\n    allow_origins: ['https://a.example/']\n  'a b': {}\n";
        assert_eq!(
            found("a.yaml", named),
            [("origins-missing", Some(4), Some(3)), ("origin-has-path", Some(3), Some(21))]
        );
        // A text that should be a list has no elements.
        let text = "allow_origins = 'https://a.example/'";
        let [list, element] = found("a.toml", text)[..] else { panic!("two errors") };
        assert_eq!((list.1, list.2), (Some(1), Some(1)));
        assert_eq!((element.1, element.2), (Some(1), Some(1)));
    }

    #[test]
    fn warnings_of_a_valid_file_have_places_too() {
        let toml = "allow_origins = ['https://a.example', 'https://a.example']";
        assert_eq!(found("a.toml", toml), [("duplicate-origin", Some(1), Some(39))]);
    }
}
