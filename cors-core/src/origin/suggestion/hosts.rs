//! Hosts in the form that browsers send.

use crate::http::text;
use crate::origin::host::HostKind;
use crate::origin::{host, punycode};

pub(super) fn is_ipv4(host: &str) -> bool {
    host::check(HostKind::Domain, host).is_ok() && !host.starts_with('[') && host::is_ip(host)
}

/// The form of a host that browsers send, if it is clear.
pub(super) fn canonical(host: &str) -> Option<String> {
    if let Some(address) = host::parse_ipv6(host) {
        let mut canonical = String::new();
        return host::write_ipv6(address, &mut canonical).is_ok().then_some(canonical);
    }
    if text::is_ascii(host) {
        return Some(host.into());
    }
    if !text::has_only(host, stands_for_itself) {
        return None;
    }
    let mut canonical = String::new();
    for label in text::split(host, |c| c == '.') {
        canonical.push_str(&punycode::encode_label(label)?);
        canonical.push('.');
    }
    canonical.pop();
    Some(canonical)
}

/// Whether [IDNA processing](https://www.unicode.org/reports/tr46/) surely leaves a lower-case
/// character as it is, whatever stands beside it. These are the most used scripts for which that
/// is easy to tell; for the others, no suggestion is made.
const fn stands_for_itself(c: char) -> bool {
    match c {
        // These are mapped to two letters.
        'ĳ' | 'ŀ' | 'ŉ' => false,
        _ => {
            c.is_ascii()
                || matches!(
                    c,
                    'ß'..='ö' | 'ø'..='ž'
                    | 'ά'..='ώ'
                    | 'а'..='џ'
                    | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー'
                    | '\u{4E00}'..='\u{9FA5}'
                    | '가'..='힣'
                )
        }
    }
}
