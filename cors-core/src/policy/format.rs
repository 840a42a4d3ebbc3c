use std::path::Path;

/// The format of a policy file.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum PolicyFormat {
    /// [TOML](https://toml.io/).
    #[default]
    Toml,
    /// [JSON](https://www.rfc-editor.org/rfc/rfc8259).
    Json,
    /// [YAML 1.2](https://yaml.org/spec/1.2.2/), in which `yes` and `on` are not booleans.
    Yaml,
}

impl PolicyFormat {
    /// Returns the format that the extension names: `toml`, `json`, `yaml` or `yml`.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_ascii_lowercase();
        match extension.to_str()? {
            "toml" => Some(Self::Toml),
            "json" => Some(Self::Json),
            "yaml" | "yml" => Some(Self::Yaml),
            _ => None,
        }
    }

    /// A setting as it stands in a file. The value has one form in all three formats: a list between
    /// brackets, a string between quotes, a number or a boolean.
    pub(crate) fn entry(self, key: &str, value: &str) -> String {
        match self {
            Self::Toml => format!("{key} = {value}"),
            Self::Json => format!("\"{key}\": {value}"),
            Self::Yaml => format!("{key}: {value}"),
        }
    }
}
