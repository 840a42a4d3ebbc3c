//! Texts that are URLs, or words of other settings, whose pages have no origin to list.

use super::Advice;
use crate::http::text;

/// Schemes of URLs that have no origin of their own.
pub(super) const WITHOUT_ORIGIN: &str = "javascript about mailto tel";

/// Schemes of URLs whose pages have the origin of the URL that follows.
pub(super) const PREFIXES: &str = "blob filesystem view-source";

/// Words with which other settings allow only the service's own pages, or none.
const OWN_PAGES: &str = "self none same-origin sameorigin";

pub(super) fn has_no_origin(text: &str) -> bool {
    text::split_once(text, ":").is_some_and(|(scheme, rest)| {
        !rest.starts_with("//") && text::is_one_of(scheme, WITHOUT_ORIGIN)
    })
}

pub(super) fn means_own_pages(text: &str) -> bool {
    text::is_one_of(text, OWN_PAGES)
}

/// What follows a prefix of URLs whose pages have the origin of the URL that follows.
pub(super) fn after_prefix(text: &str) -> Option<&str> {
    let after = |prefix| text::strip_prefix_ignore_case(text, prefix);
    after("blob:")
        .or_else(|| after("filesystem:"))
        .or_else(|| after("view-source:"))
        .filter(|rest| text::contains(rest, "://"))
}

/// What to write instead of the scheme of extensions alone.
pub(super) fn extension_advice(text: &str) -> Option<Advice> {
    let scheme = text.strip_suffix("://").or_else(|| text.strip_suffix(':'))?;
    if text::is_one_of(scheme, "chrome-extension") {
        return Some(Advice::Instead(
            "write the extension's ID after the scheme, as in \"chrome-extension://abcdefghijklmnopabcdefghijklmnop\"",
        ));
    }
    text::is_one_of(scheme, "moz-extension safari-web-extension").then_some(Advice::Instead(
        "write \"*\" after the scheme, as in \"moz-extension://*\", because browsers give each installation another host",
    ))
}
