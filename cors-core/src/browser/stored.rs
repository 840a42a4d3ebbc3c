//! What a cache between pages and an application would do with its responses. For tests of applications.

use crate::browser::cause::Cause;
use crate::browser::diagnose::{allowed_origins, varies_by_origin};
use crate::browser::exchange::Exchange;

impl Exchange {
    /// Whether a cache could store the response
    /// ([RFC 9111](https://httpwg.org/specs/rfc9111.html#response.cacheability)).
    pub(crate) fn can_be_stored(&self) -> bool {
        let mut lines = self.response.get_all("cache-control");
        let is_told = lines.any(|line| {
            let line = line.to_ascii_lowercase();
            ["no-store", "private"]
                .iter()
                .any(|word| line.windows(word.len()).any(|window| window == word.as_bytes()))
        });
        matches!(self.method(), "GET" | "HEAD") && !is_told
    }

    pub(crate) fn is_for_same(&self, other: &Self) -> bool {
        self.method() == other.method() && self.request.url == other.request.url
    }
}

/// Whether responses of one URL to pages of two origins differ, and `Vary` does not say so.
pub(crate) fn vary_removed(earlier: &Exchange, later: &Exchange) -> Option<Cause> {
    let is_different = allowed_origins(earlier) != allowed_origins(later);
    let is_told = varies_by_origin(earlier) && varies_by_origin(later);
    let url = later.request.url.text();
    (is_different && !is_told).then_some(Cause::VaryRemoved { url })
}
