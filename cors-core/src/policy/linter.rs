//! Finds what is valid in a policy but probably not meant.

use std::collections::{HashMap, HashSet};

use crate::http::fetch;
use crate::origin::{HostKind, HostPattern, OriginPattern, origin, punycode, risk, suggestion};
use crate::policy::config::PolicyConfig;
use crate::policy::diagnostic::Diagnostic;
use crate::policy::lint::{Element, Lint, LintKind};
use crate::policy::names::{self, Names};
use crate::policy::policy::Policy;
use crate::policy::policy_linter;
use crate::policy::rule::Rule;
use crate::policy::validate::{Checked, Context, Kept};
use crate::policy::{setting_path, validate};

impl Policy {
    /// What is valid in this policy but probably not meant, in the order of the configuration.
    ///
    /// An error would keep a service from starting that works; so these are for a log, a test or
    /// a check before a deployment.
    #[must_use]
    pub fn lints(&self) -> Vec<Diagnostic> {
        self.lints_within("")
    }

    /// The same with paths as in a larger whole, in which `prefix` stands before them.
    pub(crate) fn lints_within(&self, prefix: &str) -> Vec<Diagnostic> {
        lints(self, &[], None, true, prefix)
    }
}

impl PolicyConfig {
    /// Returns what is valid in this configuration but probably not meant. Other than
    /// [`Policy::lints`], this works for a configuration that has errors: what is wrong is left out.
    ///
    /// ```
    /// use cors_core::PolicyConfig;
    ///
    /// let config: PolicyConfig = toml::from_str(r#"
    ///     allow_origins = ["https://app.example.com/"]
    ///     allow_methods = ["TRACE", "patch"]
    /// "#)?;
    /// assert_eq!(config.lints()[0].path(), "allow_methods[1]");
    /// # Ok::<(), toml::de::Error>(())
    /// ```
    #[must_use]
    pub fn lints(&self) -> Vec<Diagnostic> {
        validate::check(self, Context::default()).lints("")
    }
}

impl Checked {
    /// Returns what is valid but probably not meant. What is wrong is left out. `prefix` stands
    /// before the paths, as in a larger whole.
    pub(crate) fn lints(&self, prefix: &str) -> Vec<Diagnostic> {
        lints(
            &self.draft,
            &self.kept,
            Some(&self.kept_own_origins),
            self.errors.count() == 0,
            prefix,
        )
    }
}

/// The lints of the policy as a whole and of all rules; `kept` has what the policy has of the rules of
/// a configuration with errors, and `kept_own_origins` what it has of its own origins.
fn lints(
    policy: &Policy,
    kept: &[Kept],
    kept_own_origins: Option<&Kept>,
    is_valid: bool,
    path_prefix: &str,
) -> Vec<Diagnostic> {
    let mut lints = policy_linter::lints(policy, kept_own_origins, is_valid);
    for (index, rule) in policy.rules().iter().enumerate() {
        let prefix = setting_path::rule_prefix(index, policy.rules_are_listed());
        Linter { policy, index, rule, prefix, kept, lints: &mut lints }.check();
    }
    let accepted = policy.accepted_lints();
    // What is wrong can have warnings once it is mended.
    let unused = if is_valid { unused_acceptances(&lints, accepted) } else { Vec::new() };
    let accepted: HashSet<_> = accepted.iter().map(String::as_str).collect();
    lints.retain(|lint| !accepted.contains(lint.kind().code()));
    lints.extend(unused);
    lints.into_iter().map(|lint| lint.into_diagnostic(path_prefix)).collect()
}

/// The warnings about codes that accept no warning.
fn unused_acceptances(lints: &[Lint], codes: &[String]) -> Vec<Lint> {
    let found: HashSet<_> = lints.iter().map(|lint| lint.kind().code()).collect();
    let codes = codes.iter().enumerate().filter(|(_, code)| !found.contains(code.as_str()));
    let unused = codes.map(|(index, code)| {
        let path = setting_path::of_element("", "accept_lints", index);
        Lint::of_element(Element { path, value: code.clone() }, LintKind::UnusedAcceptance)
    });
    unused.collect()
}

/// Checks one rule.
struct Linter<'a> {
    policy: &'a Policy,
    index: usize,
    rule: &'a Rule,
    /// What stands before the name of a setting.
    prefix: String,
    kept: &'a [Kept],
    lints: &'a mut Vec<Lint>,
}

impl<'a> Linter<'a> {
    fn check(mut self) {
        self.origins();
        self.schemes();
        self.hosts();
        self.strangers();
        self.methods();
        self.names("allow_headers", listed(&self.rule.settings.allow_headers));
        self.names("predicate_vary", &self.rule.settings.predicate_vary);
        self.exposed();
        if self.is_valid() {
            self.words_for_any("allow_methods", listed(&self.rule.settings.allow_methods));
            self.words_for_any("allow_headers", listed(&self.rule.settings.allow_headers));
            self.words_for_any("expose_headers", listed(&self.rule.settings.expose_headers));
            self.permissions();
        }
    }

    fn origins(&mut self) {
        let patterns = self.patterns();
        let mut covered = Vec::new();
        let mut governed_by_earlier_rules = 0;
        for (place, pattern) in patterns.iter().enumerate() {
            let Some((rule, at)) = self.policy.origins().first_covering(self.index, place) else {
                continue;
            };
            let Some(other) = self.policy.origins().patterns_of(rule).get(at) else { continue };
            let kind = match rule.cmp(&self.index) {
                std::cmp::Ordering::Less => LintKind::OriginOfEarlierRule,
                std::cmp::Ordering::Equal if other == pattern => LintKind::DuplicateOrigin,
                std::cmp::Ordering::Equal => LintKind::CoveredOrigin,
                std::cmp::Ordering::Greater => continue,
            };
            if kind == LintKind::OriginOfEarlierRule {
                governed_by_earlier_rules += 1;
            }
            covered.push(
                Lint::of_element(self.element("allow_origins", place, pattern.as_str()), kind)
                    .covered_by(self.origin_of(rule, at, other)),
            );
        }
        let after_any = self.policy.origins().find_any().is_some_and(|any| any < self.index);
        let all_governed = self.is_valid()
            && !patterns.is_empty()
            && !self.rule.settings.allow_origins_by_predicate
            && governed_by_earlier_rules == patterns.len();
        if after_any || all_governed {
            let path = setting_path::of_rule(self.index);
            self.lints.push(Lint::new(path, LintKind::UnreachableRule));
        } else {
            self.lints.append(&mut covered);
        }
    }

    fn schemes(&mut self) {
        for (place, pattern) in self.patterns().iter().enumerate() {
            let page =
                suggestion::page_origin(pattern).map(|meant| (LintKind::SchemeOfNoPage, meant));
            let local = || suggestion::page_of_listener(pattern);
            let lint = page.or_else(|| Some((LintKind::ListenAddress, local()?)));
            if let Some((kind, meant)) = lint {
                let element = self.element("allow_origins", place, pattern.as_str());
                self.lints.push(Lint::of_element(element, kind).with_suggestion(meant));
            }
        }
    }

    fn hosts(&mut self) {
        for (place, pattern) in self.patterns().iter().enumerate() {
            let mut labels = pattern.host().split('.');
            let is_domain = origin::host_kind(pattern.scheme()) == HostKind::Domain;
            if is_domain && labels.any(punycode::is_broken_label) {
                let element = self.element("allow_origins", place, pattern.as_str());
                self.lints.push(Lint::of_element(element, LintKind::InvalidPunycode));
            }
        }
    }

    /// Finds patterns below public suffixes in rules that share nothing but responses.
    fn strangers(&mut self) {
        // With cookies this is an error, unless a setting permits it. Without the list, nothing is
        // known of any name.
        if self.is_trusting() || !cfg!(feature = "public-suffix") {
            return;
        }
        for (place, pattern) in self.patterns().iter().enumerate() {
            if !risk::is_shared_suffix(pattern) {
                continue;
            }
            let kind = match pattern.hosts() {
                HostPattern::Label { .. } => LintKind::PublicSuffixLabel,
                _ => LintKind::PublicSuffixSubdomains,
            };
            let element = self.element("allow_origins", place, pattern.as_str());
            self.lints.push(Lint::of_element(element, kind));
        }
    }

    /// Whether pages of the rule's origins can use the visitor's cookies.
    fn is_trusting(&self) -> bool {
        self.rule.settings.allow_credentials || self.policy.enforces_origins()
    }

    fn methods(&mut self) {
        let Names::Listed(methods) = &self.rule.methods else {
            return;
        };
        for (place, method) in listed(&self.rule.settings.allow_methods).iter().enumerate() {
            let upper_case = method.to_ascii_uppercase();
            let is_other = *method != upper_case && fetch::is_registered_method(&upper_case);
            // Some list both, for pages that spell it wrongly.
            if is_other && !methods.contains(upper_case.as_bytes()) {
                let element = self.element("allow_methods", place, method);
                self.lints.push(
                    Lint::of_element(element, LintKind::MethodNotUpperCase)
                        .with_suggestion(upper_case),
                );
            }
        }
        self.names("allow_methods", listed(&self.rule.settings.allow_methods));
    }

    fn exposed(&mut self) {
        for (place, name) in listed(&self.rule.settings.expose_headers).iter().enumerate() {
            if fetch::is_safelisted_response_header(name) {
                let element = self.element("expose_headers", place, name);
                self.lints.push(Lint::of_element(element, LintKind::SafelistedHeaderExposed));
            }
        }
        self.names("expose_headers", listed(&self.rule.settings.expose_headers));
    }

    /// Finds words that stand for `*` in other settings.
    fn words_for_any(&mut self, setting: &str, names: &[String]) {
        let exposes_with_credentials =
            setting == "expose_headers" && self.rule.settings.allow_credentials;
        let can_be_any = names.len() == 1 && !exposes_with_credentials;
        for (place, name) in names.iter().enumerate() {
            if !suggestion::means_any(name) {
                continue;
            }
            let element = self.element(setting, place, name);
            let lint = Lint::of_element(element, LintKind::WordForAny);
            self.lints.push(if can_be_any { lint.with_suggestion("*".into()) } else { lint });
        }
    }

    fn names(&mut self, setting: &str, names: &[String]) {
        let mut first_places = HashMap::new();
        for (place, name) in names.iter().enumerate() {
            let first = *first_places.entry(name).or_insert(place);
            if first != place {
                let lint =
                    Lint::of_element(self.element(setting, place, name), LintKind::DuplicateName);
                self.lints.push(lint.covered_by(self.element(setting, first, name)));
            }
        }
    }

    fn permissions(&mut self) {
        let rule = &self.rule.settings;
        let patterns = self.patterns();
        let is_needed =
            |of: fn(&OriginPattern) -> bool| self.is_trusting() && patterns.iter().any(of);
        for (setting, is_unused) in [
            (
                "dangerously_allow_insecure_origins_with_credentials",
                rule.dangerously_allow_insecure_origins_with_credentials
                    && !(rule.allow_credentials && patterns.iter().any(risk::is_insecure)),
            ),
            (
                "dangerously_allow_public_suffix_subdomains_with_credentials",
                rule.dangerously_allow_public_suffix_subdomains_with_credentials
                    && !is_needed(risk::is_shared_suffix),
            ),
            (
                "dangerously_allow_any_host_origins_with_credentials",
                rule.dangerously_allow_any_host_origins_with_credentials
                    && !is_needed(risk::is_any_host),
            ),
            (
                "dangerously_allow_predicate_origins_with_credentials",
                rule.dangerously_allow_predicate_origins_with_credentials
                    && !(self.is_trusting() && rule.allow_origins_by_predicate),
            ),
        ] {
            if is_unused {
                let path = setting_path::of(&self.prefix, setting);
                self.lints.push(Lint::new(path, LintKind::UnusedPermission));
            }
        }
    }

    fn patterns(&self) -> &'a [OriginPattern] {
        self.policy.origins().patterns_of(self.index)
    }

    /// Whether the policy has the whole rule.
    fn is_valid(&self) -> bool {
        self.kept.get(self.index).is_none_or(|kept| kept.is_valid)
    }

    fn element(&self, setting: &str, nth: usize, value: &str) -> Element {
        self.element_of(self.index, setting, nth, value)
    }

    fn origin_of(&self, rule: usize, nth: usize, pattern: &OriginPattern) -> Element {
        self.element_of(rule, "allow_origins", nth, pattern.as_str())
    }

    fn element_of(&self, rule: usize, setting: &str, nth: usize, value: &str) -> Element {
        let prefix = setting_path::rule_prefix(rule, self.policy.rules_are_listed());
        let place = self.kept.get(rule).map_or(nth, |kept| kept.place(setting, nth));
        Element { path: setting_path::of_element(&prefix, setting, place), value: value.into() }
    }
}

/// Returns the names of a list, or none if the list allows every name.
fn listed(names: &[String]) -> &[String] {
    if names::is_any(names) { &[] } else { names }
}
