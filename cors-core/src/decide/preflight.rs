//! What a preflight asks for, checked against the rule that governs it. The work is bounded by
//! the rule, whatever arrives.

use smallvec::SmallVec;

use crate::decide::refusal::Refusal;
use crate::http::{HeaderValue, fetch};
use crate::policy::{NameList, Names, Rule};

/// Empty elements that a list may have: intermediaries may add some
/// ([RFC 9110, section 5.6.1.2](https://httpwg.org/specs/rfc9110.html#abnf.extension.recipient)).
const EMPTY_ELEMENTS: usize = 16;

/// The longest method that "any method" with credentials covers.
const LONGEST_MIRRORED_METHOD: usize = 64;

/// The most headers, and bytes of them, that "any header" with credentials covers.
const MIRRORED_NAMES: usize = 64;
const MIRRORED_BYTES: usize = 4096;

/// What an answer has to repeat, because `*` means nothing with credentials.
#[derive(Clone, Debug)]
pub(crate) struct Mirrored<V> {
    pub(crate) method: Option<V>,
    pub(crate) headers: Option<V>,
}

impl<V> Mirrored<V> {
    pub(crate) const NOTHING: Self = Self { method: None, headers: None };
}

/// Checks the values of `Access-Control-Request-Method`, `None` if there are several, and
/// `-Headers`, for a rule that mirrors nothing.
pub(crate) fn check<'r, V: HeaderValue + 'r>(
    rule: &Rule,
    method: Option<&V>,
    headers: impl Iterator<Item = &'r V>,
) -> Option<Refusal> {
    let Some(method) = method else { return Some(Refusal::SeveralMethods) };
    let headers = || match &rule.headers {
        Names::Listed(allowed) => check_headers(allowed, headers.map(AsRef::as_ref)).err(),
        Names::Any => None,
    };
    match check_method(rule, method.as_ref()) {
        Ok(()) => headers(),
        Err(Refusal::MethodNotAllowed) => Some(more_severe(Refusal::MethodNotAllowed, headers())),
        Err(refusal) => Some(refusal),
    }
}

/// A method that is not allowed, or what is malformed in the headers beside it: lists are only
/// answered to what browsers can send.
fn more_severe(of_method: Refusal, of_headers: Option<Refusal>) -> Refusal {
    match of_headers {
        Some(refusal) if refusal != Refusal::HeaderNotAllowed => refusal,
        _ => of_method,
    }
}

/// Checks as [`check`] does, for a rule that mirrors the method or the headers.
pub(crate) fn check_and_mirror<'r, V: HeaderValue + 'r>(
    rule: &Rule,
    method: Option<&V>,
    headers: impl Iterator<Item = &'r V>,
    mirrored: &mut Mirrored<V>,
) -> Option<Refusal> {
    let Some(method) = method else { return Some(Refusal::SeveralMethods) };
    let method_refusal = check_method(rule, method.as_ref()).err();
    match method_refusal {
        None if rule.methods == Names::Any => mirrored.method = Some(method.clone()),
        // The answer lists the headers that are allowed.
        None | Some(Refusal::MethodNotAllowed) => {}
        refusal => return refusal,
    }
    let header_refusal = match check_or_mirror_headers(rule, headers) {
        Ok(headers) => {
            mirrored.headers = headers;
            None
        }
        Err(refusal) => Some(refusal),
    };
    match method_refusal {
        Some(refusal) => Some(more_severe(refusal, header_refusal)),
        None => header_refusal,
    }
}

/// The list of headers to repeat, if the rule mirrors it.
fn check_or_mirror_headers<'r, V: HeaderValue + 'r>(
    rule: &Rule,
    mut lines: impl Iterator<Item = &'r V>,
) -> Result<Option<V>, Refusal> {
    if let Names::Listed(allowed) = &rule.headers {
        return check_headers(allowed, lines.map(AsRef::as_ref)).map(|()| None);
    }
    match (lines.next(), lines.next()) {
        (Some(line), None) => {
            let list = line.as_ref();
            if is_as_browsers_send(list) { Ok(Some(line.clone())) } else { mirror_headers([list]) }
        }
        (first, second) => {
            let lines = first.into_iter().chain(second).chain(lines);
            mirror_headers(lines.map(AsRef::as_ref))
        }
    }
}

fn check_method(rule: &Rule, method: &[u8]) -> Result<(), Refusal> {
    match &rule.methods {
        _ if fetch::is_safelisted_method(method) => Ok(()),
        // The answer is `*`, whatever is asked for.
        Names::Any if !rule.credentials => Ok(()),
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
        for name in line.split(|byte| *byte == b',').map(fetch::trim_whitespace) {
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

/// Repeats a list of headers in the form that browsers give it.
fn mirror_headers<'r, V: HeaderValue>(
    lines: impl IntoIterator<Item = &'r [u8]>,
) -> Result<Option<V>, Refusal> {
    let mut budget = Budget { bytes: MIRRORED_BYTES, names: MIRRORED_NAMES, empty: EMPTY_ELEMENTS };
    let mut list: SmallVec<[u8; 256]> = SmallVec::new();
    for line in lines {
        budget.spend_line(line)?;
        for name in line.split(|byte| *byte == b',').map(fetch::trim_whitespace) {
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
    if list.is_empty() {
        return Ok(None);
    }
    V::try_from(list.as_slice()).map(Some).map_err(|_| Refusal::InvalidHeader)
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
    use super::{is_as_browsers_send, mirror_headers};

    #[test]
    fn a_list_is_as_browsers_send_it_where_nothing_would_be_changed() {
        let names = |count| vec!["x-a"; count].join(",");
        let long = |bytes| "x".repeat(bytes);
        for list in ["x-a".into(), "x-a,x-b".into(), names(64), long(4096)] {
            assert!(is_as_browsers_send(list.as_bytes()), "{list}");
            let rebuilt = mirror_headers::<Vec<u8>>([list.as_bytes()]);
            assert_eq!(rebuilt, Ok(Some(list.into_bytes())));
        }
        let others = ["", ",", "x-a,", ",x-a", "x-a,,x-b", "x-a, x-b", "X-A", "*", "x-a,*", "x a"];
        for list in others.map(str::to_owned).into_iter().chain([names(65), long(4097)]) {
            assert!(!is_as_browsers_send(list.as_bytes()), "{list}");
        }
    }
}
