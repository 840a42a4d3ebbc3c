//! What a preflight asks for, checked against the rule that governs it. The work is bounded by
//! the rule, whatever arrives.

use smallvec::SmallVec;

use crate::decide::refusal::Refusal;
use crate::http::{FieldValue, fetch};
use crate::policy::{NameList, Names, Rule};

/// Empty elements that a list may have: intermediaries may add some
/// ([RFC 9110, section 5.6.1.2](https://httpwg.org/specs/rfc9110.html#abnf.extension.recipient)).
const EMPTY_ELEMENTS: usize = 16;

/// The longest method that "any method" with credentials covers.
const LONGEST_MIRRORED_METHOD: usize = 64;

/// The most headers, and bytes of them, that "any header" with credentials covers.
const MIRRORED_NAMES: usize = 64;
const MIRRORED_BYTES: usize = 4096;

/// What an answer repeats of a preflight, because `*` means nothing with credentials.
pub(super) struct Mirrored<V> {
    pub(super) method: Option<V>,
    pub(super) headers: Option<V>,
}

impl<V> Mirrored<V> {
    pub(super) const NOTHING: Self = Self { method: None, headers: None };
}

/// Checks the method and the headers that a preflight asks for
/// ([Fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0)). Returns why the answer refuses,
/// and adds to `mirrored` what the answer repeats.
///
/// A malformed request counts before one that is not allowed, because the answer lists what is
/// allowed only to what browsers can send. Otherwise the method counts first, as in browsers.
pub(super) fn check<'r, V: FieldValue + 'r>(
    rule: &Rule,
    method: &V,
    header_lines: impl Iterator<Item = &'r V>,
    mirrored: &mut Mirrored<V>,
) -> Option<Refusal> {
    let of_method = check_method(rule, method.as_ref()).err();
    match of_method {
        None if rule.settings.allow_credentials && rule.methods == Names::Any => {
            mirrored.method = Some(method.clone());
        }
        None | Some(Refusal::MethodNotAllowed) => {}
        malformed => return malformed,
    }
    let of_headers = match &rule.headers {
        Names::Listed(allowed) => check_headers(allowed, header_lines.map(AsRef::as_ref)).err(),
        Names::Any if rule.settings.allow_credentials => {
            mirror_headers(header_lines, mirrored).err()
        }
        Names::Any => None,
    };
    match (of_method, of_headers) {
        (Some(of_method), None | Some(Refusal::HeaderNotAllowed)) => Some(of_method),
        (_, of_headers) => of_headers,
    }
}

fn check_method(rule: &Rule, method: &[u8]) -> Result<(), Refusal> {
    match &rule.methods {
        _ if fetch::is_safelisted_method(method) => Ok(()),
        // The answer is `*`, whatever is asked for.
        Names::Any if !rule.settings.allow_credentials => Ok(()),
        Names::Listed(allowed) if allowed.contains(method) => Ok(()),
        Names::Any if is_mirrorable(method) && !fetch::is_forbidden_method(method) => Ok(()),
        Names::Listed(_) if !is_mirrorable(method) => Err(Refusal::InvalidMethod),
        Names::Listed(_) => Err(Refusal::MethodNotAllowed),
        Names::Any => Err(Refusal::InvalidMethod),
    }
}

/// A method that can be repeated in an answer. `*` cannot: a browser would keep it as a wildcard.
fn is_mirrorable(method: &[u8]) -> bool {
    method.len() <= LONGEST_MIRRORED_METHOD && method != b"*" && fetch::is_token(method)
}

/// Checks a list of headers against those that are allowed, in any order and case. A list whose
/// names are all allowed always fits the budget, with room for spaces and repetitions; so does
/// one with a few others, to be refused for what is wrong with it.
fn check_headers<'r>(
    allowed: &NameList,
    lines: impl Iterator<Item = &'r [u8]>,
) -> Result<(), Refusal> {
    let mut budget = Budget {
        bytes: 2 * allowed.total_len() + 1024,
        names: 2 * allowed.len() + 32,
        empty: EMPTY_ELEMENTS,
    };
    let mut are_allowed = true;
    for line in lines {
        budget.spend_line(line)?;
        for name in fetch::elements(line) {
            if budget.spend_element(name)? && !allowed.contains_ignore_case(name) {
                if !fetch::is_token(name) {
                    return Err(Refusal::InvalidHeader);
                }
                // What follows may be malformed, which is answered otherwise.
                are_allowed = false;
            }
        }
    }
    if are_allowed { Ok(()) } else { Err(Refusal::HeaderNotAllowed) }
}

/// Whether a list of headers can be repeated as it is: lower case, no spaces
/// ([Fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0)).
fn is_as_browsers_send(list: &[u8]) -> bool {
    let mut names = list.split(|byte| *byte == b',').enumerate();
    list.len() <= MIRRORED_BYTES
        && names.all(|(at, name)| {
            at < MIRRORED_NAMES && name != b"*" && fetch::is_lower_case_token(name)
        })
}

/// Repeats a list of headers: as it came if browsers would send it so, otherwise rebuilt.
fn mirror_headers<'r, V: FieldValue + 'r>(
    mut lines: impl Iterator<Item = &'r V>,
    mirrored: &mut Mirrored<V>,
) -> Result<(), Refusal> {
    let mut rebuilt = SmallVec::new();
    mirrored.headers = match (lines.next(), lines.next()) {
        (Some(line), None) => {
            let list = line.as_ref();
            if is_as_browsers_send(list) {
                Some(line.clone())
            } else {
                rebuild_headers(&mut [list].into_iter(), &mut rebuilt)?;
                value(&rebuilt)?
            }
        }
        (first, second) => {
            let lines = first.into_iter().chain(second).chain(lines);
            rebuild_headers(&mut lines.map(AsRef::as_ref), &mut rebuilt)?;
            value(&rebuilt)?
        }
    };
    Ok(())
}

/// A list of headers, unless it is empty.
fn value<V: FieldValue>(list: &[u8]) -> Result<Option<V>, Refusal> {
    if list.is_empty() {
        return Ok(None);
    }
    V::try_from(list).map(Some).map_err(|_| Refusal::InvalidHeader)
}

/// Adds a list of headers in the form that browsers give it.
fn rebuild_headers(
    lines: &mut dyn Iterator<Item = &[u8]>,
    list: &mut SmallVec<[u8; 256]>,
) -> Result<(), Refusal> {
    let mut budget = Budget { bytes: MIRRORED_BYTES, names: MIRRORED_NAMES, empty: EMPTY_ELEMENTS };
    for line in lines {
        budget.spend_line(line)?;
        for name in fetch::elements(line) {
            if !budget.spend_element(name)? {
                continue;
            }
            if name == b"*" || !fetch::is_token(name) {
                return Err(Refusal::InvalidHeader);
            }
            if !list.is_empty() {
                list.push(b',');
            }
            let start = list.len();
            list.extend_from_slice(name);
            if let Some(added) = list.get_mut(start..) {
                added.make_ascii_lowercase();
            }
        }
    }
    Ok(())
}

/// What is left of the work that a list of headers may cause.
struct Budget {
    bytes: usize,
    names: usize,
    empty: usize,
}

impl Budget {
    fn spend_line(&mut self, line: &[u8]) -> Result<(), Refusal> {
        self.bytes = self.bytes.checked_sub(line.len()).ok_or(Refusal::TooManyHeaders)?;
        Ok(())
    }

    /// Whether the element is a name, not an empty one.
    fn spend_element(&mut self, element: &[u8]) -> Result<bool, Refusal> {
        let left = if element.is_empty() { &mut self.empty } else { &mut self.names };
        *left = left.checked_sub(1).ok_or(Refusal::TooManyHeaders)?;
        Ok(!element.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use smallvec::SmallVec;

    use super::{is_as_browsers_send, rebuild_headers};

    #[test]
    fn a_list_is_as_browsers_send_it_where_nothing_would_be_changed() {
        let names = |count| vec!["x-a"; count].join(",");
        let long = |bytes| "x".repeat(bytes);
        for list in ["x-a".into(), "x-a,x-b".into(), names(64), long(4096)] {
            assert!(is_as_browsers_send(list.as_bytes()), "{list}");
            let mut rebuilt = SmallVec::new();
            let result = rebuild_headers(&mut [list.as_bytes()].into_iter(), &mut rebuilt);
            assert_eq!((result, &rebuilt[..]), (Ok(()), list.as_bytes()));
        }
        let others = ["", ",", "x-a,", ",x-a", "x-a,,x-b", "x-a, x-b", "X-A", "*", "x-a,*", "x a"];
        for list in others.map(str::to_owned).into_iter().chain([names(65), long(4097)]) {
            assert!(!is_as_browsers_send(list.as_bytes()), "{list}");
        }
    }
}
