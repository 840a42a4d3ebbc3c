//! A format whose feature is off.

use crate::files::formats::Places;

/// Returns `None`; the other formats return the value, or what the parser says.
pub(super) const fn parse<T>(_: &str) -> Option<Result<T, String>> {
    None
}

/// Finds nothing.
pub(super) const fn find(_: &str, _: &mut Places) {}
