//! Wildcards inside labels, against a search of all patterns, one after the other.

use std::collections::{BTreeMap, BTreeSet};

use cors_core::adapter::{Decision, RequestParts};
use cors_core::{Origin, Policy};
use http::{HeaderMap, HeaderValue, header};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::origins::matches;

/// Patterns for one scheme, base and port can have this many pairs of lengths.
const MOST_LENGTHS: usize = 8;

/// What stands before and after the `*`, before a dot, a base and a port.
#[derive(Clone, Debug)]
struct Label {
    scheme: &'static str,
    before: String,
    after: String,
    base_and_port: &'static str,
}

fn label() -> impl Strategy<Value = Label> {
    let schemes = select(vec!["https", "https", "https", "http", "app"]);
    let bases = vec!["a.test", "b.a.test", "a.test:8443", "a.test:*", "b.test"];
    (schemes, "[ab_-]{0,4}", "[ab_-]{0,4}", select(bases))
        .prop_map(|(scheme, before, after, base_and_port)| Label {
            scheme,
            before,
            after,
            base_and_port,
        })
        // This is a pattern for subdomains.
        .prop_filter("`*.`", |label| !label.before.is_empty() || !label.after.is_empty())
}

impl Label {
    fn with(&self, free: &str) -> String {
        let Self { scheme, before, after, base_and_port } = self;
        format!("{scheme}://{before}{free}{after}.{base_and_port}")
    }
}

/// As many of the labels as a policy can have.
fn without_too_many_lengths(labels: Vec<Label>) -> Vec<Label> {
    let mut seen: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let has_room = |label: &Label| {
        let lengths = seen.entry((label.scheme, label.base_and_port)).or_default();
        let pair = (label.before.len(), label.after.len());
        lengths.contains(&pair) || lengths.len() < MOST_LENGTHS && lengths.insert(pair)
    };
    labels.into_iter().filter(has_room).collect()
}

/// An origin near a pattern: what stands for the `*`, another port, and a change somewhere.
fn near(label: &Label, free: &str, port: &str, change: Option<(Index, &str)>) -> String {
    let mut origin = label.with(free);
    if let Some(any) = origin.strip_suffix(":*") {
        origin = format!("{any}{port}");
    }
    if let Some((at, by)) = change {
        let at = at.index(origin.len());
        origin.replace_range(at..at + 1, by);
    }
    origin
}

proptest! {
    #[test]
    fn the_index_finds_what_a_search_of_all_patterns_does(
        labels in vec(label(), 1..80),
        others in vec(select(vec![
            "https://*.a.test", "https://*.a.test:*", "https://ab.a.test", "app://*", "app://*:*", "http://a.test:*",
        ]), 0..3),
        rules in 1..4_usize,
        origins in vec((
            any::<Index>(),
            "[ab_-]{0,5}",
            select(vec!["", ":8443", ":1"]),
            prop::option::weighted(0.3, (any::<Index>(), select(vec!["", "a", "b", "-", "_", ".", "A", "*"]))),
        ), 40),
    ) {
        let labels = without_too_many_lengths(labels);
        let mut patterns: Vec<Vec<String>> = vec![Vec::new(); rules];
        let all = labels.iter().map(|label| label.with("*")).chain(others.into_iter().map(str::to_owned));
        for (at, pattern) in all.enumerate() {
            patterns[at % rules].push(pattern);
        }
        patterns.retain(|rule| !rule.is_empty());
        let mut builder = Policy::builder();
        for (at, rule) in patterns.iter().enumerate() {
            builder = if at > 0 { builder.next_rule() } else { builder }.allow_origins(rule);
        }
        let policy = builder.build().unwrap();
        let compiled = policy.compile::<HeaderValue>();
        for (of, free, port, change) in origins {
            let change = change.as_ref().map(|(at, by)| (*at, *by));
            let origin = near(of.get(&labels), &free, port, change);
            let is_origin = Origin::parse(&origin).is_some();
            let is_match = |pattern: &String| is_origin && matches(pattern, &origin);
            let expected = patterns.iter().position(|rule| rule.iter().any(is_match));
            prop_assert_eq!(policy.allows_origin(&origin), expected.is_some(), "{}", origin);
            let value = HeaderValue::from_str(&origin).unwrap();
            let request = HeaderMap::from_iter([(header::ORIGIN, value)]);
            let Decision::Forward(headers) = compiled.decide(&RequestParts::new("GET", &request)) else {
                panic!("this is no preflight");
            };
            prop_assert_eq!(headers.rule(), expected, "{}", origin);
        }
    }

    #[test]
    fn more_pairs_of_lengths_than_are_looked_up_are_refused(labels in vec(label(), 1..80)) {
        let mut seen: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        let mut expected = Vec::new();
        for (at, label) in labels.iter().enumerate() {
            let lengths = seen.entry((label.scheme, label.base_and_port)).or_default();
            let pair = (label.before.len(), label.after.len());
            if lengths.len() < MOST_LENGTHS || lengths.contains(&pair) {
                lengths.insert(pair);
            } else {
                expected.push(format!("allow_origins[{at}]"));
            }
        }
        let policy = Policy::builder().allow_origins(labels.iter().map(|label| label.with("*")));
        let errors = policy.build().err();
        let refused: Vec<_> = errors.iter().flatten().map(|error| error.path().to_owned()).collect();
        expected.truncate(50);
        prop_assert_eq!(refused, expected);
    }
}
