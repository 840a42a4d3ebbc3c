//! The origins that should not be trusted with credentials.

use crate::http::text;
use crate::origin::host_pattern::HostPattern;
use crate::origin::pattern::OriginPattern;
use crate::origin::{host, public_suffix};

/// The schemes of browser extensions. The browser derives the host from the key that signs the
/// extension, or assigns it when the extension is installed. Their pages come from the installed
/// package, so nobody on the network can change them
/// ([Chrome](https://developer.chrome.com/docs/extensions/reference/manifest/key),
/// [Firefox](https://developer.mozilla.org/en-US/docs/Mozilla/Add-ons/WebExtensions/manifest.json/web_accessible_resources)).
const EXTENSIONS: &str = "chrome-extension moz-extension ms-browser-extension safari-extension \
    safari-web-extension";

/// Whether somebody on the network, or another application, can serve a page of these origins.
/// Pages on this machine reach no network.
pub(crate) fn is_insecure(pattern: &OriginPattern) -> bool {
    pattern.scheme() != "https"
        && !text::is_one_of(pattern.scheme(), EXTENSIONS)
        && !host::is_loopback(pattern.host())
}

/// Returns whether a host is likely one below which anybody registers names for a moment, as
/// previews of pages are at `vercel.app`. Suffixes such as `co.uk` are for lasting names.
pub(crate) fn is_private_suffix(host: &str) -> bool {
    /// Of `com.au` and its like.
    const LONGEST_OF_COUNTRIES: usize = 3;

    let label = text::split_once(host, ".").map(|(label, _)| label);
    cfg!(feature = "public-suffix")
        && label.is_some_and(|label| label.len() > LONGEST_OF_COUNTRIES)
        && public_suffix::public_suffix_at_or_below(host)
}

/// Whether a pattern stands for any host of its scheme, as for all extensions of a browser.
pub(crate) fn is_any_host(pattern: &OriginPattern) -> bool {
    pattern.hosts() == HostPattern::Any
}

/// Whether these origins belong to different people, as all below `github.io` do.
pub(crate) fn is_shared_suffix(pattern: &OriginPattern) -> bool {
    matches!(pattern.hosts(), HostPattern::Subdomains | HostPattern::Label { .. })
        && !host::is_loopback(pattern.host())
        && public_suffix::public_suffix_at_or_below(pattern.host())
}
