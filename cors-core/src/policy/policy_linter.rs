//! Finds what is valid in the settings of a policy as a whole but probably not meant.

use crate::origin::{OriginIndex, punycode, risk, suggestion};
use crate::policy::lint::{Element, Lint, LintKind};
use crate::policy::policy::Policy;
use crate::policy::setting_path;
use crate::policy::validate::Kept;

const OWN_ORIGINS: &str = "own_origins";

/// Returns the lints of a policy apart from those of its rules. `kept` has what the policy has of own
/// origins with errors, and `is_valid` is whether the policy has no errors at all.
pub(super) fn lints(policy: &Policy, kept: Option<&Kept>, is_valid: bool) -> Vec<Lint> {
    let mut lints = Vec::new();
    let own_origins_are_valid = kept.is_none_or(|kept| kept.is_valid);
    if policy.enforces_origins() && policy.own_origins().is_none() && own_origins_are_valid {
        lints.push(Lint::new("enforce_origins".into(), LintKind::OwnOriginsMissing));
    }
    if let Some(own_origins) = policy.own_origins() {
        OwnOriginLinter { index: own_origins.index(), kept, lints: &mut lints }.check();
    }
    if is_valid {
        lints.extend(without_origins(policy));
    }
    lints
}

/// Returns the lints about rules that allow no origin.
fn without_origins(policy: &Policy) -> Vec<Lint> {
    let count = policy.rules().len();
    let lint = |rule, kind| {
        let prefix = setting_path::rule_prefix(rule, policy.rules_are_listed());
        Lint::new(setting_path::of(&prefix, "allow_origins"), kind)
    };
    if policy.allows_no_origin() {
        return vec![lint(0, LintKind::NoOriginAllowed)];
    }
    let rules = (0..count).filter(|rule| count > 1 && policy.is_without_origins(*rule));
    rules.map(|rule| lint(rule, LintKind::RuleWithoutOrigins)).collect()
}

/// Checks the service's own origins.
struct OwnOriginLinter<'a> {
    index: &'a OriginIndex,
    kept: Option<&'a Kept>,
    lints: &'a mut Vec<Lint>,
}

impl OwnOriginLinter<'_> {
    fn check(self) {
        for (nth, pattern) in self.index.patterns_of(0).iter().enumerate() {
            let covering = self.index.first_covering(0, nth);
            let other = |at: usize| Some((at, self.index.patterns_of(0).get(at)?));
            if let Some((at, other)) = covering.and_then(|(_, at)| other(at)) {
                let kind = match other == pattern {
                    true => LintKind::DuplicateOrigin,
                    false => LintKind::CoveredOrigin,
                };
                let other = self.element(at, other.as_str());
                let lint = Lint::of_element(self.element(nth, pattern.as_str()), kind);
                self.lints.push(lint.covered_by(other));
            }
            if let Some(meant) = suggestion::page_of_listener(pattern) {
                let element = self.element(nth, pattern.as_str());
                let lint = Lint::of_element(element, LintKind::ListenAddress);
                self.lints.push(lint.with_suggestion(meant));
            }
            if pattern.host().split('.').any(punycode::is_broken_label) {
                let element = self.element(nth, pattern.as_str());
                self.lints.push(Lint::of_element(element, LintKind::InvalidPunycode));
            }
            if cfg!(feature = "public-suffix") && risk::is_shared_suffix(pattern) {
                let element = self.element(nth, pattern.as_str());
                self.lints.push(Lint::of_element(element, LintKind::SharedOwnOrigin));
            }
        }
    }

    fn element(&self, nth: usize, value: &str) -> Element {
        let place = self.kept.map_or(nth, |kept| kept.place(OWN_ORIGINS, nth));
        Element { path: setting_path::of_element("", OWN_ORIGINS, place), value: value.into() }
    }
}
