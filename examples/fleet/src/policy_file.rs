use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use cors_core::{Policy, PolicyConfig, PolicyErrors};

/// Why a file makes no policy.
#[derive(Debug)]
#[non_exhaustive]
pub enum PolicyFileError {
    /// It cannot be read.
    Read(PathBuf, io::Error),
    /// It is not TOML, or a setting has the wrong type.
    Toml(PathBuf, toml::de::Error),
    /// Its policy has problems: all of them.
    Policy(PathBuf, PolicyErrors),
}

/// The policy of a TOML file.
///
/// # Errors
///
/// If there is no such file, or it makes no policy; then with everything that is wrong with it.
pub fn read_policy(file: &Path) -> Result<Policy, PolicyFileError> {
    let text = fs::read_to_string(file).map_err(|e| PolicyFileError::Read(file.into(), e))?;
    let config: PolicyConfig =
        toml::from_str(&text).map_err(|e| PolicyFileError::Toml(file.into(), e))?;
    config.try_into().map_err(|e| PolicyFileError::Policy(file.into(), e))
}

impl fmt::Display for PolicyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(file, error) => write!(
                f,
                "{} cannot be read: {error}; name the policy's file on the command line",
                file.display()
            ),
            Self::Toml(file, error) => {
                write!(f, "{} is no policy:\n{error}", file.display())
            }
            Self::Policy(file, errors) => {
                write!(f, "{} is no policy:", file.display())?;
                errors.iter().try_for_each(|error| write!(f, "\n  {error}"))
            }
        }
    }
}

impl Error for PolicyFileError {}
