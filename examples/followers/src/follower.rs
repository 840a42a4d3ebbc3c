use std::error::Error;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;

use cors_core::{LoadError, Offered, Policy, PolicyFormat, PolicyHandle};

/// A policy that follows a source, and a file with the last good text of it.
#[derive(Debug)]
pub struct Follower {
    handle: PolicyHandle,
    file: PathBuf,
    last: Option<String>,
}

impl Follower {
    /// Starts with the policy in the file, so a service that restarts needs no source. Without the file,
    /// no origin is allowed until the source answers.
    ///
    /// # Errors
    ///
    /// If there is a file that holds no policy.
    pub fn new(file: impl Into<PathBuf>) -> Result<Self, Box<dyn Error>> {
        let file = file.into();
        let policy = match Policy::from_path(&file) {
            Err(LoadError::Read { error, .. }) if error.kind() == ErrorKind::NotFound => {
                Policy::none().build()?
            }
            policy => policy?,
        };
        Ok(Self { handle: PolicyHandle::new(policy), file, last: None })
    }

    /// The policy in force, for the middleware.
    #[must_use]
    pub const fn handle(&self) -> &PolicyHandle {
        &self.handle
    }

    /// Takes a text of the source. If it is invalid, the policy stays, and an event says why: once, however
    /// often the source repeats the text.
    pub fn offer(&mut self, text: String) {
        if self.last.as_ref() == Some(&text) {
            return;
        }
        if let Ok(Offered::Replaced) = self.handle.offer(&text, PolicyFormat::Toml)
            && let Err(error) = self.save(&text)
        {
            let file = self.file.display();
            tracing::error!(%file, %error, "the policy is in force but was not saved");
        }
        self.last = Some(text);
    }

    /// Renames a complete file over the old one, because the machine may fail at any time.
    fn save(&self, text: &str) -> io::Result<()> {
        let new = self.file.with_extension("new");
        let mut file = File::create(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(new, &self.file)
    }
}
