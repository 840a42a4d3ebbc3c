//! What is wrong with a text that is no pattern, and what to write instead.

use std::borrow::Cow;

use crate::origin::pattern_error::PatternErrorKind;
use crate::origin::quoted::quoted;
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
    pub(crate) fn help(&self) -> Cow<'static, str> {
        help(self.kind, &self.advice)
    }
}

/// What to write instead of a text that is no pattern.
pub(crate) fn help(kind: PatternErrorKind, advice: &Advice) -> Cow<'static, str> {
    match advice {
        Advice::One(meant) if kind == PatternErrorKind::MisspeltScheme => {
            ["did you mean ", &quoted(meant), "?"].concat().into()
        }
        advice => advice.help(kind.help()),
    }
}
