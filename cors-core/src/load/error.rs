use std::env::VarError;
use std::error::Error;
use std::path::PathBuf;
use std::{fmt, io};

use crate::{PolicyErrors, setting};

/// Why no policy could be loaded.
///
/// `Debug` prints it as `Display` does: it is what a `main` that returns it prints.
#[non_exhaustive]
pub enum LoadError {
    /// The environment variable is not set, or is not Unicode.
    Variable {
        /// Its name.
        variable: String,
        /// What is wrong with it.
        error: VarError,
    },
    /// The file cannot be read.
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// The file's name does not tell its format.
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// The file is not in its format, or holds no policy.
    Syntax {
        /// The file.
        path: PathBuf,
        /// What the parser says, with the place.
        message: String,
    },
    /// The policies are not valid.
    Invalid {
        /// The file or the environment variable.
        source_name: String,
        /// Everything that is wrong.
        errors: PolicyErrors,
    },
    /// The file has not the policy that is asked for.
    Selection {
        /// The file.
        path: PathBuf,
        /// The name that is asked for; `None` for a policy without one.
        name: Option<String>,
        /// The other names that it has.
        names: Vec<String>,
    },
}

impl Error for LoadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Variable { error, .. } => Some(error),
            Self::Read { error, .. } => Some(error),
            Self::Invalid { errors, .. } => Some(errors),
            Self::UnknownFormat { .. } | Self::Syntax { .. } | Self::Selection { .. } => None,
        }
    }
}

impl fmt::Debug for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable { variable, error } => write!(
                f,
                "{variable}: {error}; set it to the path of a policy file, or to origins separated by commas"
            ),
            Self::Read { path, error } => write!(f, "{}: {error}", path.display()),
            Self::UnknownFormat { path } => write!(
                f,
                "{}: the format is told by the extension; name the file .toml, .json, .yaml or .yml",
                path.display()
            ),
            Self::Syntax { path, message } => {
                write!(f, "{}: {}", path.display(), message.trim_end())
            }
            Self::Invalid { source_name, errors } => {
                for (index, error) in errors.iter().enumerate() {
                    let separator = if index == 0 { "" } else { "\n" };
                    write!(f, "{separator}{source_name}: {error}")?;
                }
                Ok(())
            }
            Self::Selection { path, name, names } => {
                write!(f, "{}: ", path.display())?;
                match name {
                    Some(name) => write!(f, "there is no policy {name:?}; ")?,
                    None => f.write_str("the policies have names; ")?,
                }
                match names.as_slice() {
                    [] => f.write_str("the file has one policy, without a name: leave it out"),
                    names => {
                        let names: Vec<_> =
                            names.iter().map(|name| setting::path("", name)).collect();
                        write!(f, "choose one of {}", names.join(", "))
                    }
                }
            }
        }
    }
}
