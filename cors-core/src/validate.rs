//! From what a person wrote to a policy, or to everything that is wrong with it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::Mismatch;
use crate::error::PolicyError;
use crate::error_kind::PolicyErrorKind as Kind;
use crate::index::{OriginIndex, RuleOrigins};
use crate::names::Names;
use crate::rule::Rule;
use crate::{
    OriginPattern, Policy, PolicyConfig, PolicyErrors, RuleConfig, fetch, risk, setting,
    setting_key, suggestion,
};

/// The longest time that any browser keeps the answer to a preflight, in seconds
/// (Firefox's limit; Chromium's is 7200, WebKit's 600).
const LONGEST_MAX_AGE: u32 = 86_400;

/// The policy that `config` describes. In `short_max_ages` are times too short for it to hold, by
/// the position of their rule.
pub(crate) fn policy(
    config: &PolicyConfig,
    short_max_ages: &BTreeMap<usize, Duration>,
) -> Result<Policy, PolicyErrors> {
    let mut errors = Vec::new();
    errors.extend(config.unknown_keys.iter().map(|key| {
        PolicyError::new(setting::path("", key), Kind::UnknownKey)
            .with_suggestion(setting_key::nearest_in_policy(key))
    }));
    errors.extend(
        config
            .keys_beside_rules
            .iter()
            .map(|key| PolicyError::new(setting::path("", key), Kind::BesideRules)),
    );
    errors.extend(config.mismatches.iter().map(|mismatch| wrong_type("", mismatch)));
    if config.rules.is_empty() && !mean_origins(&config.unknown_keys) {
        errors.push(PolicyError::new("allow_origins".into(), Kind::NoRules));
    }

    let rules_are_listed = config.rules.len() > 1 || config.sole_rule_is_listed;
    let mut rules = Vec::with_capacity(config.rules.len());
    let mut origins = Vec::with_capacity(config.rules.len());
    for (index, rule) in config.rules.iter().enumerate() {
        let mut checker = RuleChecker {
            rule,
            prefix: setting::rule_prefix(index, rules_are_listed),
            short_max_age: short_max_ages.get(&index),
            errors: &mut errors,
        };
        checker.unknown_keys();
        checker.mismatches();
        origins.push(checker.origins());
        rules.push(checker.rule());
    }
    errors.extend(needless_settings(config, rules_are_listed));
    PolicyErrors::check(errors)?;
    Ok(Policy::new(rules, OriginIndex::new(origins), rules_are_listed, config))
}

/// What says how to treat other origins in a policy that allows every one, and rules of which only
/// one can count.
fn needless_settings(config: &PolicyConfig, rules_are_listed: bool) -> Vec<PolicyError> {
    let mut errors = Vec::new();
    let has_any = config.rules.iter().any(|rule| rule.allow_origins.iter().any(|o| o == "*"));
    if config.enforce_origins && has_any {
        errors.push(PolicyError::new("enforce_origins".into(), Kind::EnforcedAnyOrigin));
    }
    let asks = |(_, rule): &(usize, &RuleConfig)| rule.allow_origins_at_run_time;
    for (nth, (index, _)) in config.rules.iter().enumerate().filter(asks).enumerate() {
        let prefix = setting::rule_prefix(index, rules_are_listed);
        let path = setting::path(&prefix, "allow_origins_at_run_time");
        if has_any {
            errors.push(PolicyError::new(path, Kind::RunTimeOriginsBesideAny));
        } else if nth > 0 {
            errors.push(PolicyError::new(path, Kind::SeveralRunTimeRules));
        }
    }
    errors
}

/// Checks one rule, adding what is wrong with it to `errors`. What it returns is only used if
/// nothing is.
struct RuleChecker<'a> {
    rule: &'a RuleConfig,
    /// What stands before the name of a setting.
    prefix: String,
    short_max_age: Option<&'a Duration>,
    errors: &'a mut Vec<PolicyError>,
}

impl RuleChecker<'_> {
    fn unknown_keys(&mut self) {
        for key in &self.rule.unknown_keys {
            let path = setting::path(&self.prefix, key);
            self.errors.push(if setting_key::is_policy_key(key) {
                PolicyError::new(path, Kind::PolicyKeyInRule)
            } else {
                PolicyError::new(path, Kind::UnknownKey)
                    .with_suggestion(setting_key::nearest_in_rule(key))
            });
        }
    }

    fn mismatches(&mut self) {
        let errors = self.rule.mismatches.iter().map(|mismatch| wrong_type(&self.prefix, mismatch));
        self.errors.extend(errors);
    }

    fn origins(&mut self) -> RuleOrigins {
        let configured = &self.rule.allow_origins;
        let have_another_type =
            self.rule.mismatches.iter().any(|wrong| wrong.key.starts_with("allow_origins"));
        if configured.is_empty()
            && !self.rule.allow_origins_at_run_time
            && !have_another_type
            && !mean_origins(&self.rule.unknown_keys)
        {
            let path = setting::path(&self.prefix, "allow_origins");
            self.errors.push(PolicyError::new(path, Kind::NoOrigins));
        }
        if let Some(index) = configured.iter().position(|origin| origin == "*") {
            if configured.len() > 1 {
                self.refuse("allow_origins", index, "*", Kind::AnyOriginNotAlone, None);
            }
            if self.rule.allow_credentials {
                self.refuse("allow_origins", index, "*", Kind::AnyOriginWithCredentials, None);
            }
        }
        let mut patterns = Vec::with_capacity(configured.len());
        for (index, text) in configured.iter().enumerate().filter(|(_, text)| *text != "*") {
            match text.parse::<OriginPattern>() {
                Ok(pattern) => {
                    self.check_risks(index, &pattern);
                    patterns.push(pattern);
                }
                Err(error) => {
                    let is_any =
                        configured.len() == 1 && !self.rule.allow_credentials && means_any(text);
                    let suggestion = if is_any { Some("*") } else { error.suggestion() };
                    let kind = Kind::Pattern(error.kind());
                    self.refuse("allow_origins", index, text, kind, suggestion.map(Into::into));
                    // What is said to be meant is not refused only once it is written.
                    let elements = || suggestion::origins(text).unwrap_or_default();
                    let meant = suggestion.map_or_else(elements, |meant| vec![meant.into()]);
                    for pattern in meant.iter().filter_map(|meant| meant.parse().ok()) {
                        self.check_risks(index, &pattern);
                    }
                }
            }
        }
        let has_any = configured.iter().any(|origin| origin == "*");
        if has_any { RuleOrigins::Any } else { RuleOrigins::Patterns(patterns) }
    }

    fn check_risks(&mut self, index: usize, pattern: &OriginPattern) {
        let rule = self.rule;
        if !rule.allow_credentials {
            return;
        }
        let text = pattern.as_str();
        let strangers_are_refused = !rule
            .dangerously_allow_public_suffix_subdomains_with_credentials
            && risk::has_strangers(pattern);
        if !rule.dangerously_allow_insecure_origins_with_credentials && risk::is_insecure(pattern) {
            let secure = text.strip_prefix("http://").map(|rest| format!("https://{rest}"));
            let is_safe = |text: &String| {
                !strangers_are_refused
                    && text.parse().is_ok_and(|pattern| !risk::is_insecure(&pattern))
            };
            let secure = secure.or_else(|| suggestion::page_origin(pattern)).filter(is_safe);
            self.refuse("allow_origins", index, text, Kind::InsecureOriginWithCredentials, secure);
        }
        if strangers_are_refused {
            let kind = Kind::PublicSuffixSubdomainsWithCredentials;
            self.refuse("allow_origins", index, text, kind, None);
        }
    }

    fn rule(&mut self) -> Rule {
        let rule = self.rule;
        // Fetch keeps `authorization` out of `*`, so that only there it stands beside it.
        let is_authorization = |name: &String| name.eq_ignore_ascii_case("authorization");
        let any_header = rule.allow_headers.iter().any(|name| name == "*");
        let any_header_alone =
            rule.allow_headers.iter().all(|name| name == "*" || is_authorization(name))
                && rule.allow_headers.iter().filter(|name| *name == "*").count() < 2;
        let vary_by = self.run_time_origins();
        Rule {
            origins_at_run_time: rule.allow_origins_at_run_time,
            vary_by,
            run_time_origins_with_credentials: rule
                .dangerously_allow_run_time_origins_with_credentials,
            credentials: rule.allow_credentials,
            methods: self.names(
                "allow_methods",
                &rule.allow_methods,
                (rule.allow_methods.len() > 1).then_some(Kind::AnyMethodNotAlone),
                check_method,
            ),
            headers: self.names(
                "allow_headers",
                &rule.allow_headers,
                (!any_header_alone).then_some(Kind::AnyHeaderNotAlone),
                check_request_header,
            ),
            any_header_and_authorization: any_header
                && rule.allow_headers.iter().any(is_authorization),
            exposed: self.exposed(),
            max_age: self.max_age(),
            insecure_origins_with_credentials: rule
                .dangerously_allow_insecure_origins_with_credentials,
            public_suffix_subdomains_with_credentials: rule
                .dangerously_allow_public_suffix_subdomains_with_credentials,
        }
    }

    /// The headers that the application decides by.
    fn run_time_origins(&mut self) -> Box<[Box<str>]> {
        let rule = self.rule;
        if rule.allow_origins_at_run_time
            && rule.allow_credentials
            && !rule.dangerously_allow_run_time_origins_with_credentials
        {
            let path = setting::path(&self.prefix, "allow_origins_at_run_time");
            self.errors.push(PolicyError::new(path, Kind::RunTimeOriginsWithCredentials));
        }
        let is_unclear =
            rule.mismatches.iter().any(|wrong| wrong.key == "allow_origins_at_run_time");
        if !rule.allow_origins_at_run_time && !rule.vary_by.is_empty() && !is_unclear {
            let path = setting::path(&self.prefix, "vary_by");
            self.errors.push(PolicyError::new(path, Kind::VaryByWithoutRunTimeOrigins));
        }
        let mut names = Vec::with_capacity(rule.vary_by.len());
        for (index, name) in rule.vary_by.iter().enumerate() {
            match check_varying_header(name) {
                Ok(name) => names.push(name),
                Err(kind) => {
                    let meant = suggestion::token(name);
                    let meant = meant.and_then(|name| check_varying_header(&name).ok());
                    self.refuse("vary_by", index, name, kind, meant.map(Into::into));
                }
            }
        }
        names.into()
    }

    fn exposed(&mut self) -> Names {
        let configured = &self.rule.expose_headers;
        if self.rule.allow_credentials
            && let Some(index) = configured.iter().position(|name| name == "*")
        {
            self.refuse("expose_headers", index, "*", Kind::ExposeAnyWithCredentials, None);
        }
        let beside_any = (configured.len() > 1).then_some(Kind::ExposeAnyNotAlone);
        self.names("expose_headers", configured, beside_any, check_exposed_header)
    }

    /// `beside_any` is what is wrong with the list if `*` is in it.
    fn names(
        &mut self,
        setting: &str,
        configured: &[String],
        beside_any: Option<Kind>,
        check: fn(&str) -> Result<Box<str>, Kind>,
    ) -> Names {
        let any = configured.iter().position(|name| name == "*");
        if let (Some(index), Some(kind)) = (any, beside_any) {
            self.refuse(setting, index, "*", kind, None);
        }
        let mut names = Vec::with_capacity(configured.len());
        for (index, name) in configured.iter().enumerate().filter(|(_, name)| *name != "*") {
            match check(name) {
                Ok(name) => names.push(name),
                Err(kind) => {
                    let meant = suggestion::token(name).and_then(|name| check(&name).ok());
                    self.refuse(setting, index, name, kind, meant.map(Into::into));
                    for element in suggestion::tokens(name).unwrap_or_default() {
                        if let Err(kind) = check(&element) {
                            self.refuse(setting, index, &element, kind, None);
                        }
                    }
                }
            }
        }
        if any.is_some() { Names::Any } else { Names::Listed(names.into_iter().collect()) }
    }

    fn max_age(&mut self) -> Option<u32> {
        let path = || setting::path(&self.prefix, "max_age");
        if let Some(duration) = self.short_max_age {
            let error = PolicyError::new(path(), Kind::MaxAgeBelowOneSecond);
            self.errors.push(error.with_value(format!("{duration:?}")).with_suggestion(Some("1s")));
            return None;
        }
        let seconds = self.rule.max_age?;
        let valid = u32::try_from(seconds).ok().filter(|seconds| *seconds <= LONGEST_MAX_AGE);
        if valid.is_none() {
            let error = PolicyError::new(path(), Kind::MaxAgeOutOfRange);
            let longest = seconds.is_positive().then(|| LONGEST_MAX_AGE.to_string());
            self.errors.push(error.with_value(seconds.to_string()).with_suggestion(longest));
        }
        valid
    }

    fn refuse(
        &mut self,
        setting: &str,
        index: usize,
        value: &str,
        kind: Kind,
        suggestion: Option<String>,
    ) {
        let path = setting::element_path(&self.prefix, setting, index);
        self.errors
            .push(PolicyError::new(path, kind).with_value(value).with_suggestion(suggestion));
    }
}

/// Whether a text can only mean every origin.
fn means_any(text: &str) -> bool {
    let text = text.trim();
    let is_stars = !text.is_empty() && text.bytes().all(|b| b == b'*');
    is_stars || text.eq_ignore_ascii_case("any") || text.eq_ignore_ascii_case("all")
}

fn wrong_type(prefix: &str, mismatch: &Mismatch) -> PolicyError {
    let path = match mismatch.index {
        Some(index) => setting::element_path(prefix, &mismatch.key, index),
        None => setting::path(prefix, &mismatch.key),
    };
    PolicyError::new(path, mismatch.kind)
        .with_value(&mismatch.value)
        .with_suggestion(mismatch.suggestion.as_ref())
}

/// Whether the origins are there, under a wrong name: they are not missing as well.
fn mean_origins(unknown_keys: &[String]) -> bool {
    let mean = |key: &String| setting_key::nearest_in_rule(key);
    unknown_keys.iter().filter_map(mean).any(|meant| meant.starts_with("allow_origins"))
}

fn check_method(method: &str) -> Result<Box<str>, Kind> {
    if !fetch::is_token(method.as_bytes()) {
        return Err(Kind::InvalidMethod);
    }
    if fetch::is_forbidden_method(method.as_bytes()) {
        return Err(Kind::ForbiddenMethod);
    }
    Ok(fetch::normalize_method(method).into())
}

fn check_request_header(name: &str) -> Result<Box<str>, Kind> {
    let name = check_header_name(name)?;
    if fetch::is_forbidden_request_header(&name) {
        return Err(Kind::ForbiddenRequestHeader);
    }
    Ok(name)
}

fn check_exposed_header(name: &str) -> Result<Box<str>, Kind> {
    let name = check_header_name(name)?;
    if name.as_ref() == "origin" {
        return Err(Kind::CorsHeader);
    }
    if fetch::is_forbidden_response_header(&name) {
        return Err(Kind::ForbiddenResponseHeader);
    }
    Ok(name)
}

fn check_varying_header(name: &str) -> Result<Box<str>, Kind> {
    match &*check_header_name(name)? {
        "*" => Err(Kind::InvalidHeaderName),
        "origin" => Err(Kind::CorsHeader),
        name => Ok(name.into()),
    }
}

fn check_header_name(name: &str) -> Result<Box<str>, Kind> {
    if !fetch::is_token(name.as_bytes()) {
        return Err(Kind::InvalidHeaderName);
    }
    let name = name.to_ascii_lowercase();
    if name.starts_with("access-control-") {
        return Err(Kind::CorsHeader);
    }
    Ok(name.into())
}
