//! Origins in an environment variable.

use std::env::{self, VarError};

use crate::policy::builder::PolicyBuilder;
use crate::policy::error::PolicyError;
use crate::policy::error_kind::PolicyErrorKind;
use crate::policy::list::IntoList;
use crate::policy::validate::OriginVariable;

impl PolicyBuilder {
    /// Adds the origins that an environment variable lists, separated by commas or white space.
    /// The variable is read now; a variable that is not set, or is empty, is an error of
    /// [`build`](Self::build). Errors name the variable.
    ///
    /// ```no_run
    /// use cors_core::Policy;
    ///
    /// // CORS_ORIGINS="https://app.example.com, https://*.partner.example"
    /// let policy = Policy::builder()
    ///     .allow_origins_from_env("CORS_ORIGINS")
    ///     .allow_methods(["PUT", "DELETE"])
    ///     .build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn allow_origins_from_env(mut self, variable: &str) -> Self {
        match read(variable) {
            Ok(value) => return self.allow_origins_of_variable(variable, &value),
            Err(error) => self.report_variable(variable, &error),
        }
        self
    }

    /// Adds the origins that an environment variable lists, as
    /// [`allow_origins_from_env`](Self::allow_origins_from_env) does, or `default` if the variable
    /// is not set or is empty.
    ///
    /// ```
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::builder()
    ///     .allow_origins_from_env_or("CORS_ORIGINS", ["http://localhost:5173"])
    ///     .build()?;
    /// # Ok::<(), cors_core::PolicyErrors>(())
    /// ```
    pub fn allow_origins_from_env_or(mut self, variable: &str, default: impl IntoList) -> Self {
        match read(variable) {
            Ok(value) => return self.allow_origins_of_variable(variable, &value),
            Err(VarError::NotPresent) => return self.allow_origins(default),
            Err(error @ VarError::NotUnicode(_)) => self.report_variable(variable, &error),
        }
        self
    }

    fn allow_origins_of_variable(mut self, variable: &str, value: &str) -> Self {
        let first = self.rule.allow_origins.len();
        self.rule.allow_origins.extend(elements(value).map(Into::into));
        self.rule.allow_no_origins = false;
        let indices = first..self.rule.allow_origins.len();
        self.context.variables.push(OriginVariable { name: variable.into(), indices });
        self
    }

    fn report_variable(&mut self, variable: &str, error: &VarError) {
        let kind = match error {
            VarError::NotPresent => PolicyErrorKind::VariableNotSet,
            VarError::NotUnicode(_) => PolicyErrorKind::VariableNotUnicode,
        };
        self.context.errors.push(PolicyError::new(variable.into(), kind));
        self.context.origins_are_elsewhere = true;
    }
}

/// Returns the value of an environment variable. A value without an element counts as unset,
/// because Compose and Helm pass empty values for variables that nobody has set.
fn read(name: &str) -> Result<String, VarError> {
    let value = env::var(name)?;
    let is_empty = elements(&value).next().is_none();
    if is_empty { Err(VarError::NotPresent) } else { Ok(value) }
}

/// Splits a list at commas, semicolons and white space. No origin, method or header name has any of
/// these.
pub(crate) fn elements(value: &str) -> impl Iterator<Item = &str> {
    let is_separator = |c: char| matches!(c, ',' | ';') || c.is_whitespace();
    value.split(is_separator).filter(|origin| !origin.is_empty())
}
