//! The paths of settings, by which errors and lints name them.

use crate::origin::quoted;
use crate::policy::config::{POLICIES, RULES};

/// The path of a setting: `prefix` is empty or ends in a dot. A key that needs quotes in a file
/// has them here.
#[inline(never)]
pub(crate) fn of(prefix: &str, key: &str) -> String {
    let is_bare = |key: &str| {
        !key.is_empty()
            && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
    };
    if is_bare(key) && key.len() <= 100 {
        [prefix, key].concat()
    } else {
        [prefix, &quoted(key)].concat()
    }
}

/// The path of an element of a list.
#[inline(never)]
pub(crate) fn of_element(prefix: &str, key: &str, index: usize) -> String {
    [prefix, key, "[", &index.to_string(), "]"].concat()
}

/// The path of a rule in a list.
pub(crate) fn of_rule(index: usize) -> String {
    format!("{RULES}[{index}]")
}

/// The path of a policy in a file with several.
pub(crate) fn of_policy(name: &str) -> String {
    of(&format!("{POLICIES}."), name)
}

/// What stands before the settings of a rule: nothing where it is the only one and was not
/// written as a list.
pub(crate) fn rule_prefix(index: usize, listed: bool) -> String {
    if listed { format!("{}.", of_rule(index)) } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_path_quotes_what_a_file_must() {
        assert_eq!(of("rules[1].", "max-age"), "rules[1].max-age");
        assert_eq!(of("", "a b\n"), r#""a b\n""#);
        assert_eq!(of("", ""), r#""""#);
    }
}
