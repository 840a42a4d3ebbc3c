//! The names below which anybody can register one, from the
//! [Public Suffix List](https://publicsuffix.org/).

#[cfg(feature = "public-suffix")]
pub(crate) use cors_public_suffix::public_suffix_at_or_below;

/// Without the list nothing is known of any name.
#[cfg(not(feature = "public-suffix"))]
pub(crate) fn public_suffix_at_or_below(_name: &str) -> bool {
    true
}
