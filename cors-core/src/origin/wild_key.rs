//! What patterns with a wildcard are found by.

use std::hash::{Hash, Hasher};

use crate::origin::host;
use crate::origin::host::Labels;
use crate::origin::host_pattern::{HostPattern, is_free};
use crate::origin::origin::Origin;
use crate::origin::pattern::{OriginPattern, PortPattern};

/// The parts of a pattern with a wildcard.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) struct WildKey<'a> {
    /// Scheme and host as they stand around the `*` of the host. Without one, nothing stands after.
    before: &'a [u8],
    after: &'a [u8],
    port: PortPattern,
}

/// An origin, or a pattern, for which others are looked up that match the same and more.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    /// Its own key, if it is a pattern.
    pub(super) key: WildKey<'a>,
    /// Scheme, `://` and host.
    text: &'a [u8],
    host_start: usize,
    /// Where the first label ends, if a `*` may stand inside it or for it.
    label_end: Option<usize>,
    /// Where the dots before wider hosts are searched.
    dots_start: usize,
    /// Whether a `*` covers its labels.
    labels: Labels,
}

/// How many bytes of a label stand before and after the `*` inside it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Lengths {
    before: u8,
    after: u8,
}

impl<'a> WildKey<'a> {
    pub(super) fn of(pattern: &'a OriginPattern) -> Self {
        let (before, after) = pattern.around_wildcard();
        Self { before, after, port: pattern.port() }
    }

    pub(super) fn with_any_port(self) -> Self {
        Self { port: PortPattern::Any, ..self }
    }

    pub(super) fn has_any_port(&self) -> bool {
        self.port == PortPattern::Any
    }
}

/// Without the lengths, which cost more than the few keys that only differ in them.
impl Hash for WildKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.before);
        state.write(self.after);
        state.write_u32(match self.port {
            // No origin has the port 0.
            PortPattern::Exact(port) => port.unwrap_or_default().into(),
            PortPattern::Any => u32::MAX,
        });
    }
}

impl<'a> Target<'a> {
    pub(super) fn of_origin(origin: &'a [u8]) -> Option<Self> {
        let (parsed, labels) = Origin::parse_with_labels(origin)?;
        let host_start = parsed.scheme().len() + "://".len();
        let text = origin.get(..host_start + parsed.host().len())?;
        let port = PortPattern::Exact(parsed.port());
        let key = WildKey { before: text, after: b"", port };
        let label_end = next_dot(text, host_start);
        Some(Self { key, text, host_start, label_end, dots_start: host_start, labels })
    }

    pub(super) fn of_pattern(pattern: &'a OriginPattern) -> Self {
        let text = pattern.without_port();
        let host_start = pattern.scheme().len() + "://".len();
        let (label_end, dots_start) = match pattern.hosts() {
            HostPattern::One | HostPattern::Label { .. } => {
                (next_dot(text, host_start), host_start)
            }
            HostPattern::Subdomains => (None, host_start + "*.".len()),
            HostPattern::Any => (None, text.len()),
        };
        let labels = host::labels(pattern.host());
        Self { key: WildKey::of(pattern), text, host_start, label_end, dots_start, labels }
    }

    pub(super) const fn labels(&self) -> Labels {
        self.labels
    }

    /// The key of the pattern for any host of the scheme.
    pub(super) fn any_host(&self) -> WildKey<'a> {
        WildKey { before: self.scheme(), after: b"", ..self.key }
    }

    /// The hosts behind a `*.` that covers this one, with their keys, from the longest.
    #[inline]
    pub(super) fn bases(&self) -> impl Iterator<Item = (usize, WildKey<'a>)> {
        let Self { text, key, dots_start, .. } = *self;
        let before = self.scheme();
        let mut start = dots_start;
        std::iter::from_fn(move || {
            let dot = next_dot(text, start)?;
            start = dot + 1;
            Some((text.len() - start, WildKey { before, after: text.get(dot..)?, ..key }))
        })
    }

    /// What the patterns have in common that have a `*` inside the first label, before this base.
    pub(super) fn group(&self) -> Option<WildKey<'a>> {
        let after = self.text.get(self.label_end?..)?;
        Some(WildKey { before: self.scheme(), after, ..self.key })
    }

    /// The key of the pattern with parts of these lengths, if its `*` stands for what is between
    /// them. A `*` of the target itself is in the key if it is not between them, and in no pattern's
    /// key.
    pub(super) fn label_key(&self, lengths: Lengths) -> Option<WildKey<'a>> {
        let free_start = self.host_start + usize::from(lengths.before);
        let free_end = self.label_end?.checked_sub(lengths.after.into())?;
        let free = self.text.get(free_start..free_end)?;
        if free.is_empty() || !is_free(free) {
            return None;
        }
        let (before, after) = (self.text.get(..free_start)?, self.text.get(free_end..)?);
        Some(WildKey { before, after, ..self.key })
    }

    fn scheme(&self) -> &'a [u8] {
        self.text.get(..self.host_start).unwrap_or_default()
    }

    pub(super) fn with_any_port(self) -> Self {
        Self { key: self.key.with_any_port(), ..self }
    }
}

impl Lengths {
    /// Of a pattern with a `*` inside its first label.
    pub(super) fn of(pattern: &OriginPattern) -> Self {
        let parts = pattern.label_parts();
        // A label has 63 bytes at most.
        let length = |part: &str| u8::try_from(part.len()).unwrap_or(u8::MAX);
        Self { before: length(parts.before), after: length(parts.after) }
    }
}

#[inline]
fn next_dot(text: &[u8], start: usize) -> Option<usize> {
    let dot = text.get(start..)?.iter().position(|byte| *byte == b'.');
    dot.map(|dot| start + dot)
}
