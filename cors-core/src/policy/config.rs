use crate::policy::error_kind::PolicyErrorKind;
use crate::policy::errors::MOST_REPORTED;

/// A policy as data, before it is validated: what a file holds or a program collects.
///
/// In a file, the settings of a policy with one rule stand at the top level; a policy with
/// several has them under `rules`:
///
/// ```
/// use cors_core::{Policy, PolicyConfig};
///
/// let config: PolicyConfig = toml::from_str(r#"
///     [[rules]]
///     allow_origins = ["https://admin.example.com"]
///     allow_credentials = true
///     allow_methods = ["PUT", "DELETE"]
///
///     [[rules]]
///     allow_origins = ["*"]
/// "#)?;
/// let policy = Policy::try_from(config)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct PolicyConfig {
    /// The rules; the first whose origins match the request's governs it.
    pub rules: Vec<RuleConfig>,
    /// See [`PolicyBuilder::enforce_origins`](crate::PolicyBuilder::enforce_origins).
    pub enforce_origins: bool,
    /// Keys of a file, at its top level, that mean nothing here. Each is an error.
    pub unknown_keys: Vec<String>,
    /// Keys of a file, at its top level beside `rules`, that belong into one of the rules. Each is
    /// an error.
    pub keys_beside_rules: Vec<String>,
    /// Whether a file has its only rule under `rules`; errors then name it so.
    pub(crate) sole_rule_is_listed: bool,
    /// What a file has for a setting of another type.
    pub(crate) mismatches: Vec<Mismatch>,
    /// Tables of a file under unknown keys that hold settings.
    pub(crate) misplaced: Vec<MisplacedTable>,
}

/// What further unknown keys mean is not asked: no more errors are kept.
pub(crate) const MOST_UNKNOWN_KEYS: usize = MOST_REPORTED;

/// A table under an unknown key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct MisplacedTable {
    /// The unknown key, which is one of [`PolicyConfig::unknown_keys`] too.
    pub(crate) key: String,
    /// The settings; none if there are policies by name.
    pub(crate) settings: Vec<String>,
}

/// One rule of a [`PolicyConfig`]: origins, and what pages of these origins may do.
///
/// Each field has a method of the same name on [`PolicyBuilder`](crate::PolicyBuilder), which
/// says what it means.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(default, deny_unknown_fields))]
#[non_exhaustive]
pub struct RuleConfig {
    /// Origin patterns, or `*` alone.
    pub allow_origins: Vec<String>,
    /// Whether the application decides at run time on origins that are not listed.
    pub allow_origins_by_predicate: bool,
    /// The request headers that the application decides on origins by.
    pub predicate_vary: Vec<String>,
    /// Whether pages may use the cookies and other credentials of this service.
    pub allow_credentials: bool,
    /// Methods besides GET, HEAD and POST, or `*` alone.
    pub allow_methods: Vec<String>,
    /// Request headers, or `*`, alone or with `authorization`.
    pub allow_headers: Vec<String>,
    /// Response headers, or `*` alone.
    pub expose_headers: Vec<String>,
    /// For how many seconds a browser may reuse the answer to a preflight.
    pub max_age: Option<i64>,
    /// Lets pages loaded over plain http use credentials.
    pub dangerously_allow_insecure_origins_with_credentials: bool,
    /// Lets every customer of a public suffix use credentials.
    pub dangerously_allow_public_suffix_subdomains_with_credentials: bool,
    /// Lets pages of origins that the application decides on use credentials.
    pub dangerously_allow_predicate_origins_with_credentials: bool,
    #[cfg_attr(test, schemars(skip))]
    /// Keys of a file, in this rule, that mean nothing here. Each is an error.
    pub unknown_keys: Vec<String>,
    /// What a file has for a setting of another type.
    #[cfg_attr(test, schemars(skip))]
    pub(crate) mismatches: Vec<Mismatch>,
}

/// A value of the wrong type.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Mismatch {
    /// The setting.
    pub(crate) key: String,
    /// The position, of an element of a list.
    pub(crate) index: Option<usize>,
    pub(crate) kind: PolicyErrorKind,
    /// The value and the one that is likely meant, as they stand in a file.
    pub(crate) value: String,
    pub(crate) suggestion: Option<String>,
}

impl Mismatch {
    /// Whether a text stands for a list.
    pub(crate) fn is_bare_text(&self) -> bool {
        self.kind == PolicyErrorKind::NotAList && self.value.starts_with('"')
    }
}
