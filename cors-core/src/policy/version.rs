use std::fmt::{self, Write};
use std::hash::{DefaultHasher, Hasher};

use crate::origin::OriginIndex;
use crate::policy::config::{POLICY_SETTINGS, PolicyConfig, RULE_SETTINGS};
use crate::policy::rule::Rule;

/// Identifies what a policy says: a hash of its normal form, which is what
/// [`Policy::to_config`](crate::Policy::to_config) returns.
///
/// Equal policies have the same version, in every process and on every machine whose programs are built
/// with the same release of this crate and of Rust. A policy has the same version again when an operator
/// goes back to it. The order of a list counts. So a health page, a metric or a log shows which machines have which policy.
///
/// `Display` writes 16 hexadecimal digits. The version tells policies apart, and is no security measure:
/// it has 64 bits, and anybody can make two policies that share a version.
///
/// ```
/// use cors_core::Policy;
///
/// let policy = |method| Policy::any_origin().allow_methods([method]).build();
/// assert_eq!(policy("PUT")?.version(), policy("PUT")?.version());
/// assert_ne!(policy("PUT")?.version(), policy("DELETE")?.version());
/// assert_eq!(policy("PUT")?.version().to_string().len(), 16);
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct PolicyVersion(u64);

impl PolicyVersion {
    /// `settings` has no rules, and the rules have no origins.
    pub(super) fn new(settings: &PolicyConfig, rules: &[Rule], origins: &OriginIndex) -> Self {
        let mut hasher = DefaultHasher::new();
        // At once, because a hasher need not make the same of two halves. The length of a text depends on no
        // machine, as lengths that `Hash` writes do.
        hasher.write(normal_form(settings, rules, origins).as_bytes());
        Self(hasher.finish())
    }
}

/// The settings of a policy, a line each. The default of a setting has no line, so a setting that a
/// later release adds changes no version.
fn normal_form(settings: &PolicyConfig, rules: &[Rule], origins: &OriginIndex) -> String {
    let mut text = String::new();
    let mut line = |line: fmt::Arguments<'_>| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{line}");
    };
    for setting in POLICY_SETTINGS {
        if let Some(value) = setting.value(settings) {
            line(format_args!("{} = {value}", setting.name));
        }
    }
    for (position, rule) in rules.iter().enumerate() {
        line(format_args!("[[rules]]"));
        if origins.is_any(position) {
            line(format_args!("*"));
        }
        for pattern in origins.patterns_of(position) {
            line(format_args!("{pattern}"));
        }
        for setting in RULE_SETTINGS {
            if let Some(value) = setting.value(&rule.settings) {
                line(format_args!("{} = {value}", setting.name));
            }
        }
    }
    text
}

impl fmt::Display for PolicyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for PolicyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
