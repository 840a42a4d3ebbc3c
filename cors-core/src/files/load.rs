//! Policies from files and from the environment.

use std::collections::BTreeMap;
use std::env::{self, VarError};
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use once_cell::sync::OnceCell;

use crate::files::document::Document;
use crate::files::error::LoadError;
use crate::files::file;
use crate::files::locate::locate;
use crate::files::named::{self, NamedPolicies};
use crate::policy::{
    Diagnostic, MOST_REPORTED, Policy, PolicyConfig, PolicyErrors, PolicyFormat, RuleConfig,
    validate, variable,
};

impl PolicyConfig {
    /// The [JSON Schema](https://json-schema.org/) of policy files, for editors and checks.
    pub const JSON_SCHEMA: &str = include_str!("../../policy.schema.json");
}

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
#[derive(Clone)]
pub struct Policies {
    path: PathBuf,
    format: PolicyFormat,
    /// In which warnings are located.
    text: Box<str>,
    sole: Option<Policy>,
    named: BTreeMap<String, Policy>,
}

impl Policies {
    /// Reads a TOML, JSON or YAML file. The extension tells the format: `toml`, `json`, `yaml` or
    /// `yml`. Each format needs the feature of its name.
    ///
    /// The file must be a regular file, or a symbolic link to one, of at most 16 MiB. A directory,
    /// a named pipe or a device is an error, and is not opened.
    ///
    /// ```no_run
    /// use cors_core::Policies;
    ///
    /// let policies = Policies::from_path("policies.toml")?;
    /// let admin = policies.select(Some("admin"))?;
    /// # Ok::<(), cors_core::LoadError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the file cannot be read or parsed, and for everything that is wrong with its policies.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        let path = path.as_ref();
        let text =
            file::read(path).map_err(|error| LoadError::Read { path: path.into(), error })?;
        Self::parse(&text, path)
    }

    /// Reads the content of a policy file from a pipe, standard input or another reader, to its end
    /// or up to 16 MiB. Errors call it `source_name`.
    ///
    /// With `None` for the format, the extension of `source_name` tells it, or else the first line
    /// of the text that is neither empty nor a comment: `{` begins JSON, `key:` YAML, and `key =` or
    /// `[table]` TOML. An error in the syntax then names the format that the first line told.
    ///
    /// ```
    /// use cors_core::Policies;
    ///
    /// let text = "allow_origins: [https://app.example.com]";
    /// let policies = Policies::from_reader(text.as_bytes(), None, "<stdin>")?;
    /// assert!(policies.select(None)?.allows_origin(b"https://app.example.com"));
    /// # Ok::<(), cors_core::LoadError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_path`](Self::from_path).
    pub fn from_reader(
        reader: impl Read,
        format: Option<PolicyFormat>,
        source_name: impl AsRef<Path>,
    ) -> Result<Self, LoadError> {
        let path = source_name.as_ref();
        let text = file::read_text(reader)
            .map_err(|error| LoadError::Read { path: path.into(), error })?;
        if let Some(format) = format.or_else(|| PolicyFormat::of_path(path)) {
            return Self::parse_as(format, &text, path);
        }
        let guessed = PolicyFormat::of_text(&text);
        Self::parse_as(guessed, &text, path).map_err(|error| error.with_guessed_format(guessed))
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

    /// Returns what is valid in the policies but probably not meant; see [`Policy::lints`]. Paths of
    /// named policies begin with `policies` and the name.
    #[must_use]
    pub fn lints(&self) -> Vec<Diagnostic> {
        let sole = self.sole.iter().flat_map(Policy::lints);
        let named = named::lints(&self.named, Policy::lints_within);
        let mut lints: Vec<_> = sole.chain(named).collect();
        locate(self.format, &self.text, &mut lints);
        lints
    }

    /// The policies of a text that was read from the file.
    pub(crate) fn parse(text: &str, path: &Path) -> Result<Self, LoadError> {
        let unknown = || LoadError::UnknownFormat { path: path.into() };
        Self::parse_as(PolicyFormat::of_path(path).ok_or_else(unknown)?, text, path)
    }

    fn parse_as(format: PolicyFormat, text: &str, path: &Path) -> Result<Self, LoadError> {
        let invalid = |mut errors: PolicyErrors, lints: Vec<Diagnostic>| {
            let mut lints = first(lints);
            locate(format, text, errors.iter_mut().chain(&mut lints));
            LoadError::Invalid { source_name: path.display().to_string(), errors, lints }
        };
        let source =
            |sole, named| Self { path: path.into(), format, text: text.into(), sole, named };
        let document: Document = format.parse(text, path)?;
        if !document.has_named_policies() {
            return match document.build(format) {
                Ok(policy) => Ok(source(Some(policy), BTreeMap::new())),
                Err(errors) => Err(invalid(errors, document.lints(""))),
            };
        }
        let file: NamedPolicies = format.parse(text, path)?;
        match file.build(format) {
            Ok(named) => Ok(source(None, named)),
            Err(errors) => Err(invalid(errors, file.lints())),
        }
    }
}

/// Without the text of the file, which can be long.
impl fmt::Debug for Policies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policies")
            .field("path", &self.path)
            .field("sole", &self.sole)
            .field("named", &self.named)
            .finish_non_exhaustive()
    }
}

fn first(mut lints: Vec<Diagnostic>) -> Vec<Diagnostic> {
    lints.truncate(MOST_REPORTED);
    lints
}

#[cfg_attr(docsrs, doc(cfg(any(feature = "toml", feature = "json", feature = "yaml"))))]
impl Policy {
    /// Reads the policy of a TOML, JSON or YAML file. Each format needs the feature of its name.
    /// [`Policies::from_path`] reads a file with several policies.
    ///
    /// ```no_run
    /// use cors_core::Policy;
    ///
    /// let policy = Policy::from_path("policy.toml")?;
    /// # Ok::<(), cors_core::LoadError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the file cannot be read or parsed, for everything that is wrong with its policy, and
    /// if it has several.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        Policies::from_path(path)?.select(None).cloned()
    }

    /// Reads the policy that an environment variable tells: the path of a file, the path and a
    /// name as in `policies.toml#admin`, or, for the simplest policy, origins separated by commas
    /// or white space. A variable that is empty counts as one that is not set.
    ///
    /// ```no_run
    /// use cors_core::Policy;
    ///
    /// // CORS_POLICY=policy.toml, CORS_POLICY=policies.toml#admin or CORS_POLICY=https://app.example.com
    /// let policy = Policy::from_env("CORS_POLICY")?;
    /// # Ok::<(), cors_core::LoadError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the variable is not set, and as [`from_path`](Self::from_path).
    pub fn from_env(name: &str) -> Result<Self, LoadError> {
        let value =
            env::var(name).map_err(|error| LoadError::Variable { variable: name.into(), error })?;
        let value = value.trim();
        if value.is_empty() {
            let (variable, error) = (name.into(), VarError::NotPresent);
            return Err(LoadError::Variable { variable, error });
        }
        let is_file = |path: &str| PolicyFormat::of_path(Path::new(path)).is_some();
        if let Some((path, name)) = value.rsplit_once('#').filter(|(path, _)| is_file(path)) {
            return Policies::from_path(path)?.select(Some(name)).cloned();
        }
        // A path has no scheme, and an origin no slash but those of the scheme.
        let is_path = |text: &str| {
            !text.contains("://") && text.contains(['/', '\\']) && !text.contains(['^', '$', '*'])
        };
        if is_file(value) || is_path(value) {
            return Self::from_path(value);
        }
        let origins = variable::elements(value).map(Into::into).collect();
        let rule = RuleConfig { allow_origins: origins, ..RuleConfig::default() };
        let config = PolicyConfig { rules: vec![rule], ..PolicyConfig::default() };
        validate::policy(&config, validate::Context::default()).map_err(|errors| {
            LoadError::Invalid { source_name: name.into(), errors, lints: first(config.lints()) }
        })
    }

    /// The policy of this process: read from the environment variable `CORS_POLICY` as by
    /// [`from_env`](Self::from_env) when it is first asked for, and then the same for all.
    ///
    /// ```no_run
    /// use cors_core::Policy;
    ///
    /// let policy: &'static Policy = Policy::process_wide()?;
    /// # Ok::<(), cors_core::LoadError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As `from_env`. The next call tries again.
    pub fn process_wide() -> Result<&'static Self, LoadError> {
        static POLICY: OnceCell<Policy> = OnceCell::new();

        POLICY.get_or_try_init(|| Self::from_env(VARIABLE))
    }
}
