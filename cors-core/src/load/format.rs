use std::path::Path;

use serde::de::DeserializeOwned;

use crate::LoadError;

/// The formats of policy files.
#[derive(Clone, Copy, Debug)]
pub(super) enum Format {
    Toml,
    Json,
    Yaml,
}

impl Format {
    pub(super) fn of(path: &Path) -> Result<Self, LoadError> {
        let extension = path.extension().map(|extension| extension.to_ascii_lowercase());
        match extension.as_ref().and_then(|extension| extension.to_str()) {
            Some("toml") => Ok(Self::Toml),
            Some("json") => Ok(Self::Json),
            Some("yaml" | "yml") => Ok(Self::Yaml),
            _ => Err(LoadError::UnknownFormat { path: path.into() }),
        }
    }

    pub(super) fn parse<T: DeserializeOwned>(
        self,
        text: &str,
        path: &Path,
    ) -> Result<T, LoadError> {
        // Some editors begin a file with a byte order mark.
        let text = text.trim_start_matches('\u{feff}');
        let parsed = match self {
            Self::Toml => toml::from_str(text).map_err(|error| error.to_string()),
            Self::Json => serde_json::from_str(text).map_err(|error| error.to_string()),
            Self::Yaml => serde_saphyr::from_str(text).map_err(|error| error.to_string()),
        };
        parsed.map_err(|message| LoadError::Syntax { path: path.into(), message })
    }
}
