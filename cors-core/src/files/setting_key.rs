//! What people write instead of the names of settings.

use std::iter;

use crate::policy::{POLICY_SETTINGS, RULE_SETTINGS, RULES, names};

/// No misspelling of a setting is longer.
const LONGEST: usize = 100;

/// What people call a setting, by a word in it that tells which one they mean; the first counts.
/// Other libraries have `allowed_origins`, `supports_credentials`, `exposed_headers` and so on.
/// A key that [means the opposite](means_the_opposite) or [asks for more](asks_for_danger) than
/// these settings give is not looked up here.
const WORDS: [(&str, &str); 6] = [
    ("credential", "allow_credentials"),
    ("expose", "expose_headers"),
    ("origin", "allow_origins"),
    ("method", "allow_methods"),
    ("header", "allow_headers"),
    ("maxage", "max_age"),
];

/// How the words begin that turn a setting into its opposite.
const OPPOSITES: [&str; 24] = [
    "anti", "black", "block", "deni", "deny", "dis", "drop", "except", "exclu", "forbid", "hidden",
    "hide", "ignor", "never", "omit", "prevent", "prohibit", "refus", "reject", "remov", "skip",
    "strip", "un", "without",
];

/// Words that do so only as a whole: many others begin with them.
const OPPOSITE_WORDS: [&str; 7] = ["ban", "banned", "no", "non", "not", "varies", "vary"];

/// How the words begin that ask for what only a `dangerously_` setting gives.
const DANGERS: [&str; 4] = ["danger", "host", "insecure", "suffix"];

/// Returns whether a key that means nothing in a rule is a setting of the policy.
pub(super) fn is_policy_key(key: &str) -> bool {
    policy_keys().any(|name| name == key)
}

fn policy_keys() -> impl Iterator<Item = &'static str> {
    iter::once(RULES).chain(POLICY_SETTINGS.iter().map(|setting| setting.name))
}

fn rule_keys() -> impl Iterator<Item = &'static str> {
    RULE_SETTINGS.iter().map(|setting| setting.name)
}

/// The setting of a policy that an unknown key most likely means.
pub(super) fn nearest_in_policy(key: &str) -> Option<&'static str> {
    // `CORSRules`, as object stores have it.
    let lists_rules = || key.to_ascii_lowercase().ends_with(RULES).then_some(RULES);
    nearest(key, policy_keys().chain(rule_keys())).or_else(lists_rules)
}

/// The setting of a rule that an unknown key most likely means.
pub(super) fn nearest_in_rule(key: &str) -> Option<&'static str> {
    // A misspelt setting of the policy is none of a rule, even if the two share a word.
    match nearest(key, policy_keys().chain(rule_keys())) {
        Some(name) if is_policy_key(name) => None,
        _ => nearest(key, rule_keys()),
    }
}

/// Returns whether an unknown key asks for every origin, as `allow_any_origin` does.
pub(super) fn means_any_origin(key: &str) -> bool {
    if key.len() > LONGEST {
        return false;
    }
    let words = words(key);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let is_other = |word: &String| means_the_opposite(word) || asks_for_danger(word);
    has(&["any", "all", "every"])
        && has(&["origin", "origins"])
        && !has(&["credentials"])
        && !words.iter().any(is_other)
}

/// Whether an unknown key is a misspelling of a known one.
pub(super) fn is_nearly(known: &str, key: &str) -> bool {
    key.len() <= LONGEST && names::similarity(&letters(key), known) >= least_similarity(known)
}

fn nearest(key: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    if key.len() > LONGEST {
        return None;
    }
    let words = words(key);
    if words.iter().any(|word| means_the_opposite(word)) {
        return None;
    }
    let key = words.concat();
    let alike = known
        .filter(|name| can_be_alike(&key, name))
        .map(|name| (names::similarity(&key, &letters(name)), name))
        .filter(|(similarity, name)| *similarity >= least_similarity(name))
        .max_by_key(|(similarity, _)| *similarity)
        .map(|(_, name)| name);
    let by_word = || WORDS.iter().find(|(word, _)| key.contains(word)).map(|(_, name)| *name);
    alike.or_else(|| if words.iter().any(|word| asks_for_danger(word)) { None } else { by_word() })
}

/// Whether a name is of a length at which the letters of a key can be similar to it, which costs
/// less to know than the similarity.
fn can_be_alike(key: &str, name: &str) -> bool {
    let letters = name.bytes().filter(|byte| *byte != b'_').count();
    let (shorter, longer) = (key.len().min(letters), key.len().max(letters));
    // Similarity counts characters, and is at least 75 percent.
    !key.is_ascii() || shorter * 4 >= longer * 3
}

/// Below this, two names have little in common. A name that starts with `dangerously_` is only
/// meant by a key that is nearly the same, and so starts like it.
fn least_similarity(name: &str) -> usize {
    if name.starts_with("dangerously_") { 90 } else { 75 }
}

fn means_the_opposite(word: &str) -> bool {
    // `nocredentials`
    let negated = word.strip_prefix("no").is_some_and(|rest| {
        rest.starts_with("allow") || WORDS.iter().any(|(word, _)| rest.starts_with(word))
    });
    negated
        || OPPOSITE_WORDS.contains(&word)
        || OPPOSITES.iter().any(|opposite| word.starts_with(opposite))
}

fn asks_for_danger(word: &str) -> bool {
    DANGERS.iter().any(|danger| word.starts_with(danger))
}

/// The words of a key in lower case: `allow-origins`, `allowOrigins` and `Allow_Origins` are one.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_lower_case = false;
    for c in key.chars() {
        let is_separator = !c.is_alphanumeric();
        if is_separator || c.is_uppercase() && after_lower_case {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| !is_separator) {
            word.extend(c.to_lowercase());
        }
        after_lower_case = c.is_lowercase();
    }
    words
}

fn letters(key: &str) -> String {
    words(key).concat()
}

#[cfg(test)]
mod tests {
    use super::{nearest_in_policy, nearest_in_rule};

    #[test]
    fn misspellings_and_the_names_of_others_lead_to_a_setting() {
        for (key, name) in [
            ("allow_origin", "allow_origins"),
            ("allow-origins", "allow_origins"),
            ("allowOrigins", "allow_origins"),
            ("alow_orgins", "allow_origins"),
            ("allowed_origins", "allow_origins"),
            ("origins", "allow_origins"),
            ("origin", "allow_origins"),
            ("Access-Control-Allow-Origin", "allow_origins"),
            ("cors_allowed_origins", "allow_origins"),
            ("allow_origin_regex", "allow_origins"),
            ("credentials", "allow_credentials"),
            ("supports_credentials", "allow_credentials"),
            ("allow_credential", "allow_credentials"),
            ("methods", "allow_methods"),
            ("allowed_methods", "allow_methods"),
            ("headers", "allow_headers"),
            ("allowed_headers", "allow_headers"),
            ("expose", "expose_headers"),
            ("exposed_headers", "expose_headers"),
            ("maxage", "max_age"),
            ("max-age", "max_age"),
            ("max_age_seconds", "max_age"),
            ("accessControlMaxAge", "max_age"),
            ("note_origins", "allow_origins"),
            (
                "dangerously_allow_insecure_origin_with_credentials",
                "dangerously_allow_insecure_origins_with_credentials",
            ),
            (
                "dangerosly-allow-public-sufix-subdomains-with-credentials",
                "dangerously_allow_public_suffix_subdomains_with_credentials",
            ),
        ] {
            assert_eq!(nearest_in_rule(key), Some(name), "{key}");
            assert_eq!(nearest_in_policy(key), Some(name), "{key}");
        }
        assert_eq!(nearest_in_policy("rule"), Some("rules"));
        assert_eq!(nearest_in_rule("rule"), None);
        for (key, name) in [("own_origin", "own_origins"), ("enforceOrigin", "enforce_origins")] {
            assert_eq!((nearest_in_policy(key), nearest_in_rule(key)), (Some(name), None));
        }
    }

    #[test]
    fn other_keys_lead_nowhere() {
        for key in ["", "vary", "preflight_status", "allow_private_network", "日本語"] {
            assert_eq!(nearest_in_policy(key), None, "{key}");
        }
        for key in [
            "deny_origins",
            "disallow_origins",
            "dissallow-origins",
            "disallowedOrigins",
            "block_origins",
            "blocked_origins",
            "BLOCK_ORIGINS",
            "exclude_origins",
            "allow_origins_except",
            "reject_disallowed_origins",
            "unallowed_origins",
            "denyorigins",
            "no_credentials",
            "noCredentials",
            "nocredentials",
            "omit_credentials",
            "without_credentials",
            "forbidden_methods",
            "never_allow_methods",
            "not_allowed_headers",
            "strip_headers",
            "hide_headers",
            "vary_headers",
            "no_max_age",
            "disallow_insecure_origins_with_credentials",
            "never_allow_insecure_origins_with_credentials",
            "dangerously_disallow_insecure_origins_with_credentials",
            "allow_insecure_origins_with_credentials",
            "allow_public_suffix_subdomains_with_credentials",
            "allow_any_host_origins_with_credentials",
            "dangerously_allow_any_origin_with_credentials",
        ] {
            assert_eq!(nearest_in_policy(key), None, "{key}");
        }
        let long = |length: usize| format!("origin{}", "_x".repeat((length - 6) / 2));
        assert_eq!(nearest_in_policy(&long(100)), Some("allow_origins"));
        assert_eq!(nearest_in_policy(&long(102)), None);
        assert_eq!(nearest_in_policy(&long(6000)), None);
    }
}
