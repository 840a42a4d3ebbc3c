//! Schemes that pages have, and their misspellings.

use crate::http::text;

/// Returns the scheme that is meant by a misspelt one. Short schemes of applications are not told
/// from others that are spelt alike.
pub(crate) fn meant(scheme: &str) -> Option<&'static str> {
    const KNOWN: [&str; 6] =
        ["https", "http", "chrome-extension", "moz-extension", "safari-web-extension", "capacitor"];
    /// Longer ones are not near.
    const LONGEST: usize = "safari-web-extension".len() + 1;

    if scheme.len() > LONGEST || KNOWN.contains(&scheme) {
        return None;
    }
    match scheme {
        // How addresses are written that nobody is to follow.
        "hxxps" => Some("https"),
        "hxxp" => Some("http"),
        // `localhost://3000`
        "localhost" => Some("http"),
        _ => KNOWN.into_iter().find(|known| strsim::osa_distance(scheme, known) == 1),
    }
}

/// Returns whether a `*` cannot stand for the hosts of this scheme: they are the hosts of the web,
/// which are everybody's, or its pages have no origin of their own.
pub(crate) fn has_no_wildcard(scheme: &str) -> bool {
    const WITHOUT_ORIGIN: &str =
        "file data blob filesystem view-source about javascript mailto tel";

    is_of_web(scheme) || text::is_one_of(scheme, WITHOUT_ORIGIN)
}

/// Returns whether the hosts of a scheme are names and addresses of the web.
pub(crate) fn is_of_web(scheme: &str) -> bool {
    text::is_one_of(scheme, "http https ws wss ftp")
}
