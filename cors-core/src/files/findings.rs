//! What a text has besides valid settings: unknown keys, and values of the wrong type. This file
//! turns them into errors, and into the context that validation needs.

use std::collections::BTreeMap;

use crate::files::setting_key;
use crate::origin::{Advice, suggestion};
use crate::policy::validate::{BareText, Context, ListContext, RuleContext};
use crate::policy::{
    ErrorList, MOST_REPORTED, POLICIES, PolicyError, PolicyErrorKind as Kind, RULES, setting_path,
};

/// Only for so many unknown keys do we look for the setting that is meant: no more errors are kept.
pub(super) const MOST_UNKNOWN_KEYS: usize = MOST_REPORTED;

/// What to write instead of a setting such as `allow_any_origin`.
const ANY_ORIGIN: &str = "write \"*\" in allow_origins if every origin is meant";

/// The findings in the text of a policy.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Whether the rules stand under `rules`.
    pub(super) rules_are_listed: bool,
    /// Keys at the top level that are no settings.
    pub(super) unknown_keys: Vec<String>,
    /// Settings of a rule at the top level, beside `rules`.
    pub(super) keys_beside_rules: Vec<String>,
    /// Values of the wrong type at the top level.
    pub(super) mismatches: Vec<Mismatch>,
    /// Tables under unknown keys that hold settings.
    pub(super) misplaced: Vec<MisplacedTable>,
    /// By the position of the rule. Rules without findings are left out.
    pub(super) rules: BTreeMap<usize, RuleFindings>,
}

/// The findings in a rule.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct RuleFindings {
    /// Keys that are no settings of a rule.
    pub(super) unknown_keys: Vec<String>,
    /// Values of the wrong type.
    pub(super) mismatches: Vec<Mismatch>,
}

/// A value of the wrong type.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Mismatch {
    /// The setting.
    pub(super) key: &'static str,
    /// The position in the list, if an element has the wrong type.
    pub(super) index: Option<usize>,
    pub(super) kind: Kind,
    /// The value and the one that is likely meant, as they stand in a file.
    pub(super) value: String,
    pub(super) suggestion: Option<String>,
}

/// A table under an unknown key.
#[derive(Debug)]
pub(super) struct MisplacedTable {
    /// The unknown key, which is one of [`Findings::unknown_keys`] too.
    pub(super) key: String,
    /// The settings; none if there are policies by name.
    pub(super) settings: Vec<String>,
}

impl Findings {
    /// Returns whether the text has only settings, each with a value of the right type.
    pub(super) fn is_empty(&self) -> bool {
        self.unknown_keys.is_empty()
            && self.keys_beside_rules.is_empty()
            && self.mismatches.is_empty()
            && self.rules.is_empty()
    }

    /// Returns what validation needs to know. `rules` is the number of rules in the configuration.
    pub(super) fn context(&self, rules: usize) -> Context {
        let rules_are_listed = self.rules_are_listed || rules > 1;
        let errors = self.errors();
        let mut count = errors.count();
        let of_rule = |index| {
            let Some(rule) = self.rules.get(&index) else { return RuleContext::default() };
            let prefix = setting_path::rule_prefix(index, rules_are_listed);
            let context = rule.context(&prefix, count >= MOST_REPORTED);
            count += context.errors.count();
            context
        };
        let unread = unread(&self.mismatches);
        let last = self.rules.last_key_value().map_or(0, |(index, _)| index + 1);
        Context {
            rules_are_listed,
            errors,
            origins_are_elsewhere: self.origins_are_elsewhere(),
            lists: list_contexts(&self.mismatches, &unread, ""),
            unread,
            rules: (0..last).map(of_rule).collect(),
            ..Context::default()
        }
    }

    fn errors(&self) -> ErrorList {
        let mut errors = ErrorList::default();
        for key in &self.unknown_keys {
            errors.push_with(|| self.unknown_key(key));
        }
        errors.extend(
            self.keys_beside_rules
                .iter()
                .map(|key| PolicyError::new(setting_path::of("", key), Kind::BesideRules)),
        );
        // A text in place of a list is reported with the list to write.
        let others = self.mismatches.iter().filter(|mismatch| !mismatch.is_bare_text());
        errors.extend(others.map(|mismatch| mismatch.error("")));
        errors
    }

    fn unknown_key(&self, key: &str) -> PolicyError {
        let error = |kind| PolicyError::new(setting_path::of("", key), kind);
        match self.misplaced.iter().find(|table| table.key == key) {
            Some(_) if setting_key::is_nearly(POLICIES, key) => {
                error(Kind::UnknownKey).with_advice(Advice::One(POLICIES.into()))
            }
            Some(_) if setting_key::nearest_in_policy(key) == Some(RULES) => {
                error(Kind::UnknownKey).with_advice(Advice::One(RULES.into()))
            }
            Some(table) if table.settings.is_empty() => {
                error(Kind::NestedSettings).with_advice(Advice::Instead(
                    "move them to its top level; several policies stand below policies, by name",
                ))
            }
            Some(_) => error(Kind::NestedSettings),
            None => {
                error(Kind::UnknownKey).with_advice(instead_of(key, setting_key::nearest_in_policy))
            }
        }
    }

    /// Returns whether the origins probably stand below a misspelt or misplaced key. Then they are
    /// not missing as well.
    fn origins_are_elsewhere(&self) -> bool {
        let mean_rules = |key: &String| setting_key::nearest_in_policy(key) == Some(RULES);
        let has_origins =
            |table: &MisplacedTable| table.settings.is_empty() || mean_origins(&table.settings);
        mean_origins(&self.unknown_keys)
            || self.unknown_keys.iter().take(MOST_UNKNOWN_KEYS).any(mean_rules)
            || self.misplaced.iter().any(has_origins)
            || self.mismatches.iter().any(|wrong| wrong.kind == Kind::NotAListOfRules)
    }
}

impl RuleFindings {
    pub(super) fn is_empty(&self) -> bool {
        self.unknown_keys.is_empty() && self.mismatches.is_empty()
    }

    /// `prefix` stands before the settings of the rule. If `errors_are_counted`, there are enough
    /// errors to report before this rule, and its own are only counted.
    fn context(&self, prefix: &str, errors_are_counted: bool) -> RuleContext {
        let add = |errors: &mut ErrorList, error: &dyn Fn() -> PolicyError| {
            if errors_are_counted { errors.count_one() } else { errors.push_with(error) }
        };
        let mut context = RuleContext {
            origins_are_elsewhere: mean_origins(&self.unknown_keys),
            ..RuleContext::default()
        };
        for key in &self.unknown_keys {
            add(&mut context.errors, &|| unknown_key_in_rule(prefix, key));
        }
        for mismatch in &self.mismatches {
            if !mismatch.is_bare_text() {
                add(&mut context.errors, &|| mismatch.error(prefix));
            }
        }
        context.unread = unread(&self.mismatches);
        context.lists = list_contexts(&self.mismatches, &context.unread, prefix);
        context
    }
}

fn unknown_key_in_rule(prefix: &str, key: &str) -> PolicyError {
    let error = |kind| PolicyError::new(setting_path::of(prefix, key), kind);
    if setting_key::is_policy_key(key) {
        error(Kind::PolicyKeyInRule)
    } else {
        error(Kind::UnknownKey).with_advice(instead_of(key, setting_key::nearest_in_rule))
    }
}

impl Mismatch {
    /// Returns whether the value is a text where a list is expected.
    fn is_bare_text(&self) -> bool {
        self.kind == Kind::NotAList && self.value.starts_with('"')
    }

    fn error(&self, prefix: &str) -> PolicyError {
        let path = match self.index {
            Some(index) => setting_path::of_element(prefix, self.key, index),
            None => setting_path::of(prefix, self.key),
        };
        let advice = match self.kind {
            Kind::NotAText if suggestion::is_of_origins(self.key) => {
                Advice::Instead("write an origin between quotes, such as \"https://example.com\"")
            }
            _ => self.suggestion.clone().into(),
        };
        PolicyError::of_value(path, self.kind, self.value.clone(), advice)
    }
}

/// Returns the settings whose value, or a part of it, has the wrong type.
fn unread(mismatches: &[Mismatch]) -> Vec<&'static str> {
    let mut unread = Vec::new();
    for mismatch in mismatches {
        if !unread.contains(&mismatch.key) {
            unread.push(mismatch.key);
        }
    }
    unread
}

/// Returns how the lists of these settings were written.
fn list_contexts(
    mismatches: &[Mismatch],
    settings: &[&'static str],
    prefix: &str,
) -> Vec<(&'static str, ListContext)> {
    settings.iter().map(|key| (*key, list_context(mismatches, key, prefix))).collect()
}

/// Returns how the list of a setting was written.
fn list_context(mismatches: &[Mismatch], key: &str, prefix: &str) -> ListContext {
    let mut list = ListContext::default();
    for mismatch in mismatches.iter().filter(|mismatch| mismatch.key == key) {
        if let Some(index) = mismatch.index {
            list.texts_before_others.push(index - list.texts_before_others.len());
        }
        if mismatch.is_bare_text() {
            list.written_as_text = Some(BareText::new(mismatch.error(prefix)));
        }
    }
    list
}

/// Returns what to write instead of an unknown key.
fn instead_of(key: &str, nearest: fn(&str) -> Option<&'static str>) -> Advice {
    if setting_key::means_any_origin(key) {
        return Advice::Instead(ANY_ORIGIN);
    }
    nearest(key).map_or(Advice::General, |name| Advice::One(name.into()))
}

/// Returns whether one of the keys probably means the origins. Then they are not missing as well.
fn mean_origins(unknown_keys: &[String]) -> bool {
    let mean = |key: &String| setting_key::nearest_in_rule(key);
    unknown_keys
        .iter()
        .take(MOST_UNKNOWN_KEYS)
        .filter_map(mean)
        .any(|meant| meant.starts_with("allow_origins"))
}
