//! What is wrong with a text that is no pattern, and what to write instead.

use crate::origin::pattern_error::PatternErrorKind;
use crate::origin::quoted::{Quoted, QuotedList};
use crate::origin::suggestion::{self, Advice};

/// Why a text is not an [`OriginPattern`](crate::origin::OriginPattern), and what to write instead.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Diagnosis {
    pub(crate) kind: PatternErrorKind,
    pub(crate) advice: Advice,
}

impl Diagnosis {
    /// Diagnoses a text; `kind` is the first problem that the parser found.
    pub(crate) fn new(kind: PatternErrorKind, text: &str) -> Self {
        let kind = suggestion::kind(kind, text);
        Self { kind, advice: suggestion::origin(kind, text) }
    }

    /// What to write instead.
    pub(crate) fn help(&self) -> String {
        help(self.kind, &self.advice)
    }
}

/// What to write instead of a text that is no pattern.
pub(crate) fn help(kind: PatternErrorKind, advice: &Advice) -> String {
    match advice {
        Advice::General => kind.help().into(),
        Advice::Instead(help) => (*help).into(),
        Advice::One(meant) if kind == PatternErrorKind::MisspeltScheme => {
            format!("did you mean {}?", Quoted(meant))
        }
        Advice::One(meant) => format!("write {}", Quoted(meant)),
        Advice::Each(elements) => {
            format!("write each one as an element of its own: {}", QuotedList(elements))
        }
        Advice::Ports(any) => {
            format!("list an origin for each port, or write {} for any port", Quoted(any))
        }
        Advice::Subdomains(pattern) => {
            format!("write {} if subdomains are meant; otherwise {}", Quoted(pattern), kind.help())
        }
    }
}
