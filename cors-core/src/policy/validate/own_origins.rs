//! Checks the origins at which the service itself is reached.

use super::{Kept, ListContext};
use crate::origin::{
    Advice, Diagnosis, LabelIndex, OriginPattern, OwnOrigins, PatternErrorKind, pattern, suggestion,
};
use crate::policy::error::PolicyError;
use crate::policy::error_kind::PolicyErrorKind as Kind;
use crate::policy::errors::{ErrorList, PolicyErrors};
use crate::policy::format::PolicyFormat;
use crate::policy::setting_path;

pub(super) const SETTING: &str = "own_origins";

const INSTEAD_OF_NULL: &str =
    "remove it; browsers tell in Sec-Fetch-Site whether a request with it comes from an own page";

/// Returns the own origins in a list that belongs to no policy.
pub(crate) fn own_origins(configured: &[String]) -> Result<Option<OwnOrigins>, PolicyErrors> {
    let mut errors = ErrorList::default();
    let (own_origins, _) = check(configured, &ListContext::default(), &mut errors);
    errors.check(PolicyFormat::default()).map(|()| own_origins)
}

/// Returns the error of own origins that no policy uses.
pub(crate) fn unused() -> PolicyErrors {
    PolicyErrors::of_one(not_enforced(), PolicyFormat::default())
}

pub(super) fn not_enforced() -> PolicyError {
    PolicyError::new(SETTING.into(), Kind::OwnOriginsNotEnforced)
}

/// Checks a list, and returns the origins that are valid, if there are any, with their places.
pub(super) fn check(
    configured: &[String],
    written: &ListContext,
    errors: &mut ErrorList,
) -> (Option<OwnOrigins>, Kept) {
    let mut found = ErrorList::default();
    let mut patterns = Vec::with_capacity(configured.len());
    let mut places = Vec::with_capacity(configured.len());
    let mut label_lengths = LabelIndex::default();
    for (index, text) in configured.iter().enumerate() {
        let place = written.place(index);
        let mut checker = Checker { place, errors: &mut found };
        if let Some(pattern) = checker.pattern(text, &mut label_lengths) {
            patterns.push(pattern);
            places.push(place);
        }
    }
    let is_valid = found.count() == 0 && written.written_as_text.is_none();
    match &written.written_as_text {
        Some(text) => errors.push_all(text.errors(SETTING, configured, found)),
        None => errors.append(found),
    }
    let own_origins = (!patterns.is_empty()).then(|| OwnOrigins::new(patterns));
    (own_origins, Kept { is_valid, lists: vec![(SETTING, places)] })
}

/// Checks one element.
struct Checker<'a> {
    /// Where the element stands in its list.
    place: usize,
    errors: &'a mut ErrorList,
}

impl Checker<'_> {
    fn pattern(&mut self, text: &str, label_lengths: &mut LabelIndex) -> Option<OriginPattern> {
        if text == "*" {
            self.refuse(text, Kind::AnyOwnOrigin, Advice::General);
            return None;
        }
        match pattern::parse(text) {
            Ok(pattern) => {
                // The hosts are found without their schemes and ports, so they count together.
                let host = OwnOrigins::host_pattern(&pattern);
                let is_short = host.is_none_or(|host| label_lengths.add(&host));
                if !is_short {
                    self.refuse(text, Kind::TooManyLabelLengths, Advice::General);
                }
                let is_valid = self.check_scheme(&pattern) && is_short;
                is_valid.then_some(pattern)
            }
            Err(PatternErrorKind::Null) => {
                let kind = Kind::Pattern(PatternErrorKind::Null);
                self.refuse(text, kind, Advice::Instead(INSTEAD_OF_NULL));
                None
            }
            // Nobody is told what to write instead.
            Err(_) if self.errors.is_full() => {
                self.errors.count_one();
                None
            }
            Err(kind) => {
                let Diagnosis { kind, advice } = Diagnosis::new(kind, text);
                self.refuse(text, Kind::Pattern(kind), advice.clone());
                // What is said to be meant is not refused only once it is written.
                for meant in advice.values() {
                    if let Ok(pattern) = pattern::parse(meant) {
                        self.check_scheme(&pattern);
                    }
                }
                None
            }
        }
    }

    /// Returns whether a service can be reached at the scheme of a pattern, and reports it if not.
    fn check_scheme(&mut self, pattern: &OriginPattern) -> bool {
        let is_of_the_web = matches!(pattern.scheme(), "http" | "https");
        if !is_of_the_web {
            let advice = suggestion::page_origin(pattern).into();
            self.refuse(pattern.as_str(), Kind::OwnOriginNotOfTheWeb, advice);
        }
        is_of_the_web
    }

    fn refuse(&mut self, value: &str, kind: Kind, advice: Advice) {
        let path = setting_path::of_element("", SETTING, self.place);
        self.errors.push(PolicyError::of_value(path, kind, value.into(), advice));
    }
}
