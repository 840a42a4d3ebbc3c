//! Texts that are URLs, or words of other settings, whose pages have no origin to list.

use super::Advice;

/// Schemes of URLs that have no origin of their own.
const WITHOUT_ORIGIN: [&str; 4] = ["javascript", "about", "mailto", "tel"];

/// Prefixes of URLs whose pages have the origin of the URL that follows.
const PREFIXES: [&str; 3] = ["blob:", "filesystem:", "view-source:"];

/// Words with which other settings allow only the service's own pages, or none.
const OWN_PAGES: [&str; 4] = ["self", "none", "same-origin", "sameorigin"];

pub(super) fn has_no_origin(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| {
        let is_this = |known: &&str| scheme.eq_ignore_ascii_case(known);
        !rest.starts_with("//") && WITHOUT_ORIGIN.iter().any(is_this)
    })
}

pub(super) fn means_own_pages(text: &str) -> bool {
    OWN_PAGES.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// What follows a prefix that is not part of an origin.
pub(super) fn after_prefix(text: &str) -> Option<&str> {
    let after = |prefix: &str| {
        let start = text.get(..prefix.len())?;
        text.get(prefix.len()..).filter(|_| start.eq_ignore_ascii_case(prefix))
    };
    PREFIXES.into_iter().find_map(after).filter(|rest| rest.contains("://"))
}

/// What to write instead of the scheme of extensions alone.
pub(super) fn extension_advice(text: &str) -> Option<Advice> {
    let scheme = text.strip_suffix("://").or_else(|| text.strip_suffix(':'))?;
    match scheme.to_ascii_lowercase().as_str() {
        "chrome-extension" => Some(Advice::Instead(
            "write the extension's ID after the scheme, as in \"chrome-extension://abcdefghijklmnopabcdefghijklmnop\"",
        )),
        "moz-extension" | "safari-web-extension" => Some(Advice::Instead(
            "set allow_origins_by_predicate to true and let the application check the scheme, because browsers give each installation another host",
        )),
        _ => None,
    }
}
