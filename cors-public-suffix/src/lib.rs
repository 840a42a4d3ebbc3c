#![doc = include_str!("../README.md")]
#![no_std]

mod code;
mod list;

use list::{Key, List};

/// Written by `examples/renew`.
const DATA: &[u8] = include_bytes!("public_suffixes.bin");

/// Returns whether subdomains of `name` may belong to different people. They may if `name` is a
/// public suffix, such as `co.uk`, or an ancestor of a public suffix, as `amazonaws.com` is of
/// `s3.amazonaws.com`.
///
/// The rules apply as the list's
/// [algorithm](https://github.com/publicsuffix/list/wiki/Format#formal-algorithm) says, those of
/// the ICANN section and those of the private section. Every name without a dot counts as a suffix,
/// because the algorithm takes an unlisted top-level domain for one.
///
/// Write `name` as browsers write hosts: in lower case, in Punycode, without a trailing dot. Names
/// in another form are not found in the list.
///
/// ```
/// use cors_public_suffix::public_suffix_at_or_below;
///
/// assert!(public_suffix_at_or_below("co.uk"));
/// assert!(public_suffix_at_or_below("amazonaws.com"));
/// assert!(public_suffix_at_or_below("corp"));
/// // The rule `*.ck` makes every name right below `ck` a suffix, but for the exception `!www.ck`.
/// assert!(public_suffix_at_or_below("anything.ck"));
/// assert!(!public_suffix_at_or_below("www.ck"));
/// assert!(!public_suffix_at_or_below("example.co.uk"));
/// ```
#[must_use]
pub fn public_suffix_at_or_below(name: &str) -> bool {
    let Some((_, parent)) = name.split_once('.') else {
        return true;
    };
    // If the data were malformed, every name would count as a suffix.
    let Some(list) = List::new(DATA) else {
        return true;
    };
    let contains = |key| list.contains(key).unwrap_or(true);
    contains(Key::at_or_below(name))
        || contains(Key::wildcard(parent)) && !contains(Key::exception(name))
}
