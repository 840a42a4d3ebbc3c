//! The hosts that a pattern stands for.

use crate::http::text;
use crate::origin::host;
use crate::origin::host::{HostKind, HostProblem, Labels};
use crate::origin::pattern_error::PatternErrorKind as Kind;
use crate::origin::{origin, public_suffix, scheme};

/// Which hosts a pattern stands for. All but the last two have a base, which is what follows the
/// wildcard.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum HostPattern {
    /// The host itself.
    One,
    /// One or more labels before the base: `*.`.
    Subdomains,
    /// One label before the base, a part of which is free: `pr-*.`. This many bytes stand before
    /// the `*`.
    Label { before: u8 },
    /// Every host of the scheme: `*`. There is no base.
    Any,
}

impl HostPattern {
    pub(crate) const fn is_label(self) -> bool {
        matches!(self, Self::Label { .. })
    }
}

/// The literal parts of a label around its `*`.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct LabelParts<'a> {
    pub(crate) before: &'a str,
    pub(crate) after: &'a str,
}

impl<'a> LabelParts<'a> {
    /// Splits a label at its `*`.
    pub(super) fn new(label: &'a str) -> Option<Self> {
        text::split_once(label, "*").map(|(before, after)| Self { before, after })
    }

    /// Returns whether the pattern covers a label of `[a-z0-9_-]`.
    pub(crate) fn covers(self, label: &str) -> bool {
        let free = label.strip_prefix(self.before).and_then(|rest| rest.strip_suffix(self.after));
        free.is_some_and(|free| !free.is_empty() && is_free(free.as_bytes()))
    }
}

/// Returns whether a `*` stands for this part of a label of `[a-z0-9_-]`. An underscore is in no
/// name that providers hand out, so the wildcard is as narrow as these names.
pub(crate) fn is_free(part: &[u8]) -> bool {
    part.iter().all(|byte| *byte != b'_')
}

/// Reads the host of a pattern. Returns where its base begins, too.
pub(super) fn parse(scheme: &str, host: &str) -> Result<(HostPattern, usize), Kind> {
    let kind = origin::host_kind(scheme);
    if host == "*" {
        let is_refused = scheme::has_no_wildcard(scheme);
        return if is_refused { Err(Kind::EveryHost) } else { Ok((HostPattern::Any, host.len())) };
    }
    if let Some(base) = host.strip_prefix("*.") {
        check(kind, base, true)?;
        return Ok((HostPattern::Subdomains, "*.".len()));
    }
    match text::split_once(host, ".") {
        Some((label, base)) if text::contains(label, "*") => {
            let before = check_label(kind, label, base)?;
            Ok((HostPattern::Label { before }, label.len() + ".".len()))
        }
        _ => check(kind, host, false).map(|()| (HostPattern::One, 0)),
    }
}

/// Checks a label with a `*` inside it, and what stands behind it. Returns how many bytes stand
/// before the `*`.
fn check_label(kind: HostKind, label: &str, base: &str) -> Result<u8, Kind> {
    let parts = LabelParts::new(label).ok_or(Kind::Wildcard)?;
    if text::contains(parts.after, "*") {
        return Err(Kind::Wildcard);
    }
    if !text::is_ascii(label) {
        return Err(Kind::NotAscii);
    }
    let lower_case = text::to_lower_case(label);
    if kind == HostKind::Domain && label != lower_case {
        return check_label(kind, &lower_case, base).and(Err(Kind::UpperCase));
    }
    if !host::is_plain(parts.before.as_bytes()) || !host::is_plain(parts.after.as_bytes()) {
        return Err(Kind::InvalidHost);
    }
    if parts.before.starts_with("xn--") {
        return Err(Kind::WildcardInPunycode);
    }
    // The `*` stands for a character at least.
    if label.len() > host::MAX_LABEL_LEN {
        return Err(Kind::LabelTooLong);
    }
    check(kind, base, true).map_err(|kind| match kind {
        Kind::WildcardOverIp => Kind::InvalidIp,
        kind => kind,
    })?;
    if label.len() + ".".len() + base.len() > host::MAX_LEN {
        return Err(Kind::HostTooLong);
    }
    if is_of_everybody(base) && !is_separated(parts.after) {
        return Err(Kind::WildcardBelowSuffix);
    }
    u8::try_from(parts.before.len()).map_err(|_| Kind::LabelTooLong)
}

/// Returns whether anybody is known to register names directly below this base. Where the list is
/// left out, that is known of top-level domains only.
fn is_of_everybody(base: &str) -> bool {
    let is_listed =
        || cfg!(feature = "public-suffix") && public_suffix::public_suffix_at_or_below(base);
    !host::is_loopback(base) && (!text::contains(base, ".") || is_listed())
}

/// Returns whether the end of a label is told from what a stranger puts before it.
fn is_separated(after: &str) -> bool {
    after.starts_with('-') && after.bytes().any(|byte| byte != b'-')
}

/// Checks a host without a wildcard, or the base behind one.
fn check(kind: HostKind, base: &str, is_base: bool) -> Result<(), Kind> {
    if text::contains(base, "*") || is_base && base.is_empty() {
        return Err(Kind::Wildcard);
    }
    if !text::is_ascii(base) {
        return Err(Kind::NotAscii);
    }
    match host::check(kind, base) {
        // A base such as `example.com.`: no name with a trailing dot is covered.
        Ok(Labels::Other) if is_base && text::split(base, |c| c == '.').any(str::is_empty) => {
            Err(Kind::EmptyLabel)
        }
        Ok(_) if is_base && host::is_ip(base) => Err(Kind::WildcardOverIp),
        Ok(Labels::Other) if is_base || text::has(base, is_syntax) => Err(Kind::InvalidHost),
        Ok(_) => Ok(()),
        Err(HostProblem::Empty) => Err(Kind::MissingHost),
        Err(HostProblem::TooLong) => Err(Kind::HostTooLong),
        Err(HostProblem::EmptyLabel) => Err(Kind::EmptyLabel),
        Err(HostProblem::LabelTooLong) => Err(Kind::LabelTooLong),
        Err(HostProblem::Character) if text::has(base, |c| c.is_ascii_uppercase()) => {
            check(kind, &text::to_lower_case(base), is_base).and(Err(Kind::UpperCase))
        }
        Err(HostProblem::Character) => Err(Kind::InvalidHost),
        Err(HostProblem::Ip) => Err(Kind::InvalidIp),
    }
}

/// Whether a character that hosts can have computes or separates values where configurations are
/// written: `https://${HOST}` is a mistake, and no host.
const fn is_syntax(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | ',' | ';' | '(' | ')' | '$' | '{' | '}')
}
