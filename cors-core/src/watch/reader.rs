use std::fs;
use std::path::{Path, PathBuf};

use crate::{LoadError, Policies, Policy};

/// Reads a policy from a file when it has another content than before.
pub(super) struct Reader {
    path: PathBuf,
    name: Option<String>,
    last: Last,
}

/// What was read last.
#[derive(Eq, PartialEq)]
enum Last {
    Nothing,
    Text(String),
    /// Why nothing could be read: each reason is told once.
    Error(String),
}

impl Reader {
    pub(super) fn new(path: &Path, name: Option<&str>) -> Self {
        Self { path: path.into(), name: name.map(Into::into), last: Last::Nothing }
    }

    #[cfg(feature = "tracing")]
    pub(super) fn path(&self) -> std::path::Display<'_> {
        self.path.display()
    }

    /// Takes the next content for new, whatever it is.
    pub(super) fn forget(&mut self) {
        self.last = Last::Nothing;
    }

    /// The policy; `None` if there is nothing new.
    pub(super) fn read(&mut self) -> Option<Result<Policy, LoadError>> {
        let read = fs::read_to_string(&self.path);
        let now = match &read {
            Ok(text) => Last::Text(text.clone()),
            Err(error) => Last::Error(error.to_string()),
        };
        if now == self.last {
            return None;
        }
        self.last = now;
        let text = read.map_err(|error| LoadError::Read { path: self.path.clone(), error });
        Some(text.and_then(|text| {
            let policies = Policies::parse(&text, &self.path)?;
            policies.select(self.name.as_deref()).cloned()
        }))
    }
}
