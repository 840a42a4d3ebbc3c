use std::error::Error;
use std::fmt;

/// Why two policies are not compared.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DiffError {
    /// Patterns of both policies overlap in too many ways.
    TooManyOverlaps,
}

impl Error for DiffError {}

impl fmt::Display for DiffError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooManyOverlaps => {
                "the patterns of the policies overlap in more than 200000 ways; compare fewer patterns at a time"
            }
        })
    }
}
