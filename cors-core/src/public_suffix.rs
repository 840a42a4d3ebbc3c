//! The names below which anybody can register one, from the
//! [Public Suffix List](https://publicsuffix.org/).

/// Whether subdomains of `base` belong to different people: it is a public suffix, or has one
/// below it. A name that the list does not know is taken for one.
#[cfg(feature = "public-suffix")]
pub(crate) fn strangers_can_register_below(base: &str) -> bool {
    match psl::suffix(base.as_bytes()) {
        Some(suffix) => suffix.as_bytes() == base.as_bytes(),
        None => true,
    }
}

/// Without the list nothing is known of any name.
#[cfg(not(feature = "public-suffix"))]
pub(crate) fn strangers_can_register_below(_base: &str) -> bool {
    true
}
