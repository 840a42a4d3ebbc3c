//! Texts that mean the addresses of a network.

use std::net::Ipv6Addr;

use super::{Advice, after_scheme, hosts, is_letter_or_digit};
use crate::http::text;
use crate::origin::origin;

/// What to write instead of a network, with the predicate that allows it.
pub(super) fn advice(text: &str) -> Advice {
    let text = text::to_lower_case(&text::replace(text, "\\", ""));
    let address = text::trim_start(after_scheme(&text), |c| matches!(c, '^' | '['));
    let begins =
        |starts: &str| text::split(starts, |c| c == ' ').any(|start| address.starts_with(start));
    let second = address.strip_prefix("172.").unwrap_or_default();
    let second = text::split(second, |c| matches!(c, '.' | '-' | '/')).next().unwrap_or_default();
    let is_private = begins("10. 10/ 192.168. 192.168/ 169.254. fc fd fe8 fe9 fea feb")
        || second.parse().is_ok_and(|second: u8| (16..=31).contains(&second));
    if is_private {
        Advice::General
    } else if begins("127. 127/ ::1/ ::1]/") {
        Advice::Instead(
            "list the addresses, or set allow_origins_by_predicate to true and give the middleware OriginPredicate::predicate(|origin, _| origin.is_loopback())",
        )
    } else {
        Advice::Instead(
            "list the addresses, or set allow_origins_by_predicate to true and let the application check origin.ip()",
        )
    }
}

/// Whether a text means the addresses of a network: in CIDR notation, or with a wildcard for some
/// of the numbers.
pub(super) fn is_network(text: &str) -> bool {
    let text = &text::replace(&text::replace(text, "\\/", "/"), "\\.", ".");
    let rest = after_scheme(text);
    let is_prefix = rest.ends_with('.') && text.starts_with('^');
    let rest = text::trim_start(text::trim_end(rest, |c| c == '$'), |c| c == '^');
    let (authority, path) = text::split_once(rest, "/").unwrap_or((rest, ""));
    let after = text::trim_start(path, |c| c.is_ascii_digit());
    let is_length = (1..=3).contains(&(path.len() - after.len()))
        && !text::starts(after, |c| is_letter_or_digit(c) || c == '.');
    let address = text::trim(authority, |c| matches!(c, '[' | ']'));
    if is_length && address.parse::<Ipv6Addr>().is_ok() {
        return true;
    }
    let (host, _) = origin::split_port(authority);
    // One address, and a dot too many.
    let host = host.strip_suffix('.').filter(|host| hosts::is_ipv4(host)).unwrap_or(host);
    let (mut count, mut numbers, mut wild, mut starts_with_number) = (0, 0, 0, false);
    for label in text::split(host, |c| c == '.') {
        if label.parse::<u8>().is_ok() {
            starts_with_number |= count == 0;
            numbers += 1;
        } else if is_wild_number(label) {
            wild += 1;
        } else {
            return false;
        }
        count += 1;
    }
    // `*.168.0.1`
    let has_four = count == 4 && numbers > 0;
    (has_four || starts_with_number) && (is_length || is_prefix || wild > 0)
}

/// Whether a label stands for several numbers: `*`, `0-255`, or a regular expression.
fn is_wild_number(label: &str) -> bool {
    let bare = text::trim(label, |c| matches!(c, '(' | ')'));
    let is_range = text::split_once(bare, "-").is_some_and(|(first, last)| {
        text::trim_start(first, |c| c == '[').parse::<u8>().is_ok()
            && text::trim_end(last, |c| c == ']').parse::<u8>().is_ok()
    });
    let after_digit = bare.strip_prefix("\\d").or_else(|| bare.strip_prefix("[0-9]"));
    let is_sign = |c: char| c.is_ascii_digit() || matches!(c, '+' | '*' | '{' | '}' | ',');
    is_range
        || after_digit.is_some_and(|rest| text::has_only(rest, is_sign))
        || text::has_only(bare, |c| c == '?')
        || text::is_one_of(bare, "* + x **")
}
