use std::collections::BTreeMap;
use std::time::Duration;

use crate::policy::error::PolicyError;
use crate::policy::errors::ErrorList;
use crate::policy::format::PolicyFormat;

/// What is known of a configuration besides its settings: whoever read it from a file knows how it
/// was written, and what else the file has.
#[derive(Debug, Default)]
pub(crate) struct Context {
    /// Of the file, in which lines to write are.
    pub(crate) format: PolicyFormat,
    /// Whether the rules were written as a list. Paths of a sole rule then begin with `rules[0]`.
    pub(crate) rules_are_listed: bool,
    /// Errors outside of the rules that are already known.
    pub(crate) errors: ErrorList,
    /// Whether the origins probably stand where no setting does, so that they are not missing.
    pub(crate) origins_are_elsewhere: bool,
    /// By the position of the rule. A rule of which nothing else is known has none.
    pub(crate) rules: BTreeMap<usize, RuleContext>,
}

/// What is known of a rule besides its settings.
#[derive(Debug, Default)]
pub(crate) struct RuleContext {
    /// A time too short to stand in [`RuleConfig::max_age`](crate::RuleConfig::max_age).
    pub(crate) short_max_age: Option<Duration>,
    /// Errors in the rule that are already known.
    pub(crate) errors: ErrorList,
    /// Whether the origins of the rule probably stand under another key.
    pub(crate) origins_are_elsewhere: bool,
    /// The settings of which not everything has the right type.
    pub(crate) unread: Vec<&'static str>,
    /// The lists that were written otherwise than they are in the rule, by their settings.
    pub(crate) lists: BTreeMap<&'static str, ListContext>,
}

/// How a list was written.
#[derive(Debug, Default)]
pub(crate) struct ListContext {
    /// For each element that is no text, and so was left out, how many texts stand before it.
    pub(crate) texts_before_others: Vec<usize>,
    /// What to report if a text was written instead of the list.
    pub(crate) written_as_text: Option<PolicyError>,
}

impl ListContext {
    /// Returns the place in the file of the text with this index in the rule.
    pub(super) fn place(&self, index: usize) -> usize {
        index + self.texts_before_others.partition_point(|texts| *texts <= index)
    }
}
