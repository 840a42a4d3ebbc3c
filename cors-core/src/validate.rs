//! From what a person wrote to a policy, or to everything that is wrong with it.

use crate::error::{PolicyError, PolicyErrorKind as Kind};
use crate::index::{OriginIndex, RuleOrigins};
use crate::names::Names;
use crate::rule::Rule;
use crate::{
    OriginPattern, Policy, PolicyConfig, PolicyErrors, RuleConfig, fetch, host, public_suffix,
};

/// The longest time that any browser keeps the answer to a preflight, in seconds
/// (Firefox's limit; Chromium's is 7200, WebKit's 600).
const LONGEST_MAX_AGE: u32 = 86_400;

pub(crate) fn policy(config: &PolicyConfig) -> Result<Policy, PolicyErrors> {
    let mut errors = Vec::new();
    let unknown =
        |path: &str, key: &String| PolicyError::new(format!("{path}{key}"), Kind::UnknownKey);
    errors.extend(config.unknown_keys.iter().map(|key| unknown("", key)));
    if config.rules.is_empty() {
        errors.push(PolicyError::new("allow_origins".into(), Kind::NoRules));
    }

    let mut rules = Vec::with_capacity(config.rules.len());
    let mut origins = Vec::with_capacity(config.rules.len());
    for (index, rule) in config.rules.iter().enumerate() {
        let path = if config.rules.len() == 1 { String::new() } else { format!("rules[{index}].") };
        errors.extend(rule.unknown_keys.iter().map(|key| unknown(&path, key)));
        let mut checker = RuleChecker { rule, path, errors: &mut errors };
        origins.push(checker.origins());
        rules.push(checker.rule());
    }
    PolicyErrors::check(errors)?;
    Ok(Policy::new(rules, OriginIndex::new(origins), config.debug))
}

/// Checks one rule, adding what is wrong with it to `errors`. What it returns is only used if
/// nothing is.
struct RuleChecker<'a> {
    rule: &'a RuleConfig,
    /// What stands before the name of a setting.
    path: String,
    errors: &'a mut Vec<PolicyError>,
}

impl RuleChecker<'_> {
    fn origins(&mut self) -> RuleOrigins {
        let configured = &self.rule.allow_origins;
        if configured.is_empty() {
            self.refuse("allow_origins", Kind::NoOrigins);
        }
        if let Some(index) = configured.iter().position(|origin| origin == "*") {
            if configured.len() > 1 {
                self.refuse_element("allow_origins", index, "*", Kind::AnyOriginNotAlone);
            }
            if self.rule.allow_credentials {
                self.refuse_element("allow_origins", index, "*", Kind::AnyOriginWithCredentials);
            }
        }
        let mut patterns = Vec::with_capacity(configured.len());
        for (index, text) in configured.iter().enumerate().filter(|(_, text)| *text != "*") {
            match text.parse::<OriginPattern>() {
                Ok(pattern) => {
                    self.check_credentials(index, &pattern);
                    patterns.push(pattern);
                }
                Err(error) => {
                    let path = format!("{}allow_origins[{index}]", self.path);
                    self.errors.push(
                        PolicyError::new(path, Kind::Pattern(error.kind()))
                            .with_value(text)
                            .with_suggestion(error.suggestion()),
                    );
                }
            }
        }
        if patterns.is_empty() { RuleOrigins::Any } else { RuleOrigins::Patterns(patterns) }
    }

    fn check_credentials(&mut self, index: usize, pattern: &OriginPattern) {
        let rule = self.rule;
        if !rule.allow_credentials || host::is_loopback(pattern.host()) {
            return;
        }
        if pattern.scheme() != "https" && !rule.dangerously_allow_insecure_origins_with_credentials
        {
            let kind = Kind::InsecureOriginWithCredentials;
            self.refuse_element("allow_origins", index, pattern.as_str(), kind);
        }
        if pattern.has_subdomains()
            && !rule.dangerously_allow_public_suffix_subdomains_with_credentials
            && public_suffix::strangers_can_register_below(pattern.host())
        {
            let kind = Kind::PublicSuffixSubdomainsWithCredentials;
            self.refuse_element("allow_origins", index, pattern.as_str(), kind);
        }
    }

    fn rule(&mut self) -> Rule {
        let rule = self.rule;
        let mut allow_headers = rule.allow_headers.clone();
        let any_header = allow_headers.iter().any(|name| name == "*");
        // Fetch keeps `authorization` out of `*`, so that only there it stands beside it.
        if any_header {
            allow_headers.retain(|name| !name.eq_ignore_ascii_case("authorization"));
        }
        let any_header_and_authorization =
            any_header && allow_headers.len() < rule.allow_headers.len();

        if rule.allow_credentials
            && let Some(index) = rule.expose_headers.iter().position(|name| name == "*")
        {
            self.refuse_element("expose_headers", index, "*", Kind::ExposeAnyWithCredentials);
        }
        Rule {
            credentials: rule.allow_credentials,
            methods: self.names(
                "allow_methods",
                &rule.allow_methods,
                Kind::AnyMethodNotAlone,
                check_method,
            ),
            headers: self.names(
                "allow_headers",
                &allow_headers,
                Kind::AnyHeaderNotAlone,
                check_request_header,
            ),
            any_header_and_authorization,
            exposed: self.names(
                "expose_headers",
                &rule.expose_headers,
                Kind::ExposeAnyNotAlone,
                check_exposed_header,
            ),
            max_age: self.max_age(),
            insecure_origins_with_credentials: rule
                .dangerously_allow_insecure_origins_with_credentials,
            public_suffix_subdomains_with_credentials: rule
                .dangerously_allow_public_suffix_subdomains_with_credentials,
        }
    }

    fn names(
        &mut self,
        setting: &str,
        configured: &[String],
        any_is_not_alone: Kind,
        check: fn(&str) -> Result<Box<str>, Kind>,
    ) -> Names {
        if let Some(index) = configured.iter().position(|name| name == "*") {
            if configured.len() > 1 {
                self.refuse_element(setting, index, "*", any_is_not_alone);
            }
            return Names::Any;
        }
        let mut names = Vec::with_capacity(configured.len());
        for (index, name) in configured.iter().enumerate() {
            match check(name) {
                Ok(name) => names.push(name),
                Err(kind) => self.refuse_element(setting, index, name, kind),
            }
        }
        Names::Listed(names.into_iter().collect())
    }

    fn max_age(&mut self) -> Option<u32> {
        let seconds = self.rule.max_age?;
        let valid = u32::try_from(seconds).ok().filter(|seconds| *seconds <= LONGEST_MAX_AGE);
        if valid.is_none() {
            let path = format!("{}max_age", self.path);
            self.errors.push(
                PolicyError::new(path, Kind::MaxAgeOutOfRange).with_value(seconds.to_string()),
            );
        }
        valid
    }

    fn refuse(&mut self, setting: &str, kind: Kind) {
        self.errors.push(PolicyError::new(format!("{}{setting}", self.path), kind));
    }

    fn refuse_element(&mut self, setting: &str, index: usize, value: &str, kind: Kind) {
        let path = format!("{}{setting}[{index}]", self.path);
        self.errors.push(PolicyError::new(path, kind).with_value(value));
    }
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
