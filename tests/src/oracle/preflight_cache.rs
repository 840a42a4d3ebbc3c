use url::Url;

use super::{Credentials, Grant};

/// The [CORS-preflight cache](https://fetch.spec.whatwg.org/#concept-cache). Every entry stands
/// for one method or one header name.
#[derive(Clone, Debug, Default)]
pub(super) struct PreflightCache {
    entries: Vec<Entry>,
}

/// For whom an entry is, and who looks for one.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) origin: Vec<u8>,
    /// Without a fragment.
    pub(super) url: Url,
    pub(super) credentials: Credentials,
}

#[derive(Clone, Debug)]
struct Entry {
    key: Key,
    permission: Permission,
    /// In seconds of the browser's clock.
    expires: u64,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Permission {
    Method(Vec<u8>),
    Header(Vec<u8>),
}

impl PreflightCache {
    /// Whether there is a [method cache entry match](https://fetch.spec.whatwg.org/#method-cache-entry-match).
    pub(super) fn has_method(&self, key: &Key, now: u64, method: &[u8]) -> bool {
        let wanted = [Permission::Method(method.into()), Permission::Method(b"*".into())];
        self.matching(key, now).any(|entry| wanted.contains(&entry.permission))
    }

    /// Whether there is a [header-name cache entry match](https://fetch.spec.whatwg.org/#header-name-cache-entry-match).
    pub(super) fn has_header(&self, key: &Key, now: u64, name: &[u8]) -> bool {
        let any = Permission::Header(b"*".into());
        let named = Permission::Header(name.into());
        let is_wildcard = |entry: &Entry| entry.permission == any && name != b"authorization";
        self.matching(key, now).any(|entry| entry.permission == named || is_wildcard(entry))
    }

    /// Keeps what an answer allows. An entry that is there lasts as long as the answer says now.
    pub(super) fn store(&mut self, key: &Key, now: u64, grant: &Grant, longest: u64) {
        let expires = now.saturating_add(grant.max_age.min(longest));
        let methods = grant.methods.iter().cloned().map(Permission::Method);
        let headers = grant.headers.iter().cloned().map(Permission::Header);
        for permission in methods.chain(headers) {
            let mut present = false;
            for entry in self.entries.iter_mut().filter(|entry| entry.is_for(key, now)) {
                if entry.permission == permission {
                    entry.expires = expires;
                    present = true;
                }
            }
            if !present {
                self.entries.push(Entry { key: key.clone(), permission, expires });
            }
        }
    }

    /// [Clears](https://fetch.spec.whatwg.org/#concept-cache-clear) what there is for an origin
    /// and a URL.
    pub(super) fn clear(&mut self, key: &Key) {
        self.entries.retain(|entry| entry.key.origin != key.origin || entry.key.url != key.url);
    }

    fn matching(&self, key: &Key, now: u64) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.is_for(key, now))
    }
}

impl Entry {
    /// A [cache entry match](https://fetch.spec.whatwg.org/#concept-cache-match). What was allowed
    /// with credentials is allowed without.
    fn is_for(&self, key: &Key, now: u64) -> bool {
        self.key.origin == key.origin
            && self.key.url == key.url
            && now < self.expires
            && (self.key.credentials == Credentials::Include
                || key.credentials != Credentials::Include)
    }
}
