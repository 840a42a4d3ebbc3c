//! From what a person wrote to a policy, or to everything that is wrong with it.

mod names;
mod rule;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::origin::{Advice, OriginIndex, RuleOrigins};
use crate::policy::config::{MOST_UNKNOWN_KEYS, Mismatch, PolicyConfig, RuleConfig};
use crate::policy::error::PolicyError;
use crate::policy::error_kind::PolicyErrorKind as Kind;
use crate::policy::errors::{ErrorList, PolicyErrors};
use crate::policy::format::PolicyFormat;
use crate::policy::policy::Policy;
use crate::policy::rule::Rule;
use crate::policy::{setting, setting_key};
use rule::RuleChecker;

impl TryFrom<PolicyConfig> for Policy {
    type Error = PolicyErrors;

    fn try_from(config: PolicyConfig) -> Result<Self, PolicyErrors> {
        policy(&config, &BTreeMap::new(), PolicyFormat::default())
    }
}

/// The policy that `config` describes. In `short_max_ages` are times too short for it to hold, by
/// the position of their rule. Lines to write are in the format.
pub(crate) fn policy(
    config: &PolicyConfig,
    short_max_ages: &BTreeMap<usize, Duration>,
    format: PolicyFormat,
) -> Result<Policy, PolicyErrors> {
    let checked = check(config, short_max_ages);
    checked.errors.check(format)?;
    Ok(checked.draft)
}

/// A configuration after all checks.
pub(crate) struct Checked {
    /// The policy without everything that is wrong. A service runs under it only if nothing is.
    pub(crate) draft: Policy,
    /// What the draft has kept of each rule.
    pub(crate) kept: Vec<Kept>,
    pub(crate) errors: ErrorList,
}

/// What is left of a rule without the elements of its lists that are wrong.
#[derive(Debug)]
pub(crate) struct Kept {
    /// Whether nothing was wrong with the rule.
    pub(crate) is_valid: bool,
    /// For each list, the places in the configuration of the elements that are left.
    lists: Vec<(&'static str, Vec<usize>)>,
}

impl Kept {
    /// The place in the configuration of an element that is the `nth` that is left.
    pub(crate) fn place(&self, setting: &str, nth: usize) -> usize {
        let list = self.lists.iter().find(|(name, _)| *name == setting);
        list.and_then(|(_, places)| places.get(nth)).copied().unwrap_or(nth)
    }
}

pub(crate) fn check(config: &PolicyConfig, short_max_ages: &BTreeMap<usize, Duration>) -> Checked {
    let mut errors = policy_errors(config);
    let rules_are_listed = config.rules.len() > 1 || config.sole_rule_is_listed;
    let mut rules: Vec<Rule> = Vec::with_capacity(config.rules.len());
    let mut origins: Vec<RuleOrigins> = Vec::with_capacity(config.rules.len());
    let mut kept = Vec::with_capacity(config.rules.len());
    // A sole rule that is not listed has the settings of the policy.
    let origins_are_elsewhere = !rules_are_listed && origins_are_elsewhere(config);
    for (index, rule) in config.rules.iter().enumerate() {
        let mut checker = RuleChecker {
            rule,
            prefix: setting::rule_prefix(index, rules_are_listed),
            short_max_age: short_max_ages.get(&index),
            origins_are_elsewhere,
            shifts: rule::shifts(rule),
            kept: Kept { is_valid: true, lists: Vec::new() },
            of_bare_text: None,
            errors: &mut errors,
        };
        checker.keys_and_types();
        origins.push(checker.origins());
        rules.push(checker.rule());
        kept.push(checker.kept);
    }
    errors.extend(needless_settings(config, rules_are_listed));
    let draft = Policy::new(rules, OriginIndex::new(origins), rules_are_listed, config);
    Checked { draft, kept, errors }
}

/// What is wrong outside the rules.
fn policy_errors(config: &PolicyConfig) -> ErrorList {
    let mut errors = ErrorList::default();
    errors.extend(config.unknown_keys.iter().enumerate().map(|(index, key)| {
        if index < MOST_UNKNOWN_KEYS {
            unknown_key(config, key)
        } else {
            PolicyError::new(setting::path("", key), Kind::UnknownKey)
        }
    }));
    errors.extend(
        config
            .keys_beside_rules
            .iter()
            .map(|key| PolicyError::new(setting::path("", key), Kind::BesideRules)),
    );
    errors.extend(config.mismatches.iter().map(|mismatch| wrong_type("", mismatch)));
    if config.rules.is_empty() && !origins_are_elsewhere(config) {
        errors.push(PolicyError::new("allow_origins".into(), Kind::NoRules));
    }
    errors
}

/// Whether the origins are probably below a setting that is misspelt or misplaced, so that it is
/// wrong to call them missing.
fn origins_are_elsewhere(config: &PolicyConfig) -> bool {
    let mean_rules = |key: &String| setting_key::nearest_in_policy(key) == Some("rules");
    mean_origins(&config.unknown_keys)
        || config.unknown_keys.iter().take(MOST_UNKNOWN_KEYS).any(mean_rules)
        || config
            .misplaced
            .iter()
            .any(|table| table.settings.is_empty() || mean_origins(&table.settings))
        || config.mismatches.iter().any(|wrong| wrong.kind == Kind::NotAListOfRules)
}

fn unknown_key(config: &PolicyConfig, key: &str) -> PolicyError {
    let error = |kind| PolicyError::new(setting::path("", key), kind);
    match config.misplaced.iter().find(|table| table.key == *key) {
        Some(_) if setting_key::is_nearly("policies", key) => {
            error(Kind::UnknownKey).with_suggestion(Some("policies"))
        }
        Some(_) if setting_key::nearest_in_policy(key) == Some("rules") => {
            error(Kind::UnknownKey).with_suggestion(Some("rules"))
        }
        Some(table) if table.settings.is_empty() => {
            error(Kind::NestedSettings).with_advice(Advice::Instead(
                "move them to its top level; several policies stand below policies, by name",
            ))
        }
        Some(_) => error(Kind::NestedSettings),
        None if setting_key::means_any_origin(key) => {
            error(Kind::UnknownKey).with_advice(Advice::Instead(rule::ANY_ORIGIN))
        }
        None => error(Kind::UnknownKey).with_suggestion(setting_key::nearest_in_policy(key)),
    }
}

/// What says how to treat other origins in a policy that allows every one, and rules of which only
/// one can count.
fn needless_settings(config: &PolicyConfig, rules_are_listed: bool) -> Vec<PolicyError> {
    let mut errors = Vec::new();
    let has_any = config.rules.iter().any(|rule| rule.allow_origins.iter().any(|o| o == "*"));
    if config.enforce_origins && has_any {
        errors.push(PolicyError::new("enforce_origins".into(), Kind::EnforcedAnyOrigin));
    }
    let asks = |(_, rule): &(usize, &RuleConfig)| rule.allow_origins_by_predicate;
    for (nth, (index, _)) in config.rules.iter().enumerate().filter(asks).enumerate() {
        let prefix = setting::rule_prefix(index, rules_are_listed);
        let path = setting::path(&prefix, "allow_origins_by_predicate");
        if has_any {
            errors.push(PolicyError::new(path, Kind::PredicateBesideAny));
        } else if nth > 0 {
            errors.push(PolicyError::new(path, Kind::SeveralPredicateRules));
        }
    }
    errors
}

fn wrong_type(prefix: &str, mismatch: &Mismatch) -> PolicyError {
    let path = match mismatch.index {
        Some(index) => setting::element_path(prefix, &mismatch.key, index),
        None => setting::path(prefix, &mismatch.key),
    };
    let error = PolicyError::new(path, mismatch.kind).with_value(&mismatch.value);
    if mismatch.kind == Kind::NotAText && mismatch.key == "allow_origins" {
        let help = "write an origin between quotes, such as \"https://example.com\"";
        return error.with_advice(Advice::Instead(help));
    }
    error.with_suggestion(mismatch.suggestion.as_ref())
}

/// Whether the origins are there, under a wrong name: they are not missing as well.
fn mean_origins(unknown_keys: &[String]) -> bool {
    let mean = |key: &String| setting_key::nearest_in_rule(key);
    unknown_keys
        .iter()
        .take(MOST_UNKNOWN_KEYS)
        .filter_map(mean)
        .any(|meant| meant.starts_with("allow_origins"))
}
