use std::io;
use std::path::{Path, PathBuf};

use crate::files::error::LoadError;
use crate::files::file;
use crate::files::load::Policies;
use crate::policy::Policy;

/// Reads a policy from a file when it has another content than before.
pub(super) struct Reader {
    path: PathBuf,
    name: Option<String>,
    /// What a policy was last made of.
    last: Option<Content>,
}

/// The text of a file, or why it cannot be read.
pub(super) struct Content(io::Result<String>);

impl Reader {
    pub(super) fn new(path: &Path, name: Option<&str>) -> Self {
        Self { path: path.into(), name: name.map(Into::into), last: None }
    }

    #[cfg(feature = "tracing")]
    pub(super) fn path(&self) -> impl std::fmt::Display {
        crate::files::error::shown(&self.path)
    }

    /// Reads the file; `None` if it has the content that a policy was last made of.
    pub(super) fn read_if_new(&self) -> Option<Content> {
        Some(self.read()).filter(|content| self.last.as_ref() != Some(content))
    }

    pub(super) fn read(&self) -> Content {
        Content(file::read(&self.path))
    }

    /// Makes a policy of the content of the file.
    pub(super) fn load(&mut self, content: Content) -> Result<Policy, LoadError> {
        // Before it is parsed, so that a content that makes a parser panic is tried only once.
        let Content(text) = self.last.insert(content);
        match text {
            Ok(text) => Policies::parse(text, &self.path)
                .and_then(|policies| policies.select(self.name.as_deref()).cloned()),
            Err(error) => Err(LoadError::Read { path: self.path.clone(), error: copy(error) }),
        }
    }
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Ok(text), Ok(other)) => text == other,
            (Err(error), Err(other)) => error.to_string() == other.to_string(),
            _ => false,
        }
    }
}

fn copy(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}
