//! The settings of a rule in the order of the documentation.

use std::fmt;

use crate::policy::config::RuleConfig;

/// The value of a setting that differs from the default.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SettingValue<'a> {
    Texts(&'a [String]),
    True,
    Seconds(i64),
}

impl RuleConfig {
    /// Returns the settings that differ from the default. `allow_origins` has none.
    pub(crate) fn settings(&self) -> Vec<(&'static str, SettingValue<'_>)> {
        use SettingValue::{Seconds, Texts, True};

        fn list(list: &[String]) -> Option<SettingValue<'_>> {
            if list.is_empty() { None } else { Some(Texts(list)) }
        }
        let flag = |is_set: bool| is_set.then_some(True);
        let origins_are_listed =
            !(self.allow_origins.is_empty() && self.allow_origins_by_predicate);
        [
            ("allow_origins", origins_are_listed.then_some(Texts(&self.allow_origins))),
            ("allow_origins_by_predicate", flag(self.allow_origins_by_predicate)),
            ("predicate_vary", list(&self.predicate_vary)),
            ("allow_credentials", flag(self.allow_credentials)),
            ("allow_methods", list(&self.allow_methods)),
            ("allow_headers", list(&self.allow_headers)),
            ("expose_headers", list(&self.expose_headers)),
            ("max_age", self.max_age.map(Seconds)),
            (
                "dangerously_allow_insecure_origins_with_credentials",
                flag(self.dangerously_allow_insecure_origins_with_credentials),
            ),
            (
                "dangerously_allow_public_suffix_subdomains_with_credentials",
                flag(self.dangerously_allow_public_suffix_subdomains_with_credentials),
            ),
            (
                "dangerously_allow_predicate_origins_with_credentials",
                flag(self.dangerously_allow_predicate_origins_with_credentials),
            ),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect()
    }
}

/// As it stands in a file, whatever the format.
impl fmt::Display for SettingValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::True => f.write_str("true"),
            Self::Seconds(seconds) => seconds.fmt(f),
            Self::Texts(texts) => {
                for (index, text) in texts.iter().enumerate() {
                    // Neither an origin nor a token has a character that a format escapes.
                    write!(f, "{}\"{text}\"", if index == 0 { "[" } else { ", " })?;
                }
                f.write_str(if texts.is_empty() { "[]" } else { "]" })
            }
        }
    }
}
