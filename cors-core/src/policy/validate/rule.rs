//! Checks one rule.

use std::mem;

use super::names::NameKind;
use super::{BareText, Kept, RuleContext};
use crate::http::text;
use crate::origin::{
    Advice, Diagnosis, LabelIndex, OriginPattern, RuleOrigins, pattern, risk, suggestion,
};
use crate::policy::config::RuleConfig;
use crate::policy::error::PolicyError;
use crate::policy::error_kind::PolicyErrorKind as Kind;
use crate::policy::errors::ErrorList;
use crate::policy::rule::Rule;
use crate::policy::setting_path;

/// The longest time that any browser keeps the answer to a preflight, in seconds
/// (Firefox's limit; Chromium's is 7200, WebKit's 600).
const LONGEST_MAX_AGE: i64 = 86_400;

/// Checks one rule, adding what is wrong with it to `errors`. What it returns has everything else.
pub(super) struct RuleChecker<'a> {
    pub(super) rule: &'a RuleConfig,
    /// Whether the policy enforces origins, which lets requests in with the cookies of the browser.
    pub(super) enforces: bool,
    /// What stands before the name of a setting.
    pub(super) prefix: String,
    pub(super) context: &'a mut RuleContext,
    /// Whether the origins of the policy, of which this is the sole rule, stand elsewhere.
    pub(super) policy_has_origins_elsewhere: bool,
    pub(super) kept: Kept,
    /// The errors before those of a list that was written as a text.
    pub(super) errors_before_list: Option<ErrorList>,
    /// The lengths around the wildcards of the rules so far.
    pub(super) label_lengths: &'a mut LabelIndex,
    pub(super) errors: &'a mut ErrorList,
}

impl RuleChecker<'_> {
    /// Reports the errors that the context already has.
    pub(super) fn known_errors(&mut self) {
        let errors = mem::take(&mut self.context.errors);
        self.kept.is_valid &= errors.count() == 0;
        self.errors.append(errors);
    }

    pub(super) fn origins(&mut self) -> RuleOrigins {
        self.begin("allow_origins");
        let configured = &self.rule.allow_origins;
        if configured.is_empty()
            && !self.rule.allow_no_origins
            && !self.rule.allow_origins_by_predicate
            && !self.context.is_unread("allow_origins")
            && !self.context.origins_are_elsewhere
            && !self.policy_has_origins_elsewhere
        {
            self.refuse_setting("allow_origins", Kind::NoOrigins);
        }
        let any = configured.iter().position(|origin| origin == "*");
        if let Some(index) = any {
            if configured.len() > 1 {
                self.refuse("allow_origins", index, "*", Kind::AnyOriginNotAlone, Advice::General);
            }
            if self.rule.allow_credentials {
                let kind = Kind::AnyOriginWithCredentials;
                self.refuse("allow_origins", index, "*", kind, Advice::General);
            }
        }
        let any_is_refused = configured.len() > 1 || self.rule.allow_credentials;
        let mut patterns = Vec::with_capacity(configured.len());
        let mut places = Vec::with_capacity(configured.len());
        for (index, text) in configured.iter().enumerate().filter(|(_, text)| *text != "*") {
            match pattern::parse(text) {
                Ok(pattern) => {
                    self.check_risks(index, &pattern);
                    if !self.label_lengths.add(&pattern) {
                        let kind = Kind::TooManyLabelLengths;
                        self.refuse("allow_origins", index, text, kind, Advice::General);
                    }
                    patterns.push(pattern);
                    places.push(self.place("allow_origins", index));
                }
                // Nobody is told what to write instead.
                Err(_) if self.errors.is_full() => self.count_one(),
                Err(kind) => {
                    let Diagnosis { kind, advice } = Diagnosis::new(kind, text);
                    let is_any = configured.len() == 1
                        && !self.rule.allow_credentials
                        && suggestion::means_any(text);
                    let kind = Kind::Pattern(kind);
                    let advice = if is_any { Advice::One("*".into()) } else { advice };
                    self.refuse("allow_origins", index, text, kind, advice.clone());
                    // What is said to be meant is not refused only once it is written.
                    for meant in advice.values() {
                        if let Ok(pattern) = pattern::parse(meant) {
                            self.check_risks(index, &pattern);
                        }
                    }
                }
            }
        }
        self.end("allow_origins", places, configured);
        if any.is_some() && !any_is_refused {
            RuleOrigins::Any
        } else {
            RuleOrigins::Patterns(patterns)
        }
    }

    /// Checks who is trusted with the visitor's cookies: by credentials, or by enforcement, which
    /// lets requests in with them.
    fn check_risks(&mut self, index: usize, pattern: &OriginPattern) {
        let rule = self.rule;
        if !rule.allow_credentials && !self.enforces {
            return;
        }
        let text = pattern.as_str();
        let strangers_are_refused = !rule
            .dangerously_allow_public_suffix_subdomains_with_credentials
            && risk::is_shared_suffix(pattern);
        let any_host_is_refused =
            !rule.dangerously_allow_any_host_origins_with_credentials && risk::is_any_host(pattern);
        if rule.allow_credentials
            && !rule.dangerously_allow_insecure_origins_with_credentials
            && risk::is_insecure(pattern)
        {
            let is_safe = |text: &String| {
                !strangers_are_refused
                    && pattern::parse(text).is_ok_and(|pattern| !risk::is_insecure(&pattern))
            };
            let advice = suggestion::secure_origin(pattern).filter(is_safe);
            let kind = Kind::InsecureOriginWithCredentials;
            self.refuse("allow_origins", index, text, kind, advice.into());
        }
        if strangers_are_refused {
            let kind = if rule.allow_credentials {
                Kind::PublicSuffixSubdomainsWithCredentials
            } else {
                Kind::PublicSuffixSubdomainsWithEnforcement
            };
            self.refuse("allow_origins", index, text, kind, Advice::General);
        }
        if any_host_is_refused {
            let kind = if rule.allow_credentials {
                Kind::AnyHostWithCredentials
            } else {
                Kind::AnyHostWithEnforcement
            };
            self.refuse("allow_origins", index, text, kind, Advice::General);
        }
    }

    pub(super) fn rule(&mut self) -> Rule {
        Rule::new(RuleConfig {
            allow_origins: Vec::new(),
            allow_no_origins: false,
            predicate_vary: self.origin_predicate(),
            allow_methods: self.methods(),
            allow_headers: self.headers(),
            expose_headers: self.exposed(),
            max_age: self.max_age(),
            ..*self.rule
        })
    }

    fn methods(&mut self) -> Vec<String> {
        let configured = &self.rule.allow_methods;
        let beside_any = (configured.len() > 1).then_some(Kind::AnyMethodNotAlone);
        self.names("allow_methods", configured, beside_any, NameKind::Method)
    }

    fn headers(&mut self) -> Vec<String> {
        let configured = &self.rule.allow_headers;
        // Without credentials, Fetch keeps `authorization` out of `*`.
        let (mut any, mut authorization) = (0, 0);
        for name in configured {
            any += usize::from(name == "*");
            authorization += usize::from(text::is_one_of(name, "authorization"));
        }
        let is_alone = any < 2 && any + authorization == configured.len();
        let kind = if self.rule.allow_credentials {
            Kind::AnyHeaderNotAloneWithCredentials
        } else {
            Kind::AnyHeaderNotAlone
        };
        let beside_any = (!is_alone).then_some(kind);
        let mut names =
            self.names("allow_headers", configured, beside_any, NameKind::RequestHeader);
        if any > 0 && authorization > 0 {
            names.push("authorization".into());
        }
        names
    }

    /// The headers that the application decides by.
    fn origin_predicate(&mut self) -> Vec<String> {
        let rule = self.rule;
        if rule.allow_origins_by_predicate
            && (rule.allow_credentials || self.enforces)
            && !rule.dangerously_allow_predicate_origins_with_credentials
        {
            let kind = if rule.allow_credentials {
                Kind::PredicateOriginsWithCredentials
            } else {
                Kind::PredicateOriginsWithEnforcement
            };
            self.refuse_setting("allow_origins_by_predicate", kind);
        }
        let is_unclear = self.context.is_unread("allow_origins_by_predicate");
        if !rule.allow_origins_by_predicate && !rule.predicate_vary.is_empty() && !is_unclear {
            self.refuse_setting("predicate_vary", Kind::PredicateVaryWithoutPredicate);
        }
        self.list("predicate_vary", &rule.predicate_vary, NameKind::VaryingHeader)
    }

    fn exposed(&mut self) -> Vec<String> {
        let configured = &self.rule.expose_headers;
        let any = configured.iter().position(|name| name == "*");
        if let Some(index) = any.filter(|_| self.rule.allow_credentials) {
            let kind = Kind::ExposeAnyWithCredentials;
            self.refuse("expose_headers", index, "*", kind, Advice::General);
        }
        let beside_any = (configured.len() > 1).then_some(Kind::ExposeAnyNotAlone);
        self.names("expose_headers", configured, beside_any, NameKind::ExposedHeader)
    }

    /// `beside_any` is what is wrong with the list if `*` is in it.
    fn names(
        &mut self,
        setting: &'static str,
        configured: &[String],
        beside_any: Option<Kind>,
        of: NameKind,
    ) -> Vec<String> {
        let any = configured.iter().position(|name| name == "*");
        if let (Some(index), Some(kind)) = (any, beside_any) {
            self.refuse(setting, index, "*", kind, Advice::General);
        }
        let names = self.list(setting, configured, of);
        if any.is_some() { vec!["*".into()] } else { names }
    }

    /// The elements of a list in their normal form.
    fn list(&mut self, setting: &'static str, configured: &[String], of: NameKind) -> Vec<String> {
        self.begin(setting);
        let mut names = Vec::with_capacity(configured.len());
        let mut places = Vec::with_capacity(configured.len());
        for (index, name) in configured.iter().enumerate() {
            match of.check(name) {
                Ok(name) if name == "*" => {}
                Ok(name) => {
                    names.push(name);
                    places.push(self.place(setting, index));
                }
                Err(kind) => self.refuse_name(setting, index, name, kind, of),
            }
        }
        self.end(setting, places, configured);
        names
    }

    fn refuse_name(&mut self, setting: &str, index: usize, name: &str, kind: Kind, of: NameKind) {
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for element in suggestion::tokens(name).unwrap_or_default() {
            match of.check(&element) {
                Ok(_) => good.push(element),
                Err(kind) => bad.push((element, kind)),
            }
        }
        let advice = match good.len() {
            0 if bad.is_empty() => {
                suggestion::token(name).and_then(|name| of.check(&name).ok()).into()
            }
            0 | 1 => good.pop().into(),
            _ => Advice::Each(good),
        };
        self.refuse(setting, index, name, kind, advice);
        for (element, kind) in bad {
            self.refuse(setting, index, &element, kind, Advice::General);
        }
    }

    fn max_age(&mut self) -> Option<i64> {
        let seconds = self.rule.max_age?;
        let (kind, value, advice) = match self.context.short_max_age {
            Some(duration) => {
                let advice = Advice::One("1s".into());
                (Kind::MaxAgeBelowOneSecond, format!("{duration:?}"), advice)
            }
            None if (0..=LONGEST_MAX_AGE).contains(&seconds) => return Some(seconds),
            None => {
                let longest = seconds.is_positive().then(|| LONGEST_MAX_AGE.to_string());
                (Kind::MaxAgeOutOfRange, seconds.to_string(), longest.into())
            }
        };
        let path = setting_path::of(&self.prefix, "max_age");
        self.report(PolicyError::of_value(path, kind, value, advice));
        None
    }

    fn refuse_setting(&mut self, setting: &str, kind: Kind) {
        self.report(PolicyError::new(setting_path::of(&self.prefix, setting), kind));
    }

    fn refuse(&mut self, setting: &str, index: usize, value: &str, kind: Kind, advice: Advice) {
        if self.errors.is_full() {
            return self.count_one();
        }
        let in_variable = match setting {
            "allow_origins" => self.context.path_in_variable(index),
            _ => None,
        };
        let in_setting =
            || setting_path::of_element(&self.prefix, setting, self.place(setting, index));
        let path = in_variable.unwrap_or_else(in_setting);
        self.report(PolicyError::of_value(path, kind, value.into(), advice));
    }

    fn count_one(&mut self) {
        self.kept.is_valid = false;
        self.errors.count_one();
    }

    /// The place in the file of an element that is the `index`th text of its list.
    #[inline(never)]
    fn place(&self, setting: &str, index: usize) -> usize {
        self.context.list(setting).map_or(index, |list| list.place(index))
    }

    fn report(&mut self, error: PolicyError) {
        self.kept.is_valid = false;
        self.errors.push(error);
    }

    fn written_as_text(&self, setting: &str) -> Option<&BareText> {
        self.context.list(setting)?.written_as_text.as_ref()
    }

    /// Begins a list. If it was written as a text, its errors are kept back until it ends.
    fn begin(&mut self, setting: &str) {
        if self.written_as_text(setting).is_some() {
            self.errors_before_list = Some(mem::take(self.errors));
        }
    }

    /// Notes what is left of a list. If it was written as a text, reports that, and then what is
    /// wrong with its elements.
    fn end(&mut self, setting: &'static str, places: Vec<usize>, configured: &[String]) {
        self.kept.lists.push((setting, places));
        if let Some(errors) = self.errors_before_list.take() {
            let of_elements = mem::replace(self.errors, errors);
            if let Some(text) = self.written_as_text(setting) {
                let errors = text.errors(setting, configured, of_elements);
                self.errors.push_all(errors);
                self.kept.is_valid = false;
            }
        }
    }
}
