use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// The methods or headers that a rule allows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Names {
    Any,
    Listed(NameList),
}

/// Names to be looked up.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct NameList {
    /// By length, then by bytes.
    sorted: Box<[Box<str>]>,
    /// The sum of the names' lengths, each with one separator.
    total_len: usize,
}

/// Returns whether a list in its normal form means every name. `authorization` can stand beside `*`.
pub(crate) fn is_any(names: &[String]) -> bool {
    names.first().is_some_and(|name| name == "*")
}

/// Returns how alike two names are, in percent: 100 if they are the same.
#[inline(never)]
pub(crate) fn similarity(one: &str, other: &str) -> usize {
    let longest = one.chars().count().max(other.chars().count());
    let distance = strsim::osa_distance(one, other);
    (100 * (longest - distance)).checked_div(longest).unwrap_or(100)
}

impl Names {
    /// `names` is a list in its normal form.
    pub(crate) fn new(names: &[String]) -> Self {
        if is_any(names) {
            return Self::Any;
        }
        let sorted: Box<[Box<str>]> =
            sorted(names.iter().map(String::as_str)).into_iter().map(Into::into).collect();
        Self::Listed(NameList { total_len: sorted.iter().map(|name| name.len() + 1).sum(), sorted })
    }
}

/// Sorts names by length, then by bytes. A heap is the smallest code that sorts.
pub(crate) fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let heap: BinaryHeap<_> = names.map(|name| (name.len(), name)).collect();
    heap.into_sorted_vec().into_iter().map(|(_, name)| name).collect()
}

impl NameList {
    pub(crate) const fn len(&self) -> usize {
        self.sorted.len()
    }

    pub(crate) const fn total_len(&self) -> usize {
        self.total_len
    }

    pub(crate) fn contains(&self, name: &[u8]) -> bool {
        self.find(name, |listed| listed.cmp(name))
    }

    /// Like [`contains`](Self::contains) for a list in lower case and a name in any.
    pub(crate) fn contains_ignore_case(&self, name: &[u8]) -> bool {
        let lower_case = || name.iter().map(u8::to_ascii_lowercase);
        // Browsers send lower case, which is compared many bytes at a time.
        self.contains(name) || self.find(name, |listed| listed.iter().copied().cmp(lower_case()))
    }

    /// Compares lengths first, which mostly settles it.
    fn find(&self, name: &[u8], compare: impl Fn(&[u8]) -> Ordering) -> bool {
        let found = self.sorted.binary_search_by(|listed| {
            listed.len().cmp(&name.len()).then_with(|| compare(listed.as_bytes()))
        });
        found.is_ok()
    }
}
