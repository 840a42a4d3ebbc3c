use std::fmt;

use crate::origin::{Origin, OriginPattern};

/// As many sets, and as many exceptions of a set, are printed.
pub(super) const MOST_SHOWN: usize = 50;

/// The origins of a pattern, without those of some narrower patterns.
///
/// ```
/// use cors_core::Policy;
/// use cors_core::explain::PolicyDiff;
///
/// let old = Policy::builder().allow_origins(["https://a.example.com"]).build()?;
/// let new = Policy::builder().allow_origins(["https://*.example.com"]).build()?;
/// let diff = PolicyDiff::between(&old, &new)?;
/// let gained = &diff.changes()[0].origins()[0];
/// assert_eq!(gained.to_string(), "https://*.example.com (except https://a.example.com)");
/// assert!(gained.contains("https://b.example.com"));
/// assert!(!gained.contains("https://a.example.com"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OriginSet {
    pub(super) pattern: WidePattern,
    pub(super) except: Vec<OriginPattern>,
}

/// A pattern, or what no pattern stands for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum WidePattern {
    /// Every origin but `null`.
    Every,
    Null,
    Of(OriginPattern),
}

impl OriginSet {
    /// The pattern, such as `https://*.example.com`; `*` for every origin but `null`; or `null`.
    #[must_use]
    pub fn pattern(&self) -> &str {
        match &self.pattern {
            WidePattern::Every => "*",
            WidePattern::Null => "null",
            WidePattern::Of(pattern) => pattern.as_str(),
        }
    }

    /// The patterns whose origins are not in the set.
    #[must_use]
    pub fn except(&self) -> &[OriginPattern] {
        &self.except
    }

    /// Returns whether the set has an origin; `origin` is the value of an `Origin` header.
    #[must_use]
    pub fn contains(&self, origin: impl AsRef<[u8]>) -> bool {
        let origin = origin.as_ref();
        let matches = match &self.pattern {
            WidePattern::Every => Origin::parse(origin).is_some(),
            WidePattern::Null => origin == b"null",
            WidePattern::Of(pattern) => pattern.matches(origin),
        };
        matches && !self.except.iter().any(|pattern| pattern.matches(origin))
    }
}

/// The pattern with the first 50 of its exceptions.
impl fmt::Display for OriginSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.pattern {
            WidePattern::Every => f.write_str("every origin")?,
            _ => f.write_str(self.pattern())?,
        }
        for (place, pattern) in self.except.iter().take(MOST_SHOWN).enumerate() {
            write!(f, "{}{pattern}", if place == 0 { " (except " } else { ", " })?;
        }
        if let more @ 1.. = self.except.len().saturating_sub(MOST_SHOWN) {
            write!(f, " and {more} more")?;
        }
        f.write_str(if self.except.is_empty() { "" } else { ")" })
    }
}
