use std::fmt;

use serde::de::{DeserializeOwned, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::{Options, SnippetMode, Spanned};

use crate::files::formats::{Places, SyntaxError, syntax};
use crate::policy::setting_path;

pub(super) fn parse<T: DeserializeOwned>(text: &str) -> Option<Result<T, SyntaxError>> {
    let parsed = serde_saphyr::from_str_with_options(text, options());
    Some(parsed.map_err(|error| syntax_error(text, &error)))
}

fn options() -> Options {
    // A file has at most 16 MiB, and so no more than these.
    let budget = serde_saphyr::budget! { max_nodes: 1 << 24, max_events: 1 << 25 };
    serde_saphyr::options! { strict_booleans: true, with_snippet: false, budget: budget }
}

fn syntax_error(text: &str, error: &serde_saphyr::Error) -> SyntaxError {
    let message = error.render_with_options(serde_saphyr::render_options! {
        formatter: &serde_saphyr::UserMessageFormatter,
        snippets: SnippetMode::Off,
    });
    let place = error.location().and_then(|location| {
        let place = format!(" at line {}, column {}", location.line(), location.column());
        let message = message.strip_suffix(&place)?;
        // Only some errors know their byte.
        let characters = usize::try_from(location.span().offset()).ok()?;
        Some((message, text.chars().take(characters).map(char::len_utf8).sum()))
    });
    match place {
        Some((message, byte)) => syntax::error(text, Some(byte), message),
        None => syntax::error(text, None, &message),
    }
}

pub(super) fn find(text: &str, places: &mut Places) {
    if let Ok(node) = serde_saphyr::from_str_with_options(text, options()) {
        find_in_node("", &node, places);
    }
}

fn find_in_node(path: &str, node: &Node, places: &mut Places) {
    match node {
        Node::Leaf => {}
        Node::List(elements) => {
            for (index, element) in elements.iter().enumerate() {
                note(&format!("{path}[{index}]"), element, &element.value, places);
            }
        }
        Node::Table(entries) => {
            let prefix = if path.is_empty() { String::new() } else { format!("{path}.") };
            for (key, value) in entries {
                note(&setting_path::of(&prefix, &key.value), key, &value.value, places);
            }
        }
    }
}

fn note<T>(path: &str, start: &Spanned<T>, node: &Node, places: &mut Places) {
    if let Some(place) = places.get_mut(path) {
        let byte = start.referenced.span().byte_offset();
        *place = byte.and_then(|byte| usize::try_from(byte).ok());
        find_in_node(path, node, places);
    }
}

/// A value of a YAML file, with the places of what is in it.
enum Node {
    Leaf,
    List(Vec<Spanned<Node>>),
    Table(Vec<(Spanned<String>, Spanned<Node>)>),
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
