//! The origins that should not be trusted with credentials.

use crate::{OriginPattern, host, public_suffix};

/// Whether something other than encryption decides who a page of these origins comes from. Pages
/// on this machine reach no network.
pub(crate) fn is_insecure(pattern: &OriginPattern) -> bool {
    pattern.scheme() != "https" && !host::is_loopback(pattern.host())
}

/// Whether these origins belong to different people, as all below `github.io` do.
pub(crate) fn has_strangers(pattern: &OriginPattern) -> bool {
    pattern.has_subdomains()
        && !host::is_loopback(pattern.host())
        && public_suffix::strangers_can_register_below(pattern.host())
}
