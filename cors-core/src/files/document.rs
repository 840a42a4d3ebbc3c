//! A configuration as it stands in a text, with what else the text has.

use crate::files::findings::{Findings, RuleFindings};
#[cfg(feature = "_files")]
use crate::policy::{Diagnostic, POLICIES};
use crate::policy::{Policy, PolicyConfig, PolicyErrors, PolicyFormat, RuleConfig, validate};

/// The settings of a policy, and everything that was found besides them.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) config: PolicyConfig,
    pub(super) findings: Findings,
}

/// The settings of a rule, and everything that was found besides them.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct RuleDocument {
    pub(super) config: RuleConfig,
    pub(super) findings: RuleFindings,
}

impl Document {
    /// Returns the policy, or everything that is wrong with the text.
    pub(super) fn build(&self, format: PolicyFormat) -> Result<Policy, PolicyErrors> {
        validate::policy(&self.config, self.context(format))
    }

    /// Returns the configuration if the text has nothing but settings, which can have wrong values.
    /// Otherwise returns everything that is wrong with the text.
    pub(super) fn into_config(self) -> Result<PolicyConfig, PolicyErrors> {
        if !self.findings.is_empty() {
            self.build(PolicyFormat::default())?;
        }
        Ok(self.config)
    }

    pub(super) fn add_rule(&mut self, rule: RuleDocument) {
        if !rule.findings.is_empty() {
            self.findings.rules.insert(self.config.rules.len(), rule.findings);
        }
        self.config.rules.push(rule.config);
    }

    fn context(&self, format: PolicyFormat) -> validate::Context {
        validate::Context { format, ..self.findings.context(self.config.rules.len()) }
    }
}

#[cfg(feature = "_files")]
impl Document {
    /// Checks all settings. Lines to write are in the format.
    pub(super) fn check(&self, format: PolicyFormat) -> validate::Checked {
        validate::check(&self.config, self.context(format))
    }

    /// Returns what is valid but probably not meant. What is wrong is left out. `prefix` stands
    /// before the paths.
    pub(super) fn lints(&self, prefix: &str) -> Vec<Diagnostic> {
        self.check(PolicyFormat::default()).lints(prefix)
    }

    /// Whether the text has policies by name instead of a policy.
    pub(super) fn has_named_policies(&self) -> bool {
        self.findings.unknown_keys.iter().any(|key| key == POLICIES)
    }
}

impl RuleDocument {
    /// As [`Document::into_config`].
    pub(super) fn into_config(self) -> Result<RuleConfig, PolicyErrors> {
        let mut document = Document::default();
        document.add_rule(self);
        let config = document.into_config()?;
        Ok(config.rules.into_iter().next().unwrap_or_default())
    }
}
