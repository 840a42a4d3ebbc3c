use std::fmt;

use cors_core::PolicyConfig;

use crate::gateways::Source;

/// A setting that a gateway cannot express.
///
/// As text: the path of the setting, its value, and the reason.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    path: String,
    value: Option<String>,
    reason: String,
    approximation: Option<String>,
}

impl Problem {
    pub(super) fn new(path: String, reason: impl Into<String>) -> Self {
        Self { path, value: None, reason: reason.into(), approximation: None }
    }

    pub(super) fn with_value(mut self, value: impl fmt::Display) -> Self {
        self.value = Some(value.to_string());
        self
    }

    pub(super) fn or(mut self, approximation: impl Into<String>) -> Self {
        self.approximation = Some(approximation.into());
        self
    }

    /// The path of the setting, such as `rules[1].allow_origins[0]`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What the configuration does instead; `None` if there is nothing that comes near.
    #[must_use]
    pub fn approximation(&self) -> Option<&str> {
        self.approximation.as_deref()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(value) = &self.value {
            write!(f, " {value}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// What no gateway can do for a service.
pub(super) fn of_every_gateway(config: &PolicyConfig, source: &Source) -> Vec<Problem> {
    let mut problems = Vec::new();
    if config.enforce_origins {
        let problem = Problem::new(
            source.path("enforce_origins"),
            "the exported configuration writes headers and keeps no request from the service; \
             let the service enforce origins, and export a policy without this setting",
        );
        problems.push(problem.or("the gateway does not enforce origins; the service has to"));
    }
    if !config.own_origins.is_empty() {
        let problem = Problem::new(
            source.path("own_origins"),
            "only enforcement reads the service's own origins; let the service enforce them, and \
             export a policy without this setting",
        );
        problems.push(problem.or("the gateway does not check hosts; the service has to"));
    }
    for (index, rule) in config.rules.iter().enumerate() {
        if rule.allow_origins_by_predicate {
            let path = source.rule_path(config.rules.len(), index, "allow_origins_by_predicate");
            problems.push(Problem::new(
                path,
                "only the service can decide on these origins; leave CORS to the service",
            ));
        }
        if !rule.predicate_vary.is_empty() {
            let path = source.rule_path(config.rules.len(), index, "predicate_vary");
            problems.push(Problem::new(
                path,
                "only the service reads these headers; leave CORS to the service",
            ));
        }
    }
    problems
}
