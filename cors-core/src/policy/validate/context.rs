use std::ops::Range;
use std::time::Duration;

use super::BareText;
use crate::policy::errors::ErrorList;
use crate::policy::format::PolicyFormat;
use crate::policy::setting_path;

/// What a reader of files, or the builder, knows of a configuration besides its settings.
#[derive(Debug, Default)]
pub(crate) struct Context {
    /// Of the file, in which lines to write are.
    pub(crate) format: PolicyFormat,
    /// Whether the rules were written as a list. Paths of a sole rule then begin with `rules[0]`.
    pub(crate) rules_are_listed: bool,
    /// Errors outside of the rules that are already known.
    pub(crate) errors: ErrorList,
    /// Whether the origins probably stand below another key, and are not missing.
    pub(crate) origins_are_elsewhere: bool,
    /// With the setting outside of the rules. Lists that were written as they are in the configuration
    /// are left out.
    pub(crate) lists: Vec<(&'static str, ListContext)>,
    /// The settings outside of the rules whose value, or a part of it, has the wrong type.
    pub(crate) unread: Vec<&'static str>,
    /// Of the rules in their order, as far as anything is known of them.
    pub(crate) rules: Vec<RuleContext>,
}

/// What is known of a rule besides its settings.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct RuleContext {
    /// A time of less than a second, which is too short for
    /// [`RuleConfig::max_age`](crate::RuleConfig::max_age).
    pub(crate) short_max_age: Option<Duration>,
    /// Errors in the rule that are already known.
    pub(crate) errors: ErrorList,
    /// Whether the origins of the rule probably stand below another key.
    pub(crate) origins_are_elsewhere: bool,
    /// The settings whose value, or a part of it, has the wrong type.
    pub(crate) unread: Vec<&'static str>,
    /// With the setting. Lists that were written as they are in the rule are left out.
    pub(crate) lists: Vec<(&'static str, ListContext)>,
    /// The variables that origins of the rule come from.
    pub(crate) variables: Vec<OriginVariable>,
}

impl RuleContext {
    /// How the list of a setting was written, if otherwise than it is in the rule.
    #[inline(never)]
    pub(super) fn list(&self, setting: &str) -> Option<&ListContext> {
        list(&self.lists, setting)
    }

    /// Whether the value of a setting has the wrong type. `setting` can be the beginning of a name.
    #[inline(never)]
    pub(super) fn is_unread(&self, setting: &str) -> bool {
        self.unread.iter().any(|name| name.starts_with(setting))
    }

    /// Returns the path of an origin that a variable lists.
    pub(super) fn path_in_variable(&self, index: usize) -> Option<String> {
        let variable = self.variables.iter().find(|variable| variable.indices.contains(&index))?;
        Some(setting_path::of_element("", &variable.name, index - variable.indices.start))
    }
}

/// Returns how the list of a setting was written, if not as it is in the configuration.
pub(super) fn list<'a>(
    lists: &'a [(&'static str, ListContext)],
    setting: &str,
) -> Option<&'a ListContext> {
    lists.iter().find(|(name, _)| *name == setting).map(|(_, list)| list)
}

/// Origins of a rule that an environment variable lists.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct OriginVariable {
    pub(crate) name: String,
    /// Of its origins in the rule.
    pub(crate) indices: Range<usize>,
}

/// How a list was written.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct ListContext {
    /// For each element that is not a text, and so is not in the rule: how many texts stand before
    /// it.
    pub(crate) texts_before_others: Vec<usize>,
    /// The text that was written instead of the list.
    pub(crate) written_as_text: Option<BareText>,
}

impl ListContext {
    /// Returns the place in the file of the text with this index in the rule.
    pub(super) fn place(&self, index: usize) -> usize {
        index + self.texts_before_others.partition_point(|texts| *texts <= index)
    }
}
