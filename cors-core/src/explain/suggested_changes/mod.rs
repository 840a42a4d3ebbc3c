mod draft;
mod error;
mod written;

use std::fmt;

use crate::browser::{BrowserRequest, Exchange, Prepared, prepare};
use crate::decide::Refusal;
use crate::explain::closest_pattern::ClosestPatternKind;
use crate::origin::{HostStanding, Origin};
use crate::policy::{Diagnostic, Policy, PolicyFormat, setting_path};
use draft::Draft;
pub use error::SuggestionError;

/// What to write into a policy so that a script gets a response that it does not get.
///
/// `Display` writes each change on a line of its own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SuggestedChanges {
    changes: Vec<Diagnostic>,
    policy: Policy,
}

/// Where lines are written.
#[derive(Clone, Copy, Default)]
struct File<'a> {
    format: PolicyFormat,
    /// The name of the policy, in a file with several.
    policy_name: Option<&'a str>,
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
        self.suggest(request, File::default())
    }

    /// Returns the settings to change as [`suggest_changes`](Self::suggest_changes) does, with lines
    /// in the format of a file, and with paths as in a file with several policies if the policy has
    /// a name there.
    ///
    /// ```
    /// use cors_core::explain::BrowserRequest;
    /// use cors_core::{Policy, PolicyFormat};
    ///
    /// let policy = Policy::builder().allow_origins(["https://app.example.com"]).build()?;
    /// let request = BrowserRequest::new("https://app.example.com").method("PUT");
    /// let changes = policy.suggest_changes_in_file(&request, PolicyFormat::Yaml, Some("web"))?;
    /// assert_eq!(
    ///     changes.to_string(),
    ///     r#"policies.web.allow_methods: PUT is not in the list; write allow_methods: ["PUT"]"#,
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As `suggest_changes`.
    pub fn suggest_changes_in_file(
        &self,
        request: &BrowserRequest,
        format: PolicyFormat,
        policy_name: Option<&str>,
    ) -> Result<SuggestedChanges, SuggestionError> {
        self.suggest(request, File { format, policy_name })
    }

    fn suggest(
        &self,
        request: &BrowserRequest,
        file: File<'_>,
    ) -> Result<SuggestedChanges, SuggestionError> {
        let prepared = prepare(request).ok_or(SuggestionError::Unsendable)?;
        let verdict = self.simulate(request);
        if verdict.is_allowed() {
            return Ok(SuggestedChanges { changes: Vec::new(), policy: self.clone() });
        }
        let exchanges = [verdict.preflight(), verdict.actual()];
        let mut refusals = exchanges.into_iter().flatten().filter_map(Exchange::refusal);
        let own_host = self.own_host(request);
        let is_foreign = |host: &str| {
            let own_origins = self.own_origins();
            own_origins
                .is_some_and(|own| own.host_standing(host.as_bytes()) == HostStanding::Foreign)
        };
        if refusals.any(|why| why == Refusal::Misdirected) || own_host.is_some_and(is_foreign) {
            return Err(SuggestionError::ForeignHost);
        }
        if own_host.is_some() {
            return Err(SuggestionError::OwnHost);
        }
        match self.suggest_for(request, &prepared, file) {
            Err(SuggestionError::MethodCase { method, upper_case, .. }) => {
                let corrected = request.clone().method(&upper_case);
                let changes = self.suggest(&corrected, file)?.changes;
                Err(SuggestionError::MethodCase { method, upper_case, changes })
            }
            suggested => suggested,
        }
    }

    fn suggest_for(
        &self,
        request: &BrowserRequest,
        prepared: &Prepared,
        file: File<'_>,
    ) -> Result<SuggestedChanges, SuggestionError> {
        let origin = request.origin.as_bytes();
        let can_be_asked = Origin::parse(origin).is_some();
        match (self.origins().find(origin), self.predicate_rule().filter(|_| can_be_asked)) {
            (Some(rule), _) => self.suggest_for_rule(rule, false, request, prepared, file),
            (None, Some(rule)) if request.allowed_by_predicate => {
                self.suggest_for_rule(rule, false, request, prepared, file)
            }
            (None, Some(_)) => {
                let if_allowed = request.clone().allowed_by_predicate(true);
                let suggested = self.suggest(&if_allowed, file);
                let changes = suggested.map_or_else(|_| Vec::new(), |suggested| suggested.changes);
                Err(SuggestionError::ByPredicate { changes })
            }
            (None, None) => self.admit(request, prepared, file),
        }
    }

    /// Lets one of the rules allow the origin, which none does.
    fn admit(
        &self,
        request: &BrowserRequest,
        prepared: &Prepared,
        file: File<'_>,
    ) -> Result<SuggestedChanges, SuggestionError> {
        let last = self.rules().len().saturating_sub(1);
        let suggest = |rule| self.suggest_for_rule(rule, true, request, prepared, file);
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
        file: File<'_>,
    ) -> Result<SuggestedChanges, SuggestionError> {
        let prefix = setting_path::rule_prefix(rule, self.rules_are_listed());
        let mut draft = Draft::new(self.to_config(), rule, prefix, file);
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
            Err(errors) => {
                let errors = match file.policy_name {
                    Some(name) => errors.within(&setting_path::of_policy(name)),
                    None => errors,
                };
                Err(SuggestionError::Invalid { errors })
            }
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
    pub fn changes(&self) -> &[Diagnostic] {
        &self.changes
    }

    /// The policy with the changes.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }
}

impl fmt::Display for SuggestedChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_changes(&self.changes, f)
    }
}

fn write_changes(changes: &[Diagnostic], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, change) in changes.iter().enumerate() {
        let separator = if index == 0 { "" } else { "\n" };
        write!(f, "{separator}{change}")?;
    }
    Ok(())
}
