//! What is to be written, in each format of policy files.

use crate::policy::{PolicyFormat, RuleConfig, SettingValue, setting_path};

#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Written {
    /// A setting and its value.
    Setting(&'static str, String),
    /// All rules.
    Rules(Vec<RuleConfig>),
}

impl Written {
    pub(super) fn list(key: &'static str, elements: &[String]) -> Self {
        Self::Setting(key, SettingValue::Texts(elements).to_string())
    }

    /// `policy` is the name of the policy in a file with several.
    pub(super) fn in_file(&self, format: PolicyFormat, policy: Option<&str>) -> String {
        let rules = match self {
            Self::Setting(key, value) => return format.entry(key, value),
            Self::Rules(rules) => rules.iter().map(|rule| entries(rule, format)),
        };
        match format {
            PolicyFormat::Toml => {
                let policy = policy.map(|name| format!("{}.", setting_path::of_policy(name)));
                let header = format!("[[{}rules]]", policy.unwrap_or_default());
                let rules: Vec<_> =
                    rules.map(|entries| format!("{header}\n{}", entries.join("\n"))).collect();
                rules.join("\n\n")
            }
            PolicyFormat::Json => {
                let rules: Vec<_> =
                    rules.map(|entries| format!("  {{ {} }}", entries.join(", "))).collect();
                format!("\"rules\": [\n{}\n]", rules.join(",\n"))
            }
            PolicyFormat::Yaml => {
                let rules: Vec<_> =
                    rules.map(|entries| format!("  - {}", entries.join("\n    "))).collect();
                format!("rules:\n{}", rules.join("\n"))
            }
        }
    }
}

fn entries(rule: &RuleConfig, format: PolicyFormat) -> Vec<String> {
    rule.settings().map(|(key, value)| format.entry(key, &value.to_string())).collect()
}
