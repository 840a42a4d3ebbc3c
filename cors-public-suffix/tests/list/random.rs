//! Names at random.

use cors_public_suffix::public_suffix_at_or_below;
use proptest::prelude::*;

use crate::model::{self, RULES};

/// Labels of the list, cut and glued.
fn name() -> impl Strategy<Value = String> {
    let label = prop_oneof![
        4 => any::<prop::sample::Index>().prop_map(|at| at.get(&RULES).split('.').next().unwrap().to_owned()),
        1 => "[a-z0-9-]{0,12}",
    ];
    let rule = any::<prop::sample::Index>().prop_map(|at| (*at.get(&RULES)).to_owned());
    let end = prop_oneof![rule, "[a-z]{2,3}", Just(String::new())];
    (prop::collection::vec(label, 0..4), end).prop_map(|(mut labels, end)| {
        labels.push(end);
        labels.join(".")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn names_are_found_as_in_the_text(name in name()) {
        prop_assert_eq!(public_suffix_at_or_below(&name), model::public_suffix_at_or_below(&name));
    }

    #[test]
    fn any_text_is_found_as_in_the_text(text in prop_oneof![".*", "[.*!a-c\n\u{0}-]{0,20}"]) {
        prop_assert_eq!(public_suffix_at_or_below(&text), model::public_suffix_at_or_below(&text));
    }
}

#[test]
fn long_names_are_not_in_the_list() {
    for (part, end) in [("a", ".com"), ("com.", "com"), (".", ""), ("*.", "ck"), ("é", ".ck.ck")] {
        let name = part.repeat(1_000_000) + end;
        assert!(!public_suffix_at_or_below(&name), "{part} {end}");
    }
}
