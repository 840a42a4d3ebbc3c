use std::error::Error;
use std::fmt;

use crate::browser::request::{BrowserRequest, Prepared, prepare};
use crate::quoted::Quoted;
use crate::{Origin, Policy, PolicyConfig, PolicyErrors, RuleConfig, fetch, setting};

/// What to write into a policy so that a script gets a response that it does not get.
///
/// Printed, each change stands on a line of its own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Amendment {
    changes: Vec<Change>,
    policy: Policy,
}

/// One setting of an [`Amendment`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    path: String,
    reason: String,
    line: String,
}

/// Why no setting lets a request through.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum AmendmentError {
    /// Browsers let no script send the request.
    Unsendable,
    /// The page's origin is `null`, which is not one origin.
    OpaqueOrigin,
    /// No page has such an origin.
    InvalidOrigin(String),
    /// The method, or a header, is named `*`, which a policy takes for all of them.
    Wildcard,
    /// The request has more headers, or a longer method, than a policy allows by `*`.
    TooMuch,
    /// With these changes the policy would not be valid.
    Invalid {
        /// The changes.
        changes: Vec<Change>,
        /// What is wrong with the policy then.
        errors: PolicyErrors,
    },
}

impl Policy {
    /// The settings to change so that a script gets the response to this request. None, if it
    /// gets it already.
    ///
    /// Nothing is opened wider than the request needs: what it lacks is listed by name. With
    /// several rules, an origin that none of them allows joins the last one that lets the request
    /// through, since special rules stand before general ones.
    ///
    /// ```
    /// use cors_core::{BrowserRequest, Policy};
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins(["https://app.example.com"])
    ///     .allow_methods(["PUT"])
    ///     .build()?;
    /// let request = BrowserRequest::new("https://app.example.com").method("DELETE");
    /// let amendment = policy.amendment(&request)?;
    /// assert_eq!(
    ///     amendment.to_string(),
    ///     r#"allow_methods: DELETE is not in the list; write allow_methods = ["PUT", "DELETE"]"#,
    /// );
    /// assert!(amendment.policy().simulate(&request).is_allowed());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If no setting would do.
    pub fn amendment(&self, request: &BrowserRequest) -> Result<Amendment, AmendmentError> {
        let prepared = prepare(request).ok_or(AmendmentError::Unsendable)?;
        if self.simulate(request).is_allowed() {
            return Ok(Amendment { changes: Vec::new(), policy: self.clone() });
        }
        let origin = request.origin.as_bytes();
        let at_run_time = || {
            let is_asked = request.allowed_at_run_time && Origin::parse(origin).is_some();
            self.run_time_rule().filter(|_| is_asked)
        };
        match self.origins().find(origin).or_else(at_run_time) {
            Some(rule) => self.amend(rule, false, request, &prepared),
            None => self.admit(request, &prepared),
        }
    }

    /// Lets one of the rules allow the origin, which none does.
    fn admit(
        &self,
        request: &BrowserRequest,
        prepared: &Prepared,
    ) -> Result<Amendment, AmendmentError> {
        let last = self.rules().len().saturating_sub(1);
        let amend = |rule| self.amend(rule, true, request, prepared);
        let suits = |amendment: &Amendment| amendment.changes.len() == 1;
        (0..=last)
            .rev()
            .map(amend)
            .find(|amended| amended.as_ref().is_ok_and(suits))
            .unwrap_or_else(|| amend(last))
    }

    fn amend(
        &self,
        rule: usize,
        add_origin: bool,
        request: &BrowserRequest,
        prepared: &Prepared,
    ) -> Result<Amendment, AmendmentError> {
        let mut config = self.to_config();
        let prefix = setting::rule_prefix(rule, self.rules_are_listed());
        let mut draft = Draft { config: &mut config, rule, prefix, changes: Vec::new() };
        if add_origin {
            draft.add_origin(&request.origin)?;
        }
        if request.credentials {
            draft.allow_credentials(&request.origin)?;
        }
        draft.add_method(&prepared.method)?;
        draft.add_headers(&prepared.unsafe_names)?;
        let changes = draft.changes;
        match Policy::try_from(config) {
            Ok(policy) if policy.simulate(request).is_allowed() => {
                Ok(Amendment { changes, policy })
            }
            Ok(_) => Err(AmendmentError::TooMuch),
            Err(errors) => Err(AmendmentError::Invalid { changes, errors }),
        }
    }
}

/// A policy that is being changed, in one of its rules.
struct Draft<'a> {
    config: &'a mut PolicyConfig,
    rule: usize,
    /// What stands before the name of a setting.
    prefix: String,
    changes: Vec<Change>,
}

impl Draft<'_> {
    fn add_origin(&mut self, origin: &str) -> Result<(), AmendmentError> {
        check_origin(origin)?;
        let reason = format!("{origin} is not in the list");
        self.list("allow_origins", reason, |rule| {
            rule.allow_origins.push(origin.to_owned());
            &rule.allow_origins
        });
        Ok(())
    }

    fn allow_credentials(&mut self, origin: &str) -> Result<(), AmendmentError> {
        let Some(rule) = self.config.rules.get_mut(self.rule) else { return Ok(()) };
        if rule.allow_credentials {
            return Ok(());
        }
        rule.allow_credentials = true;
        if is_any(&rule.allow_origins) {
            check_origin(origin)?;
            let reason = "with credentials, origins are listed; give others a rule of their own after this one";
            self.list("allow_origins", reason.into(), |rule| {
                rule.allow_origins = vec![origin.to_owned()];
                &rule.allow_origins
            });
        }
        let reason = "the script asks for credentials".into();
        self.change("allow_credentials", reason, "allow_credentials = true".into());
        Ok(())
    }

    fn add_method(&mut self, method: &str) -> Result<(), AmendmentError> {
        let Some(rule) = self.config.rules.get(self.rule) else { return Ok(()) };
        let is_allowed = is_any(&rule.allow_methods)
            || fetch::is_safelisted_method(method.as_bytes())
            || rule.allow_methods.iter().any(|allowed| allowed == method);
        if is_allowed {
            return Ok(());
        }
        if method == "*" {
            return Err(AmendmentError::Wildcard);
        }
        let upper_case = method.to_ascii_uppercase();
        let reason = if method != upper_case && fetch::is_registered_method(&upper_case) {
            format!(
                "methods are case-sensitive, and the script sends {method}; let it send {upper_case}, or allow both"
            )
        } else {
            format!("{method} is not in the list")
        };
        self.list("allow_methods", reason, |rule| {
            rule.allow_methods.push(method.to_owned());
            &rule.allow_methods
        });
        Ok(())
    }

    /// `names` are in lower case, as those of the policy are.
    fn add_headers(&mut self, names: &[String]) -> Result<(), AmendmentError> {
        let Some(rule) = self.config.rules.get(self.rule) else { return Ok(()) };
        let allowed = &rule.allow_headers;
        // Where `*` is mirrored, which is with credentials, it covers Authorization too.
        let covers = |name: &str| {
            allowed.iter().any(|any| any == "*")
                && (name != "authorization" || rule.allow_credentials)
        };
        let missing: Vec<_> =
            names.iter().filter(|name| !covers(name) && !allowed.contains(name)).cloned().collect();
        if missing.is_empty() {
            return Ok(());
        }
        if missing.iter().any(|name| name == "*") {
            return Err(AmendmentError::Wildcard);
        }
        let reason = if is_any(allowed) {
            "* does not cover authorization".into()
        } else {
            let are = if missing.len() == 1 { "is" } else { "are" };
            format!("{} {are} not in the list", missing.join(", "))
        };
        self.list("allow_headers", reason, |rule| {
            rule.allow_headers.extend(missing);
            &rule.allow_headers
        });
        Ok(())
    }

    /// Notes a change of a list, which `write` makes and returns.
    fn list(
        &mut self,
        key: &str,
        reason: String,
        write: impl FnOnce(&mut RuleConfig) -> &Vec<String>,
    ) {
        let Some(rule) = self.config.rules.get_mut(self.rule) else { return };
        // Neither an origin nor a token has a character that TOML escapes.
        let elements: Vec<_> = write(rule).iter().map(|element| format!("\"{element}\"")).collect();
        self.change(key, reason, format!("{key} = [{}]", elements.join(", ")));
    }

    fn change(&mut self, key: &str, reason: String, line: String) {
        self.changes.push(Change { path: setting::path(&self.prefix, key), reason, line });
    }
}

fn is_any(list: &[String]) -> bool {
    list.first().is_some_and(|element| element == "*")
}

fn check_origin(origin: &str) -> Result<(), AmendmentError> {
    if origin == "null" {
        Err(AmendmentError::OpaqueOrigin)
    } else if Origin::parse(origin.as_bytes()).is_none() {
        Err(AmendmentError::InvalidOrigin(origin.into()))
    } else {
        Ok(())
    }
}

impl Amendment {
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
}

impl Change {
    /// The setting, such as `allow_methods`, or `rules[1].allow_methods` in a policy with several
    /// rules.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Why the setting has to change.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The setting as it stands in a TOML file, such as `allow_methods = ["PUT", "DELETE"]`.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }
}

impl fmt::Display for Amendment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_changes(&self.changes, f)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; write {}", self.path, self.reason, self.line)
    }
}

fn write_changes(changes: &[Change], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, change) in changes.iter().enumerate() {
        let separator = if index == 0 { "" } else { "\n" };
        write!(f, "{separator}{change}")?;
    }
    Ok(())
}

impl Error for AmendmentError {}

impl fmt::Display for AmendmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsendable => f.write_str(
                "browsers let no script send this method, or a header with this name or value; change the script",
            ),
            Self::OpaqueOrigin => f.write_str(
                "null is what sandboxed frames, local files and redirected requests of every site send, so it cannot be listed; serve the page from an origin, or share with every page, without credentials, by allow_origins = [\"*\"]",
            ),
            Self::InvalidOrigin(origin) => write!(
                f,
                "no page has the origin {}; write one such as https://app.example.com",
                Quoted(origin)
            ),
            Self::Wildcard => f.write_str(
                "a policy takes * for all methods or headers, not for one of that name; let the script use another",
            ),
            Self::TooMuch => f.write_str(
                "with credentials, * covers 64 headers of 4096 bytes and a method of 64 bytes; list their names",
            ),
            Self::Invalid { changes, errors } => {
                write_changes(changes, f)?;
                write!(f, "\nbut then {errors}")
            }
        }
    }
}
