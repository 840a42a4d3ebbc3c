//! From what a person wrote to a policy, or to everything that is wrong with it.

mod bare_text;
mod context;
mod names;
mod own_origins;
mod rule;

pub(crate) use bare_text::BareText;
pub(crate) use context::{Context, ListContext, OriginVariable, RuleContext};
pub(crate) use own_origins::{own_origins, unused as unused_own_origins};

use crate::origin::{LabelIndex, OriginIndex, RuleOrigins};
use crate::policy::config::PolicyConfig;
use crate::policy::error::PolicyError;
use crate::policy::error_kind::PolicyErrorKind as Kind;
use crate::policy::errors::{ErrorList, PolicyErrors};
use crate::policy::lint::LintKind;
use crate::policy::policy::Policy;
use crate::policy::rule::Rule;
use crate::policy::setting_path;
use rule::RuleChecker;

impl TryFrom<PolicyConfig> for Policy {
    type Error = PolicyErrors;

    fn try_from(config: PolicyConfig) -> Result<Self, PolicyErrors> {
        policy(&config, Context::default())
    }
}

/// Returns the policy that `config` describes.
pub(crate) fn policy(config: &PolicyConfig, context: Context) -> Result<Policy, PolicyErrors> {
    let format = context.format;
    let checked = check(config, context);
    checked.errors.check(format)?;
    Ok(checked.draft)
}

/// A configuration after all checks.
pub(crate) struct Checked {
    /// The policy without everything that is wrong. A service runs under it only if nothing is.
    pub(crate) draft: Policy,
    /// What the draft has kept of each rule.
    pub(crate) kept: Vec<Kept>,
    /// What it has kept of the own origins.
    pub(crate) kept_own_origins: Kept,
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

pub(crate) fn check(config: &PolicyConfig, context: Context) -> Checked {
    let Context { mut errors, origins_are_elsewhere, lists, unread, rules: mut contexts, .. } =
        context;
    let as_written = ListContext::default();
    let written = |setting| context::list(&lists, setting).unwrap_or(&as_written);
    let mut without_context = RuleContext::default();
    if config.rules.is_empty() && !origins_are_elsewhere {
        errors.push(PolicyError::new("allow_origins".into(), Kind::NoRules));
    }
    let rules_are_listed = config.rules.len() > 1 || context.rules_are_listed;
    let mut rules: Vec<Rule> = Vec::with_capacity(config.rules.len());
    let mut origins: Vec<RuleOrigins> = Vec::with_capacity(config.rules.len());
    let mut kept = Vec::with_capacity(config.rules.len());
    let mut label_lengths = LabelIndex::default();
    for (index, rule) in config.rules.iter().enumerate() {
        let mut checker = RuleChecker {
            rule,
            enforces: config.enforce_origins,
            prefix: setting_path::rule_prefix(index, rules_are_listed),
            context: contexts.get_mut(index).unwrap_or(&mut without_context),
            // A sole rule that is not listed has the settings of the policy.
            policy_has_origins_elsewhere: !rules_are_listed && origins_are_elsewhere,
            kept: Kept { is_valid: true, lists: Vec::new() },
            errors_before_list: None,
            label_lengths: &mut label_lengths,
            errors: &mut errors,
        };
        checker.known_errors();
        origins.push(checker.origins());
        rules.push(checker.rule());
        kept.push(checker.kept);
    }
    needless_settings(config, rules_are_listed, &mut errors);
    let is_unclear = unread.contains(&"enforce_origins");
    if !config.enforce_origins && !config.own_origins.is_empty() && !is_unclear {
        errors.push(own_origins::not_enforced());
    }
    let (own_origins, kept_own_origins) =
        own_origins::check(&config.own_origins, written(own_origins::SETTING), &mut errors);
    unknown_lints(&config.accept_lints, written("accept_lints"), &mut errors);
    let settings = PolicyConfig {
        rules: Vec::new(),
        own_origins: config.own_origins.clone(),
        accept_lints: config.accept_lints.clone(),
        ..*config
    };
    let draft =
        Policy::new(settings, rules, OriginIndex::new(origins), own_origins, rules_are_listed);
    Checked { draft, kept, kept_own_origins, errors }
}

/// Finds codes of `accept_lints` that no warning has.
fn unknown_lints(codes: &[String], written: &ListContext, errors: &mut ErrorList) {
    let mut unknown = ErrorList::default();
    for (index, code) in codes.iter().enumerate() {
        if LintKind::can_be_accepted(code) {
            continue;
        }
        if unknown.is_full() {
            unknown.count_one();
            continue;
        }
        let path = setting_path::of_element("", "accept_lints", written.place(index));
        let advice = LintKind::nearest_code(code).map(String::from).into();
        unknown.push(PolicyError::of_value(path, Kind::UnknownLint, code.clone(), advice));
    }
    match &written.written_as_text {
        Some(text) => {
            let mut told = text.errors("accept_lints", codes, unknown);
            // The list to write says the others.
            told.truncate(1);
            errors.push_all(told);
        }
        None => errors.append(unknown),
    }
}

/// Finds what says how to treat other origins in a policy that allows every one, and rules of which
/// only one can count.
fn needless_settings(config: &PolicyConfig, rules_are_listed: bool, errors: &mut ErrorList) {
    let has_any = config.rules.iter().any(|rule| rule.allow_origins.iter().any(|o| o == "*"));
    if config.enforce_origins && has_any {
        errors.push(PolicyError::new("enforce_origins".into(), Kind::EnforcedAnyOrigin));
    }
    let mut is_first = true;
    for (index, _) in
        config.rules.iter().enumerate().filter(|(_, rule)| rule.allow_origins_by_predicate)
    {
        let prefix = setting_path::rule_prefix(index, rules_are_listed);
        let path = setting_path::of(&prefix, "allow_origins_by_predicate");
        if has_any {
            errors.push(PolicyError::new(path, Kind::PredicateBesideAny));
        } else if !is_first {
            errors.push(PolicyError::new(path, Kind::SeveralPredicateRules));
        }
        is_first = false;
    }
}
