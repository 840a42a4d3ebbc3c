//! A format whose feature is off.

use crate::files::formats::{Places, SyntaxError};

/// Returns `None`; the other formats return the value, or what the parser says.
pub(super) const fn parse<T>(_: &str) -> Option<Result<T, SyntaxError>> {
    None
}

/// Finds nothing.
pub(super) const fn find(_: &str, _: &mut Places) {}
