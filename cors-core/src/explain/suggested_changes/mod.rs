mod draft;
mod error;
mod written;

use std::fmt;

use crate::explain::closest_pattern::ClosestPatternKind;
use crate::explain::request::{BrowserRequest, Prepared, prepare};
use crate::origin::Origin;
use crate::policy::{Policy, PolicyFormat, setting};
use draft::Draft;
pub use error::SuggestionError;
use written::Written;

/// What to write into a policy so that a script gets a response that it does not get.
///
/// `Display` writes each change on a line of its own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SuggestedChanges {
    changes: Vec<Change>,
    policy: Policy,
}

/// One setting of an [`SuggestedChanges`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    path: String,
    reason: String,
    instead: Option<&'static str>,
    written: Written,
    /// What is written, in the format of the file.
    line: String,
}

/// Rules that are tried in turn: each takes as long as the policy takes to build.
const MOST_RULES: usize = 20;

impl Policy {
    /// Returns the settings to change so that a script gets the response to this request. There are
    /// none if it gets the response already.
    ///
    /// Nothing is opened wider than the request needs: what it lacks is listed by name. In a policy
    /// with several rules, an origin that no rule allows is added to the last rule that lets the
    /// request through, because special rules stand before general ones. For a page that asks for
    /// credentials, a rule of its own is added before a rule with `*`, which stays as it is.
    ///
    /// ```
    /// use cors_core::explain::BrowserRequest;
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example.com"])
    ///     .allow_methods(["PUT"])
    ///     .build()?;
    /// let request = BrowserRequest::new("https://app.example.com").method("DELETE");
    /// let suggested_changes = policy.suggest_changes(&request)?;
    /// assert_eq!(
    ///     suggested_changes.to_string(),
    ///     r#"allow_methods: DELETE is not in the list; write allow_methods = ["PUT", "DELETE"]"#,
    /// );
    /// assert!(suggested_changes.policy().simulate(&request).is_allowed());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If no setting helps, or something other than the policy should change.
    pub fn suggest_changes(
        &self,
        request: &BrowserRequest,
    ) -> Result<SuggestedChanges, SuggestionError> {
        let prepared = prepare(request).ok_or(SuggestionError::Unsendable)?;
        if self.simulate(request).is_allowed() {
            return Ok(SuggestedChanges { changes: Vec::new(), policy: self.clone() });
        }
        match self.suggest_for(request, &prepared) {
            Err(SuggestionError::MethodCase { method, upper_case, .. }) => {
                let corrected = request.clone().method(&upper_case);
                let changes = self.suggest_changes(&corrected)?.changes;
                Err(SuggestionError::MethodCase { method, upper_case, changes })
            }
            suggested => suggested,
        }
    }

    fn suggest_for(
        &self,
        request: &BrowserRequest,
        prepared: &Prepared,
    ) -> Result<SuggestedChanges, SuggestionError> {
        let origin = request.origin.as_bytes();
        let can_be_asked = Origin::parse(origin).is_some();
        match (self.origins().find(origin), self.predicate_rule().filter(|_| can_be_asked)) {
            (Some(rule), _) => self.suggest_for_rule(rule, false, request, prepared),
            (None, Some(rule)) if request.allowed_by_predicate => {
                self.suggest_for_rule(rule, false, request, prepared)
            }
            (None, Some(_)) => {
                let if_allowed = request.clone().allowed_by_predicate(true);
                let suggested = self.suggest_changes(&if_allowed);
                let changes = suggested.map_or_else(|_| Vec::new(), |suggested| suggested.changes);
                Err(SuggestionError::ByPredicate { changes })
            }
            (None, None) => self.admit(request, prepared),
        }
    }

    /// Lets one of the rules allow the origin, which none does.
    fn admit(
        &self,
        request: &BrowserRequest,
        prepared: &Prepared,
    ) -> Result<SuggestedChanges, SuggestionError> {
        let last = self.rules().len().saturating_sub(1);
        let suggest = |rule| self.suggest_for_rule(rule, true, request, prepared);
        let suits = |suggested_changes: &SuggestedChanges| suggested_changes.changes.len() == 1;
        (0..=last)
            .rev()
            .take(MOST_RULES)
            .map(suggest)
            .find(|suggested| suggested.as_ref().is_ok_and(suits))
            .unwrap_or_else(|| suggest(last))
    }

    fn suggest_for_rule(
        &self,
        rule: usize,
        add_origin: bool,
        request: &BrowserRequest,
        prepared: &Prepared,
    ) -> Result<SuggestedChanges, SuggestionError> {
        let prefix = setting::rule_prefix(rule, self.rules_are_listed());
        let mut draft = Draft::new(self.to_config(), rule, prefix);
        if add_origin {
            let over_https = self.allows_over_https(&request.origin);
            draft.add_origin(&request.origin, over_https, request.credentials)?;
        }
        if request.credentials {
            draft.allow_credentials(&request.origin)?;
        }
        draft.add_method(&prepared.method)?;
        draft.add_headers(&prepared.unsafe_names)?;
        let (config, changes) = draft.finish();
        match Self::try_from(config) {
            Ok(policy) if policy.simulate(request).is_allowed() => {
                Ok(SuggestedChanges { changes, policy })
            }
            Ok(_) => Err(SuggestionError::TooMuch),
            Err(errors) => Err(SuggestionError::Invalid { errors }),
        }
    }

    /// Whether the policy allows the same host over https, and not this one over http.
    fn allows_over_https(&self, origin: &str) -> bool {
        origin.starts_with("http://")
            && self.closest_pattern(origin.as_bytes()).is_some_and(|miss| {
                miss.kind() == ClosestPatternKind::Scheme && miss.pattern().starts_with("https://")
            })
    }
}

impl SuggestedChanges {
    /// The changes, in the order of the settings.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The policy with the changes.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Returns the same suggested changes with its lines in the format of a file, and with paths as in a
    /// file with several policies if the policy has a name there.
    ///
    /// ```
    /// use cors_core::explain::BrowserRequest;
    /// use cors_core::{Policy, PolicyFormat};
    ///
    /// let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
    /// let request = BrowserRequest::new("https://app.example.com").method("PUT");
    /// let suggested_changes = policy.suggest_changes(&request)?.in_file(PolicyFormat::Yaml, Some("web"));
    /// assert_eq!(
    ///     suggested_changes.to_string(),
    ///     r#"policies.web.allow_methods: PUT is not in the list; write allow_methods: ["PUT"]"#,
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn in_file(self, format: PolicyFormat, policy: Option<&str>) -> Self {
        Self { changes: in_file(self.changes, format, policy), ..self }
    }
}

impl Change {
    fn new(path: String, reason: String, written: Written) -> Self {
        let line = written.in_file(PolicyFormat::Toml, None);
        Self { path, reason, instead: None, written, line }
    }

    fn in_file(self, format: PolicyFormat, policy: Option<&str>) -> Self {
        let line = self.written.in_file(format, policy);
        let path = match policy {
            Some(name) => format!("{}.{}", setting::path("policies.", name), self.path),
            None => self.path,
        };
        Self { path, line, ..self }
    }

    /// The setting, such as `allow_methods`, or `rules[1].allow_methods` in a policy with several
    /// rules; `rules` if a rule is added.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Why the setting has to change.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What can be done instead of the change, and is better.
    #[must_use]
    pub const fn instead(&self) -> Option<&'static str> {
        self.instead
    }

    /// The setting as it stands in a TOML file, such as `allow_methods = ["PUT", "DELETE"]`, or in
    /// the format that [`SuggestedChanges::in_file`] was told. All rules, on several lines, if a rule is
    /// added.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }
}

fn in_file(changes: Vec<Change>, format: PolicyFormat, policy: Option<&str>) -> Vec<Change> {
    changes.into_iter().map(|change| change.in_file(format, policy)).collect()
}

impl fmt::Display for SuggestedChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_changes(&self.changes, f)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; ", self.path, self.reason)?;
        if let Some(instead) = self.instead {
            write!(f, "{instead}, or ")?;
        }
        let separator = if self.line.contains('\n') { '\n' } else { ' ' };
        write!(f, "write{separator}{}", self.line)
    }
}

fn write_changes(changes: &[Change], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, change) in changes.iter().enumerate() {
        let separator = if index == 0 { "" } else { "\n" };
        write!(f, "{separator}{change}")?;
    }
    Ok(())
}
