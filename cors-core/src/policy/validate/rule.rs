//! Checks one rule.

use std::collections::HashMap;
use std::time::Duration;

use super::names::{
    check_exposed_header, check_method, check_request_header, check_varying_header,
};
use super::{Kept, mean_origins, wrong_type};
use crate::origin::{Advice, Diagnosis, OriginPattern, RuleOrigins, pattern, risk, suggestion};
use crate::policy::config::{MOST_UNKNOWN_KEYS, Mismatch, RuleConfig};
use crate::policy::error::PolicyError;
use crate::policy::error_kind::PolicyErrorKind as Kind;
use crate::policy::errors::ErrorList;
use crate::policy::names::Names;
use crate::policy::rule::Rule;
use crate::policy::{setting, setting_key};

/// The longest time that any browser keeps the answer to a preflight, in seconds
/// (Firefox's limit; Chromium's is 7200, WebKit's 600).
const LONGEST_MAX_AGE: u32 = 86_400;

/// What to write instead of a setting such as `allow_any_origin`.
pub(super) const ANY_ORIGIN: &str = "write \"*\" in allow_origins if every origin is meant";

/// Checks one rule, adding what is wrong with it to `errors`. What it returns has everything else.
pub(super) struct RuleChecker<'a> {
    pub(super) rule: &'a RuleConfig,
    /// What stands before the name of a setting.
    pub(super) prefix: String,
    pub(super) short_max_age: Option<&'a Duration>,
    /// Whether origins probably stand outside the rule, below a wrong name.
    pub(super) origins_are_elsewhere: bool,
    pub(super) shifts: Shifts<'a>,
    pub(super) kept: Kept,
    /// The errors of a list that was written as a text.
    pub(super) of_bare_text: Option<Vec<PolicyError>>,
    pub(super) errors: &'a mut ErrorList,
}

/// For each list, how many texts stand before each element of another type, in order.
type Shifts<'a> = HashMap<&'a str, Vec<usize>>;

/// Elements of other types are not among the texts of a list, but count for the places of texts.
pub(super) fn shifts(rule: &RuleConfig) -> Shifts<'_> {
    let mut shifts = Shifts::new();
    for mismatch in &rule.mismatches {
        if let Some(index) = mismatch.index {
            let others = shifts.entry(mismatch.key.as_str()).or_default();
            others.push(index - others.len());
        }
    }
    shifts
}

impl RuleChecker<'_> {
    pub(super) fn keys_and_types(&mut self) {
        for (index, key) in self.rule.unknown_keys.iter().enumerate() {
            let path = setting::path(&self.prefix, key);
            self.report(if setting_key::is_policy_key(key) {
                PolicyError::new(path, Kind::PolicyKeyInRule)
            } else {
                let is_asked = index < MOST_UNKNOWN_KEYS;
                let error = PolicyError::new(path, Kind::UnknownKey);
                if is_asked && setting_key::means_any_origin(key) {
                    error.with_advice(Advice::Instead(ANY_ORIGIN))
                } else {
                    let nearest = is_asked.then(|| setting_key::nearest_in_rule(key)).flatten();
                    error.with_suggestion(nearest)
                }
            });
        }
        // A text instead of a list is reported with its elements.
        for mismatch in self.rule.mismatches.iter().filter(|wrong| !wrong.is_bare_text()) {
            self.report(wrong_type(&self.prefix, mismatch));
        }
    }

    pub(super) fn origins(&mut self) -> RuleOrigins {
        self.begin("allow_origins");
        let configured = &self.rule.allow_origins;
        let have_another_type =
            self.rule.mismatches.iter().any(|wrong| wrong.key.starts_with("allow_origins"));
        if configured.is_empty()
            && !self.rule.allow_origins_by_predicate
            && !have_another_type
            && !mean_origins(&self.rule.unknown_keys)
            && !self.origins_are_elsewhere
        {
            let path = setting::path(&self.prefix, "allow_origins");
            self.report(PolicyError::new(path, Kind::NoOrigins));
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
                    patterns.push(pattern);
                    places.push(self.place("allow_origins", index));
                }
                // Nobody is told what to write instead.
                Err(_) if self.is_full() => self.count_one(),
                Err(kind) => {
                    let Diagnosis { kind, advice } = Diagnosis::new(kind, text);
                    let is_any = configured.len() == 1
                        && !self.rule.allow_credentials
                        && suggestion::means_any(text);
                    let kind = Kind::Pattern(kind);
                    let advice = if is_any { Advice::One("*".into()) } else { advice };
                    let meant = advice.values().to_vec();
                    self.refuse("allow_origins", index, text, kind, advice);
                    // What is said to be meant is not refused only once it is written.
                    for pattern in meant.iter().filter_map(|meant| meant.parse().ok()) {
                        self.check_risks(index, &pattern);
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

    fn check_risks(&mut self, index: usize, pattern: &OriginPattern) {
        let rule = self.rule;
        if !rule.allow_credentials {
            return;
        }
        let text = pattern.as_str();
        let strangers_are_refused = !rule
            .dangerously_allow_public_suffix_subdomains_with_credentials
            && risk::is_shared_suffix(pattern);
        if !rule.dangerously_allow_insecure_origins_with_credentials && risk::is_insecure(pattern) {
            let is_safe = |text: &String| {
                !strangers_are_refused
                    && text.parse().is_ok_and(|pattern| !risk::is_insecure(&pattern))
            };
            let advice = suggestion::secure_origin(pattern).filter(is_safe);
            let kind = Kind::InsecureOriginWithCredentials;
            self.refuse("allow_origins", index, text, kind, advice.into());
        }
        if strangers_are_refused {
            let kind = Kind::PublicSuffixSubdomainsWithCredentials;
            self.refuse("allow_origins", index, text, kind, Advice::General);
        }
    }

    pub(super) fn rule(&mut self) -> Rule {
        let rule = self.rule;
        let predicate_vary = self.origin_predicate();
        let methods = self.names(
            "allow_methods",
            &rule.allow_methods,
            (rule.allow_methods.len() > 1).then_some(Kind::AnyMethodNotAlone),
            check_method,
        );
        let (headers, with_authorization) = self.headers();
        Rule {
            origins_by_predicate: rule.allow_origins_by_predicate,
            predicate_vary,
            predicate_origins_with_credentials: rule
                .dangerously_allow_predicate_origins_with_credentials,
            credentials: rule.allow_credentials,
            methods,
            headers,
            any_header_and_authorization: with_authorization,
            exposed: self.exposed(),
            max_age: self.max_age(),
            insecure_origins_with_credentials: rule
                .dangerously_allow_insecure_origins_with_credentials,
            public_suffix_subdomains_with_credentials: rule
                .dangerously_allow_public_suffix_subdomains_with_credentials,
        }
    }

    /// The request headers, and whether `authorization` stands beside `*`.
    fn headers(&mut self) -> (Names, bool) {
        let configured = &self.rule.allow_headers;
        // Without credentials, Fetch keeps `authorization` out of `*`.
        let is_authorization = |name: &String| name.eq_ignore_ascii_case("authorization");
        let is_alone = configured.iter().all(|name| name == "*" || is_authorization(name))
            && configured.iter().filter(|name| *name == "*").count() < 2;
        let kind = if self.rule.allow_credentials {
            Kind::AnyHeaderNotAloneWithCredentials
        } else {
            Kind::AnyHeaderNotAlone
        };
        let beside_any = (!is_alone).then_some(kind);
        let names = self.names("allow_headers", configured, beside_any, check_request_header);
        let has_any = configured.iter().any(|name| name == "*");
        (names, has_any && configured.iter().any(is_authorization))
    }

    /// The headers that the application decides by.
    fn origin_predicate(&mut self) -> Box<[Box<str>]> {
        let rule = self.rule;
        if rule.allow_origins_by_predicate
            && rule.allow_credentials
            && !rule.dangerously_allow_predicate_origins_with_credentials
        {
            let path = setting::path(&self.prefix, "allow_origins_by_predicate");
            self.report(PolicyError::new(path, Kind::PredicateOriginsWithCredentials));
        }
        let is_unclear =
            rule.mismatches.iter().any(|wrong| wrong.key == "allow_origins_by_predicate");
        if !rule.allow_origins_by_predicate && !rule.predicate_vary.is_empty() && !is_unclear {
            let path = setting::path(&self.prefix, "predicate_vary");
            self.report(PolicyError::new(path, Kind::PredicateVaryWithoutPredicate));
        }
        self.list("predicate_vary", &rule.predicate_vary, |_| true, check_varying_header).into()
    }

    fn exposed(&mut self) -> Names {
        let configured = &self.rule.expose_headers;
        if self.rule.allow_credentials
            && let Some(index) = configured.iter().position(|name| name == "*")
        {
            let kind = Kind::ExposeAnyWithCredentials;
            self.refuse("expose_headers", index, "*", kind, Advice::General);
        }
        let beside_any = (configured.len() > 1).then_some(Kind::ExposeAnyNotAlone);
        self.names("expose_headers", configured, beside_any, check_exposed_header)
    }

    /// `beside_any` is what is wrong with the list if `*` is in it.
    fn names(
        &mut self,
        setting: &'static str,
        configured: &[String],
        beside_any: Option<Kind>,
        check: fn(&str) -> Result<Box<str>, Kind>,
    ) -> Names {
        let any = configured.iter().position(|name| name == "*");
        if let (Some(index), Some(kind)) = (any, beside_any) {
            self.refuse(setting, index, "*", kind, Advice::General);
        }
        let names = self.list(setting, configured, |name| name != "*", check);
        if any.is_some() { Names::Any } else { Names::Listed(names.into_iter().collect()) }
    }

    /// The elements of a list that are to be checked, in their normal form.
    fn list(
        &mut self,
        setting: &'static str,
        configured: &[String],
        is_checked: fn(&str) -> bool,
        check: fn(&str) -> Result<Box<str>, Kind>,
    ) -> Vec<Box<str>> {
        self.begin(setting);
        let mut names = Vec::with_capacity(configured.len());
        let mut places = Vec::with_capacity(configured.len());
        for (index, name) in configured.iter().enumerate().filter(|(_, name)| is_checked(name)) {
            match check(name) {
                Ok(name) => {
                    names.push(name);
                    places.push(self.place(setting, index));
                }
                Err(kind) => self.refuse_name(setting, index, name, kind, check),
            }
        }
        self.end(setting, places, configured);
        names
    }

    fn refuse_name(
        &mut self,
        setting: &str,
        index: usize,
        name: &str,
        kind: Kind,
        check: fn(&str) -> Result<Box<str>, Kind>,
    ) {
        let elements = suggestion::tokens(name).unwrap_or_default();
        let (good, bad): (Vec<_>, Vec<_>) =
            elements.into_iter().partition(|element| check(element).is_ok());
        let meant = || suggestion::token(name).and_then(|name| check(&name).ok());
        let advice = match good.as_slice() {
            [] if bad.is_empty() => meant().map(String::from).into(),
            [] => Advice::General,
            [one] => Advice::One(one.clone()),
            _ => Advice::Each(good),
        };
        self.refuse(setting, index, name, kind, advice);
        for element in bad {
            if let Err(kind) = check(&element) {
                self.refuse(setting, index, &element, kind, Advice::General);
            }
        }
    }

    fn max_age(&mut self) -> Option<u32> {
        let path = || setting::path(&self.prefix, "max_age");
        if let Some(duration) = self.short_max_age {
            let error = PolicyError::new(path(), Kind::MaxAgeBelowOneSecond);
            self.report(error.with_value(format!("{duration:?}")).with_suggestion(Some("1s")));
            return None;
        }
        let seconds = self.rule.max_age?;
        let valid = u32::try_from(seconds).ok().filter(|seconds| *seconds <= LONGEST_MAX_AGE);
        if valid.is_none() {
            let error = PolicyError::new(path(), Kind::MaxAgeOutOfRange);
            let longest = seconds.is_positive().then(|| LONGEST_MAX_AGE.to_string());
            self.report(error.with_value(seconds.to_string()).with_suggestion(longest));
        }
        valid
    }

    fn refuse(&mut self, setting: &str, index: usize, value: &str, kind: Kind, advice: Advice) {
        if self.is_full() {
            return self.count_one();
        }
        let path = setting::element_path(&self.prefix, setting, self.place(setting, index));
        self.report(PolicyError::new(path, kind).with_value(value).with_advice(advice));
    }

    fn is_full(&self) -> bool {
        self.of_bare_text.is_none() && self.errors.is_full()
    }

    fn count_one(&mut self) {
        self.kept.is_valid = false;
        self.errors.count_one();
    }

    /// The place in the file of an element that is the `index`th text of its list.
    fn place(&self, setting: &str, index: usize) -> usize {
        let others = self.shifts.get(setting).map_or(&[][..], Vec::as_slice);
        index + others.partition_point(|texts_before| *texts_before <= index)
    }

    fn report(&mut self, error: PolicyError) {
        self.kept.is_valid = false;
        match &mut self.of_bare_text {
            Some(errors) => errors.push(error),
            None => self.errors.push(error),
        }
    }

    fn bare_text(&self, setting: &str) -> Option<&Mismatch> {
        let is_this = |wrong: &&Mismatch| wrong.is_bare_text() && wrong.key == setting;
        self.rule.mismatches.iter().find(is_this)
    }

    /// Begins a list. If it was written as a text, its errors are kept back until it ends.
    fn begin(&mut self, setting: &str) {
        self.of_bare_text = self.bare_text(setting).map(|_| Vec::new());
    }

    /// Notes what is left of a list. If it was written as a text, reports that, and then what is
    /// wrong with its elements.
    fn end(&mut self, setting: &'static str, places: Vec<usize>, configured: &[String]) {
        self.kept.lists.push((setting, places));
        let mut errors = self.of_bare_text.take().unwrap_or_default();
        if let Some(mismatch) = self.bare_text(setting) {
            let advice = suggestion::list(setting, &corrected(configured, &errors));
            if advice.value().is_some() {
                // The list to write says it already.
                errors.retain(|error| {
                    !error.kind().is_of_list_as_text() && error.suggestion() != Some("*")
                });
            }
            self.report(wrong_type(&self.prefix, mismatch).with_advice(advice));
        }
        errors.into_iter().for_each(|error| self.report(error));
    }
}

/// A list with what the errors of its elements say to write; empty elements where they do not.
fn corrected(configured: &[String], errors: &[PolicyError]) -> Vec<String> {
    let correct = |element: &str| {
        let of_it = errors.iter().find(|error| error.value() == Some(element));
        of_it.map_or(element, |error| error.suggestion().unwrap_or_default()).to_owned()
    };
    // What is said to be meant may have an error of its own.
    configured.iter().map(|element| correct(&correct(element))).collect()
}
