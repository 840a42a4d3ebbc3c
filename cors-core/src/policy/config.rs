use crate::policy::setting::{Field, Setting, SettingValue};

/// A policy as data, before it is validated: what a file holds or a program collects.
///
/// With the feature `serde`, it can be read from any format, also as a field of your application's
/// own settings. [`PolicyErrors::within`](crate::PolicyErrors::within) then gives errors the paths
/// of these settings:
///
/// ```
/// use cors_core::{Policy, PolicyConfig};
///
/// #[derive(serde::Deserialize)]
/// struct Settings {
///     cors: PolicyConfig,
/// }
///
/// # fn main() -> Result<(), toml::de::Error> {
/// let settings: Settings = toml::from_str(r#"
///     [cors]
///     allow_origins = ["https://app.example.com/"]
///     max_age = 600
/// "#)?;
/// let policy = Policy::try_from(settings.cors).map_err(|errors| errors.within("cors"));
/// assert_eq!(
///     policy.unwrap_err().to_string(),
///     r#"cors.allow_origins[0] "https://app.example.com/": an origin has no path; write "https://app.example.com""#,
/// );
/// # Ok(())
/// # }
/// ```
///
/// Environment variables are always texts, so crates such as `config` and `figment` can override
/// each setting with a text:
///
/// - A list is separated by commas or white space. An empty text is an empty list.
/// - A boolean is `true`, `on`, `yes` or `1`, or `false`, `off`, `no` or `0`, in upper or lower case.
///   The numbers 1 and 0 are read as well.
/// - `max_age` is a whole number of seconds, such as `600`, `"600"` or `600.0`.
/// - Numbers and booleans in a list are read as texts.
///
/// Policy files are read strictly: for `Policy::from_path` and `Policies`, a text in place of a list,
/// a boolean or a number is an error. The chapter on [operations](crate::guide::operations) has
/// complete examples.
///
/// If there are unknown keys or values of the wrong type, reading fails with one error that lists
/// everything that is wrong. All other values are checked when the policy is built.
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
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(default, deny_unknown_fields))]
#[non_exhaustive]
pub struct PolicyConfig {
    /// The rules. The first whose origins match the request's governs it.
    pub rules: Vec<RuleConfig>,
    /// Whether requests by pages of other origins are kept from the service, which protects against
    /// cross-site request forgery (CSRF).
    pub enforce_origins: bool,
    /// The origins at which the service itself is reached, as patterns. For policies that keep requests
    /// from the service. Requests for other hosts are refused, which stops DNS rebinding.
    pub own_origins: Vec<String>,
    /// The codes of warnings that are about deliberate choices.
    pub accept_lints: Vec<String>,
}

/// One rule of a [`PolicyConfig`]: origins, and what pages of these origins may do.
///
/// Each field has a method of the same name on [`PolicyBuilder`](crate::PolicyBuilder), which
/// says what it means.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(default, deny_unknown_fields))]
#[non_exhaustive]
pub struct RuleConfig {
    /// Origin patterns, or `*` alone. An empty list allows no origin.
    pub allow_origins: Vec<String>,
    /// Whether `allow_origins` is empty on purpose, as `allow_origins = []` says in a file. Without
    /// this, an empty list is an error, because origins were probably forgotten.
    #[cfg_attr(test, schemars(skip))]
    pub allow_no_origins: bool,
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
    /// Lets every customer of a public suffix use credentials, or pass enforcement.
    pub dangerously_allow_public_suffix_subdomains_with_credentials: bool,
    /// Lets every extension or application with a scheme use credentials, or pass enforcement.
    pub dangerously_allow_any_host_origins_with_credentials: bool,
    /// Lets pages of origins that the application decides on use credentials, or pass
    /// enforcement.
    pub dangerously_allow_predicate_origins_with_credentials: bool,
}

/// The settings of a policy as a whole, besides the list of its rules.
pub(crate) static POLICY_SETTINGS: &[Setting<PolicyConfig>] = &[
    Setting {
        name: "enforce_origins",
        field: Field::Flag(|policy| policy.enforce_origins, |policy| &mut policy.enforce_origins),
    },
    Setting {
        name: "own_origins",
        field: Field::Texts(|policy| &policy.own_origins, |policy| &mut policy.own_origins),
    },
    Setting {
        name: "accept_lints",
        field: Field::Texts(|policy| &policy.accept_lints, |policy| &mut policy.accept_lints),
    },
];

/// The name of [`PolicyConfig::rules`] in a file.
pub(crate) const RULES: &str = "rules";

/// The key under which a file has its policies by name.
pub(crate) const POLICIES: &str = "policies";

/// The settings of a rule, in the order of the documentation. The schema takes their types and
/// their documentation from the fields.
pub(crate) static RULE_SETTINGS: &[Setting<RuleConfig>] = &[
    Setting {
        name: "allow_origins",
        field: Field::Texts(|rule| &rule.allow_origins, |rule| &mut rule.allow_origins),
    },
    Setting {
        name: "allow_origins_by_predicate",
        field: Field::Flag(
            |rule| rule.allow_origins_by_predicate,
            |rule| &mut rule.allow_origins_by_predicate,
        ),
    },
    Setting {
        name: "predicate_vary",
        field: Field::Texts(|rule| &rule.predicate_vary, |rule| &mut rule.predicate_vary),
    },
    Setting {
        name: "allow_credentials",
        field: Field::Flag(|rule| rule.allow_credentials, |rule| &mut rule.allow_credentials),
    },
    Setting {
        name: "allow_methods",
        field: Field::Texts(|rule| &rule.allow_methods, |rule| &mut rule.allow_methods),
    },
    Setting {
        name: "allow_headers",
        field: Field::Texts(|rule| &rule.allow_headers, |rule| &mut rule.allow_headers),
    },
    Setting {
        name: "expose_headers",
        field: Field::Texts(|rule| &rule.expose_headers, |rule| &mut rule.expose_headers),
    },
    Setting {
        name: "max_age",
        field: Field::Seconds(|rule| rule.max_age, |rule| &mut rule.max_age),
    },
    Setting {
        name: "dangerously_allow_insecure_origins_with_credentials",
        field: Field::Flag(
            |rule| rule.dangerously_allow_insecure_origins_with_credentials,
            |rule| &mut rule.dangerously_allow_insecure_origins_with_credentials,
        ),
    },
    Setting {
        name: "dangerously_allow_public_suffix_subdomains_with_credentials",
        field: Field::Flag(
            |rule| rule.dangerously_allow_public_suffix_subdomains_with_credentials,
            |rule| &mut rule.dangerously_allow_public_suffix_subdomains_with_credentials,
        ),
    },
    Setting {
        name: "dangerously_allow_any_host_origins_with_credentials",
        field: Field::Flag(
            |rule| rule.dangerously_allow_any_host_origins_with_credentials,
            |rule| &mut rule.dangerously_allow_any_host_origins_with_credentials,
        ),
    },
    Setting {
        name: "dangerously_allow_predicate_origins_with_credentials",
        field: Field::Flag(
            |rule| rule.dangerously_allow_predicate_origins_with_credentials,
            |rule| &mut rule.dangerously_allow_predicate_origins_with_credentials,
        ),
    },
];

impl RuleConfig {
    /// Returns the settings that differ from the default.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&'static str, SettingValue<'_>)> {
        RULE_SETTINGS.iter().filter_map(|setting| {
            let no_origins = || {
                let is_given = self.allow_no_origins && setting.name == "allow_origins";
                is_given.then_some(SettingValue::Texts(&[]))
            };
            Some((setting.name, setting.value(self).or_else(no_origins)?))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::{POLICIES, POLICY_SETTINGS, RULE_SETTINGS, RULES};
    use crate::policy::error_kind::PolicyErrorKind;
    use crate::policy::setting::{Field, Setting, SettingValue};

    fn has_the_field_of_its_name<C: Default + Debug + PartialEq>(setting: &Setting<C>) {
        let mut config = C::default();
        assert_eq!(setting.value(&config), None, "{}", setting.name);
        let texts = vec!["x".to_owned()];
        let (value, default, changed) = match setting.field {
            Field::Texts(_, change) => {
                change(&mut config).clone_from(&texts);
                (SettingValue::Texts(&texts), "[]", "[\"x\"]")
            }
            Field::Flag(_, change) => {
                *change(&mut config) = true;
                (SettingValue::True, "false", "true")
            }
            Field::Seconds(_, change) => {
                *change(&mut config) = Some(7);
                (SettingValue::Seconds(7), "None", "Some(7)")
            }
        };
        assert_eq!(setting.value(&config), Some(value), "{}", setting.name);
        let before = format!("{:?}", C::default());
        let after = before.replace(
            &format!(" {}: {default}", setting.name),
            &format!(" {}: {changed}", setting.name),
        );
        assert_eq!(format!("{config:?}"), after);
    }

    #[test]
    fn each_setting_reads_and_changes_the_field_of_its_name() {
        POLICY_SETTINGS.iter().for_each(has_the_field_of_its_name);
        RULE_SETTINGS.iter().for_each(has_the_field_of_its_name);
    }

    #[test]
    fn the_help_for_unknown_keys_lists_all_settings_that_lift_no_check() {
        let in_a_row = |mut names: Vec<&str>| {
            let last = names.pop().unwrap();
            format!("{} and {last}", names.join(", "))
        };
        let of_rule = RULE_SETTINGS.iter().map(|setting| setting.name);
        let of_rule = of_rule.filter(|name| !name.starts_with("dangerously_")).collect();
        let of_policy = POLICY_SETTINGS.iter().map(|setting| setting.name);
        let at_the_top = [RULES, POLICIES].into_iter().chain(of_policy).collect();
        let help = format!(
            "remove it; the settings are {}, and at the top of a file also {}",
            in_a_row(of_rule),
            in_a_row(at_the_top)
        );
        assert_eq!(PolicyErrorKind::UnknownKey.help(), help);
    }

    #[test]
    fn the_builder_has_a_method_for_each_setting() {
        let of_policy = POLICY_SETTINGS.iter().map(|setting| setting.name);
        for name in of_policy.chain(RULE_SETTINGS.iter().map(|setting| setting.name)) {
            assert!(include_str!("builder.rs").contains(&format!("    pub fn {name}(")), "{name}");
        }
    }
}
