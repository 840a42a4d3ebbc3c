use std::cmp::Ordering;

/// The methods or headers that a rule names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Names {
    Any,
    Listed(NameList),
}

/// Names in the order they were configured, with a sorted copy to look them up in.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct NameList {
    configured: Box<[Box<str>]>,
    /// By length, then by bytes.
    sorted: Box<[Box<str>]>,
    /// The sum of the names' lengths, each with one separator.
    total_len: usize,
}

impl Names {
    /// What a response lists: `*`, the names joined by commas, or nothing.
    pub(crate) fn to_header_value(&self) -> Option<String> {
        match self {
            Self::Any => Some("*".into()),
            Self::Listed(list) if list.configured.is_empty() => None,
            Self::Listed(list) => Some(list.configured.join(",")),
        }
    }

    /// What a configuration lists.
    pub(crate) fn to_config(&self) -> Vec<String> {
        match self {
            Self::Any => vec!["*".into()],
            Self::Listed(list) => list.configured.iter().map(|name| name.as_ref().into()).collect(),
        }
    }

    /// The names in the order they were configured; none where all are allowed.
    pub(crate) fn listed(&self) -> &[Box<str>] {
        match self {
            Self::Any => &[],
            Self::Listed(list) => &list.configured,
        }
    }
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

impl FromIterator<Box<str>> for NameList {
    fn from_iter<I: IntoIterator<Item = Box<str>>>(names: I) -> Self {
        let configured: Box<[Box<str>]> = names.into_iter().collect();
        let mut sorted = configured.clone();
        sorted.sort_unstable_by(|one, other| one.len().cmp(&other.len()).then(one.cmp(other)));
        Self { total_len: configured.iter().map(|name| name.len() + 1).sum(), configured, sorted }
    }
}
