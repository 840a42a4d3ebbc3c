use std::env::VarError;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{fmt, io};

use crate::files::one_line::OneLine;
use crate::origin::Quoted;
use crate::policy::{Diagnostic, PolicyErrors, PolicyFormat, setting_path};

/// As many names of a file's policies as an error lists.
const MOST_NAMES: usize = 20;

/// Why no policy could be loaded.
///
/// `Display` writes everything, with the cause: the text of an [`io::Error`] or the
/// [`PolicyErrors`]. So [`source`](Error::source) does not return the cause again; match on the
/// variant for it. `Debug`, which a `main` that returns the error prints, is a single line. Both
/// escape line breaks and control characters of a file's name.
#[non_exhaustive]
pub enum LoadError {
    /// The environment variable is not set, is empty, or is not Unicode.
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
    /// The feature of the file's format is off.
    FormatDisabled {
        /// The file.
        path: PathBuf,
        /// The format of the file.
        format: PolicyFormat,
        /// Whether the format was told by the first line of the text, not by the extension or by
        /// the caller.
        guessed: bool,
    },
    /// The file is not in its format, or holds no policy.
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line and the column, both from 1, if the parser tells them. The column counts
        /// characters.
        place: Option<(usize, usize)>,
        /// What the parser says. The first line tells the place; where there are more, they quote
        /// the line of the file, cut at 200 bytes, and mark the place in it.
        message: String,
    },
    /// The policies are not valid.
    Invalid {
        /// The file or the environment variable.
        source_name: String,
        /// Everything that is wrong.
        errors: PolicyErrors,
        /// What is valid but probably not meant, at most the first 50. `Display` leaves it out.
        lints: Vec<Diagnostic>,
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

impl LoadError {
    /// Says in which format the text was read, if it was only guessed.
    pub(super) fn with_guessed_format(mut self, format: PolicyFormat) -> Self {
        match &mut self {
            Self::Syntax { message, .. } => {
                let end_of_line = message.find('\n').unwrap_or(message.len());
                message.insert_str(end_of_line, &guess(format));
            }
            Self::FormatDisabled { guessed, .. } => *guessed = true,
            _ => {}
        }
        self
    }
}

fn guess(format: PolicyFormat) -> String {
    let name = name(format);
    format!("; the first line looks like {name}; if the text is not {name}, name its format")
}

const fn name(format: PolicyFormat) -> &'static str {
    match format {
        PolicyFormat::Toml => "TOML",
        PolicyFormat::Json => "JSON",
        PolicyFormat::Yaml => "YAML",
    }
}

impl Error for LoadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Variable { error, .. } => error.source(),
            Self::Read { error, .. } => error.source(),
            Self::Invalid { errors, .. } => errors.source(),
            Self::UnknownFormat { .. }
            | Self::FormatDisabled { .. }
            | Self::Syntax { .. }
            | Self::Selection { .. } => None,
        }
    }
}

/// For `?` in a `main` that returns [`io::Result`]. The kind is that of the error of reading, or else
/// [`io::ErrorKind::InvalidInput`].
impl From<LoadError> for io::Error {
    fn from(error: LoadError) -> Self {
        let kind = match &error {
            LoadError::Read { error, .. } => error.kind(),
            _ => io::ErrorKind::InvalidInput,
        };
        Self::new(kind, error)
    }
}

impl fmt::Debug for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The lines that follow show the place, which the first one tells.
            Self::Syntax { path, message, .. } => {
                write!(f, "{}: {}", shown(path), message.lines().next().unwrap_or_default())
            }
            Self::Invalid { source_name, errors, .. } => {
                write!(f, "{}: {errors:?}", OneLine(source_name))
            }
            others => fmt::Display::fmt(others, f),
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable { variable, error: VarError::NotPresent } => write!(
                f,
                "{}: the environment variable is not set, or is empty; set it to the path of a policy file, or to origins separated by commas",
                OneLine(variable)
            ),
            Self::Variable { variable, error } => write!(
                f,
                "{}: {error}; set it to the path of a policy file, or to origins separated by commas",
                OneLine(variable)
            ),
            Self::Read { path, error } => write!(f, "{}: {}", shown(path), OneLine(error)),
            Self::UnknownFormat { path } => write!(
                f,
                "{}: the format is told by the extension; name the file .toml, .json, .yaml or .yml",
                shown(path)
            ),
            Self::FormatDisabled { path, format, guessed } => {
                let name = name(*format);
                write!(
                    f,
                    "{}: {name} support is not compiled in; enable the feature \"{}\" of your cors-* crate in Cargo.toml{}",
                    shown(path),
                    name.to_ascii_lowercase(),
                    if *guessed { guess(*format) } else { String::new() }
                )
            }
            Self::Syntax { path, message, .. } => write!(f, "{}: {message}", shown(path)),
            Self::Invalid { source_name, errors, .. } => {
                let source_name = OneLine(source_name);
                for (index, error) in errors.iter().enumerate() {
                    let separator = if index == 0 { "" } else { "\n" };
                    write!(f, "{separator}{source_name}")?;
                    if let (Some(line), Some(column)) = (error.line(), error.column()) {
                        write!(f, ":{line}:{column}")?;
                    }
                    write!(f, ": {error}")?;
                }
                match errors.more() {
                    Some(more) => write!(f, "\n{source_name}: {more}"),
                    None => Ok(()),
                }
            }
            Self::Selection { path, name, names } => {
                write!(f, "{}: ", shown(path))?;
                match name {
                    Some(name) => write!(f, "there is no policy {}; ", Quoted(name))?,
                    None => f.write_str("the policies have names; ")?,
                }
                match names.as_slice() {
                    [] => f.write_str("the file has one policy, without a name: leave it out"),
                    names => {
                        let shown = names.iter().take(MOST_NAMES);
                        let shown: Vec<_> = shown.map(|name| setting_path::of("", name)).collect();
                        let more = if names.len() > MOST_NAMES { ", …" } else { "" };
                        write!(f, "choose one of {}{more}", shown.join(", "))
                    }
                }
            }
        }
    }
}

/// A path in one line.
pub(crate) fn shown(path: &Path) -> impl fmt::Display {
    OneLine(path.display())
}
