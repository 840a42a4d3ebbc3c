//! How serde writes a diagnostic. `derive` would add the crate `serde_derive` to applications that
//! do not use it otherwise.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::policy::diagnostic::{Diagnostic, Severity};

/// An object without the fields that are empty.
impl Serialize for Diagnostic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("severity", &self.severity)?;
        map.serialize_entry("code", self.code)?;
        if !self.path.is_empty() {
            map.serialize_entry("path", &self.path)?;
        }
        for (key, number) in [("line", self.line), ("column", self.column)] {
            if let Some(number) = number {
                map.serialize_entry(key, &number)?;
            }
        }
        if let Some(value) = &self.value {
            map.serialize_entry("value", value)?;
        }
        map.serialize_entry("reason", &self.reason)?;
        map.serialize_entry("help", &self.help)?;
        if !self.suggestions.is_empty() {
            map.serialize_entry("suggestions", &self.suggestions)?;
        }
        map.end()
    }
}

/// Its name in lower case.
impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::Suggestion => "suggestion",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}
