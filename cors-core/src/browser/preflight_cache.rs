use std::time::Duration;

use crate::browser::prepare::AUTHORIZATION;
use crate::browser::url::Url;

/// What a browser remembers of preflights: the
/// [CORS-preflight cache](https://fetch.spec.whatwg.org/#concept-cache).
///
/// It has a clock of its own, which stands still until [`advance`](Self::advance) is called, so tests
/// need not wait.
#[derive(Clone, Debug)]
pub struct PreflightCache {
    entries: Vec<Entry>,
    now: Duration,
    max_age_cap: Duration,
}

/// What an answer to a preflight allows.
#[derive(Debug)]
pub(super) struct Grant {
    /// Methods, or `*`.
    pub(super) methods: Vec<String>,
    /// Header names in lower case, or `*`.
    pub(super) headers: Vec<String>,
    pub(super) max_age: Duration,
}

/// For whom a permission is, and who looks for one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    pub(super) origin: String,
    pub(super) url: Url,
    pub(super) credentials: bool,
}

#[derive(Clone, Debug)]
struct Entry {
    key: Key,
    permission: Permission,
    expires: Duration,
}

#[derive(Clone, Debug, PartialEq)]
enum Permission {
    Method(String),
    Header(String),
}

/// More than a page needs. What was remembered first is forgotten first.
const MAX_ENTRIES: usize = 1024;

impl Default for PreflightCache {
    /// An empty cache with the cap of Chromium, two hours.
    fn default() -> Self {
        Self::with_max_age_cap(Duration::from_secs(7200))
    }
}

impl PreflightCache {
    /// An empty cache that keeps an answer for at most this long, whatever `Access-Control-Max-Age`
    /// says: two hours in Chromium, ten minutes in WebKit, one day in Firefox.
    #[must_use]
    pub const fn with_max_age_cap(cap: Duration) -> Self {
        Self { entries: Vec::new(), now: Duration::ZERO, max_age_cap: cap }
    }

    /// Lets time pass. Answers that do not say how long they last are kept for five seconds.
    pub fn advance(&mut self, time: Duration) {
        self.now = self.now.saturating_add(time);
    }

    /// Returns whether there is a [method cache entry match](https://fetch.spec.whatwg.org/#method-cache-entry-match).
    pub(super) fn has_method(&self, key: &Key, method: &str) -> bool {
        self.matching(key).any(|permission| match permission {
            Permission::Method(allowed) => allowed == method || allowed == "*",
            Permission::Header(_) => false,
        })
    }

    /// Returns whether there is a [header-name cache entry match](https://fetch.spec.whatwg.org/#header-name-cache-entry-match).
    pub(super) fn has_header(&self, key: &Key, name: &str) -> bool {
        self.matching(key).any(|permission| match permission {
            Permission::Header(allowed) => {
                allowed == name || (allowed == "*" && name != AUTHORIZATION)
            }
            Permission::Method(_) => false,
        })
    }

    /// Remembers what an answer allows, and for how long it says so now.
    pub(super) fn store(&mut self, key: &Key, grant: Grant) {
        let now = self.now;
        self.entries.retain(|entry| now < entry.expires);
        let expires = now.saturating_add(grant.max_age.min(self.max_age_cap));
        let methods = grant.methods.into_iter().map(Permission::Method);
        let headers = grant.headers.into_iter().map(Permission::Header);
        for permission in methods.chain(headers).take(MAX_ENTRIES) {
            let mut same = self
                .entries
                .iter_mut()
                .filter(|entry| entry.is_for(key) && entry.permission == permission)
                .peekable();
            if same.peek().is_none() {
                self.entries.push(Entry { key: key.clone(), permission, expires });
            } else {
                same.for_each(|entry| entry.expires = expires);
            }
        }
        let surplus = self.entries.len().saturating_sub(MAX_ENTRIES);
        self.entries.drain(..surplus);
    }

    /// [Clears](https://fetch.spec.whatwg.org/#concept-cache-clear) what there is for an origin and a
    /// URL.
    pub(super) fn clear(&mut self, key: &Key) {
        self.entries.retain(|entry| entry.key.origin != key.origin || entry.key.url != key.url);
    }

    fn matching(&self, key: &Key) -> impl Iterator<Item = &Permission> {
        let entries = self.entries.iter();
        let live = entries.filter(move |entry| self.now < entry.expires && entry.is_for(key));
        live.map(|entry| &entry.permission)
    }
}

impl Entry {
    /// A [cache entry match](https://fetch.spec.whatwg.org/#concept-cache-match). What was allowed with
    /// credentials is allowed without.
    fn is_for(&self, key: &Key) -> bool {
        self.key.origin == key.origin
            && self.key.url == key.url
            && (self.key.credentials || !key.credentials)
    }
}
