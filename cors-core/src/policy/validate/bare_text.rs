//! Lists that were written as one text.

use crate::policy::error::PolicyError;
use crate::policy::errors::ErrorList;

/// A text that was written instead of a list, which has what the text probably means.
#[derive(Clone, Debug)]
pub(crate) struct BareText {
    error: PolicyError,
    /// What [`errors`](Self::errors) does. With a pointer, services that read no files do not
    /// contain it.
    report: Report,
}

/// Turns the error, the setting, its elements, and their errors into the errors to report.
type Report = fn(PolicyError, &str, &[String], Vec<PolicyError>) -> Vec<PolicyError>;

impl BareText {
    /// `error` is the one to report.
    #[cfg(feature = "serde")]
    pub(crate) fn new(error: PolicyError) -> Self {
        Self { error, report: list::errors }
    }

    /// Returns the error with the list to write, and those of the elements that the list does not
    /// answer.
    pub(super) fn errors(
        &self,
        setting: &str,
        elements: &[String],
        of_elements: ErrorList,
    ) -> Vec<PolicyError> {
        (self.report)(self.error.clone(), setting, elements, of_elements.into_first())
    }
}

/// The function is always the same.
impl PartialEq for BareText {
    fn eq(&self, other: &Self) -> bool {
        self.error == other.error
    }
}

impl Eq for BareText {}

#[cfg(feature = "serde")]
mod list {
    use crate::origin::{Advice, Quoted, suggestion};
    use crate::policy::error::PolicyError;

    pub(super) fn errors(
        error: PolicyError,
        setting: &str,
        elements: &[String],
        mut of_elements: Vec<PolicyError>,
    ) -> Vec<PolicyError> {
        let advice = to_write(setting, &corrected(elements, &of_elements));
        if advice.value().is_some() {
            // The list to write says it already.
            of_elements.retain(|error| {
                !error.kind().is_of_list_as_text() && error.suggestion() != Some("*")
            });
        }
        of_elements.insert(0, error.with_advice(advice));
        of_elements
    }

    /// Returns a list with what the errors of its elements say to write; empty elements where they
    /// do not.
    fn corrected(elements: &[String], errors: &[PolicyError]) -> Vec<String> {
        let correct = |element: &str| {
            let of_it = errors.iter().find(|error| error.value() == Some(element));
            of_it.map_or(element, |error| error.suggestion().unwrap_or_default()).to_owned()
        };
        // What is said to be meant may have an error of its own.
        elements.iter().map(|element| correct(&correct(element))).collect()
    }

    /// Returns the list to write instead of a text. An empty element is one that is not clear.
    fn to_write(setting: &str, elements: &[String]) -> Advice {
        let takes_any = matches!(setting, "allow_methods" | "allow_headers");
        match elements {
            [] if setting == "allow_origins" => {
                Advice::Instead("write [\"https://example.com\"] with the origins of your pages")
            }
            elements if elements.iter().any(String::is_empty) => Advice::General,
            [word] if takes_any && suggestion::means_any(word) => Advice::One("[\"*\"]".into()),
            elements => {
                let quoted: Vec<_> = elements.iter().map(|text| Quoted(text).to_string()).collect();
                Advice::One(format!("[{}]", quoted.join(", ")))
            }
        }
    }
}
