//! Rules of `cors-core` broken on purpose, as data in `data/mutants.toml`.

use serde::Deserialize;

/// One change of the code.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutant {
    /// What it does.
    pub name: String,
    /// The rule that it breaks.
    pub rule: String,
    /// Below `cors-core/src`.
    pub file: String,
    replace: String,
    by: String,
}

#[derive(Deserialize)]
struct Mutants {
    mutant: Vec<Mutant>,
}

impl Mutant {
    /// All of them.
    ///
    /// # Panics
    ///
    /// If the data is malformed.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let text = include_str!("../data/mutants.toml");
        let mutants: Mutants = toml::from_str(text).unwrap_or_else(|error| panic!("{error}"));
        mutants.mutant
    }

    /// The text of the file with the change.
    ///
    /// # Errors
    ///
    /// The text that is to be replaced is not there once.
    pub fn apply(&self, text: &str) -> Result<String, String> {
        match text.matches(&self.replace).count() {
            1 => Ok(text.replace(&self.replace, &self.by)),
            count => {
                Err(format!("{}: {count} times in {}: {}", self.name, self.file, self.replace))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Mutant;

    #[test]
    fn every_mutant_can_be_made() {
        for mutant in Mutant::all() {
            let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../cors-core/src");
            let text = fs::read_to_string(format!("{directory}/{}", mutant.file)).unwrap();
            assert_ne!(mutant.apply(&text).unwrap(), text);
        }
    }
}
