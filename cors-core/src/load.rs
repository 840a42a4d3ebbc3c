//! Policies from files and from the environment.

mod error;
mod format;
mod named;

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use once_cell::sync::OnceCell;

pub use error::LoadError;

use crate::{
    Policy, PolicyConfig, PolicyError, PolicyErrorKind, PolicyErrors, PolicyFormat, setting,
};
use format::Format;
use named::NamedPolicies;

/// The [JSON Schema](https://json-schema.org/) of policy files, for editors and checks.
pub const JSON_SCHEMA: &str = include_str!("../policy.schema.json");

/// The environment variable that [`Policy::process_wide`] reads.
const VARIABLE: &str = "CORS_POLICY";

/// The policies of a file: one, or several by name.
///
/// ```toml
/// [policies.public]
/// allow_origins = ["*"]
///
/// [policies.admin]
/// allow_origins = ["https://admin.example.com"]
/// allow_credentials = true
/// ```
#[derive(Clone, Debug)]
pub struct Policies {
    path: PathBuf,
    sole: Option<Policy>,
    named: BTreeMap<String, Policy>,
}

impl Policies {
    /// Reads a TOML, JSON or YAML file, as its extension says: `toml`, `json`, `yaml` or `yml`.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or parsed, and for everything that is wrong with its policies.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        let path = path.as_ref();
        // Before the file is read: no content could make up for it.
        Format::of(path)?;
        let text = std::fs::read_to_string(path)
            .map_err(|error| LoadError::Read { path: path.into(), error })?;
        Self::parse(&text, path)
    }

    /// The policy with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Policy> {
        self.named.get(name)
    }

    /// The policy with this name, or, for `None`, the only policy of a file without names.
    ///
    /// # Errors
    ///
    /// If there is none; the error names those that there are.
    pub fn select(&self, name: Option<&str>) -> Result<&Policy, LoadError> {
        let selected = match name {
            Some(name) => self.get(name),
            None => self.sole.as_ref(),
        };
        selected.ok_or_else(|| LoadError::Selection {
            path: self.path.clone(),
            name: name.map(Into::into),
            names: self.named.keys().cloned().collect(),
        })
    }

    /// The names and their policies, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Policy)> {
        self.named.iter().map(|(name, policy)| (name.as_str(), policy))
    }

    /// The policies of a text that was read from the file.
    pub(crate) fn parse(text: &str, path: &Path) -> Result<Self, LoadError> {
        let format = Format::of(path)?;
        let config: PolicyConfig = format.parse(text, path)?;
        let invalid = |errors: PolicyErrors| LoadError::Invalid {
            source_name: path.display().to_string(),
            errors: errors.in_format(PolicyFormat::of_path(path).unwrap_or_default()),
        };
        if config.unknown_keys.iter().all(|key| key != "policies") {
            let policy = Policy::try_from(config).map_err(invalid)?;
            return Ok(Self { path: path.into(), sole: Some(policy), named: BTreeMap::new() });
        }
        let file: NamedPolicies = format.parse(text, path)?;
        let beside = |key: &String| {
            PolicyError::new(setting::path("", key), PolicyErrorKind::BesidePolicies)
        };
        let mut errors: Vec<_> = file.keys_beside.iter().map(beside).collect();
        if file.policies_are_listed {
            errors.push(PolicyError::new("policies".into(), PolicyErrorKind::PoliciesNotATable));
        }
        let mut named = BTreeMap::new();
        for (name, config) in file.policies {
            let prefix = format!("{}.", setting::path("policies.", &name));
            match Policy::try_from(config) {
                Ok(policy) => drop(named.insert(name, policy)),
                Err(of_policy) => {
                    errors.extend(of_policy.into_iter().map(|error| error.within(&prefix)));
                }
            }
        }
        if named.is_empty() && errors.is_empty() {
            errors.push(PolicyError::new("policies".into(), PolicyErrorKind::NoPolicies));
        }
        PolicyErrors::check(errors).map_err(invalid)?;
        Ok(Self { path: path.into(), sole: None, named })
    }
}

impl Policy {
    /// Reads the policy of a TOML, JSON or YAML file; [`Policies::from_path`] reads a file with
    /// several.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or parsed, for everything that is wrong with its policy, and
    /// if it has several.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        Policies::from_path(path)?.select(None).cloned()
    }

    /// Reads the policy that an environment variable tells: the path of a file, the path and a
    /// name as in `policies.toml#admin`, or, for the simplest policy, origins separated by commas.
    ///
    /// # Errors
    ///
    /// If the variable is not set, and as [`from_path`](Self::from_path).
    pub fn from_env(variable: &str) -> Result<Self, LoadError> {
        let value = env::var(variable)
            .map_err(|error| LoadError::Variable { variable: variable.into(), error })?;
        let value = value.trim();
        let is_file = |path: &str| Format::of(Path::new(path)).is_ok();
        if let Some((path, name)) = value.rsplit_once('#').filter(|(path, _)| is_file(path)) {
            return Policies::from_path(path)?.select(Some(name)).cloned();
        }
        // A path has no scheme, and an origin no slash but those of the scheme.
        if is_file(value) || (!value.contains("://") && value.contains(['/', '\\'])) {
            return Self::from_path(value);
        }
        Self::builder()
            .allow_origins(value.trim_end_matches(',').split(',').map(str::trim))
            .build()
            .map_err(|errors| LoadError::Invalid { source_name: variable.into(), errors })
    }

    /// The policy of this process: read from the environment variable `CORS_POLICY` as by
    /// [`from_env`](Self::from_env) when it is first asked for, and then the same for all.
    ///
    /// # Errors
    ///
    /// As `from_env`. The next call tries again.
    pub fn process_wide() -> Result<&'static Self, LoadError> {
        static POLICY: OnceCell<Policy> = OnceCell::new();

        POLICY.get_or_try_init(|| Self::from_env(VARIABLE))
    }
}
