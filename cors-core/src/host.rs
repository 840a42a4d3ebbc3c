//! The hosts that a browser can serialize into an origin.

use std::fmt::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::byte_set::ByteSet;

/// The longest host, as DNS has it.
pub(crate) const MAX_LEN: usize = 253;

/// The longest label of a host.
const MAX_LABEL_LEN: usize = 63;

const LABEL_BYTES: ByteSet = ByteSet::alphanumeric_and(b"-_").without_upper_case();

/// What keeps a text from being the serialization of a host.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum HostProblem {
    Empty,
    TooLong,
    EmptyLabel,
    LabelTooLong,
    Character,
    /// The host is, or can only be read as, an IP address, and is not in its canonical form.
    Ip,
}

/// Checks a host as the [host serializer] writes it: lower-case labels of `[a-z0-9_-]`,
/// a dotted IPv4 address, or a compressed IPv6 address in brackets.
///
/// The URL standard lets more bytes into a host; an origin with one of those matches no
/// wildcard, on purpose.
///
/// [host serializer]: https://url.spec.whatwg.org/#concept-host-serializer
pub(crate) fn check(host: &str) -> Result<(), HostProblem> {
    if host.is_empty() {
        return Err(HostProblem::Empty);
    }
    if host.len() > MAX_LEN {
        return Err(HostProblem::TooLong);
    }
    if host.starts_with('[') {
        return check_ipv6(host);
    }
    let mut label_start = 0;
    for (at, byte) in host.bytes().enumerate() {
        if byte == b'.' {
            check_label_len(at - label_start)?;
            label_start = at + 1;
        } else if !LABEL_BYTES.contains(byte) {
            let rest = host.as_bytes().get(at..).unwrap_or_default();
            let label_end = rest.iter().position(|byte| *byte == b'.').unwrap_or(rest.len()) + at;
            // Of a label with two problems, the length is the one that is reported.
            check_label_len(label_end - label_start)?;
            return Err(HostProblem::Character);
        }
    }
    check_label_len(host.len() - label_start)?;
    // https://url.spec.whatwg.org/#ends-in-a-number-checker
    let last_is_number = host.as_bytes().get(label_start).is_some_and(u8::is_ascii_digit);
    if last_is_number && host.parse::<Ipv4Addr>().is_err() {
        return Err(HostProblem::Ip);
    }
    Ok(())
}

/// The host without its first label.
pub(crate) fn parent(host: &str) -> Option<&str> {
    let dot = host.bytes().position(|byte| byte == b'.')?;
    host.get(dot + 1..)
}

/// Whether a host that passed [`check`] is an IP address.
pub(crate) fn is_ip(host: &str) -> bool {
    host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok()
}

/// Whether a host that passed [`check`] names this very machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

/// Writes an IPv6 address as the [IPv6 serializer] does. `Ipv6Addr`'s own `Display` differs:
/// it writes some addresses with a dotted IPv4 tail.
///
/// [IPv6 serializer]: https://url.spec.whatwg.org/#concept-ipv6-serializer
pub(crate) fn write_ipv6(address: Ipv6Addr, out: &mut impl Write) -> fmt::Result {
    let segments = address.segments();
    let (zeros_start, zeros_len) = longest_run_of_zeros(&segments);
    out.write_char('[')?;
    for (index, segment) in segments.iter().enumerate() {
        let in_zeros = zeros_len > 1 && (zeros_start..zeros_start + zeros_len).contains(&index);
        if in_zeros {
            if index == zeros_start {
                out.write_str(if index == 0 { "::" } else { ":" })?;
            }
            continue;
        }
        write!(out, "{segment:x}")?;
        if index < 7 {
            out.write_char(':')?;
        }
    }
    out.write_char(']')
}

/// Reads an IPv6 address in brackets, canonical or not.
pub(crate) fn parse_ipv6(host: &str) -> Option<Ipv6Addr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

const fn check_label_len(len: usize) -> Result<(), HostProblem> {
    match len {
        0 => Err(HostProblem::EmptyLabel),
        1..=MAX_LABEL_LEN => Ok(()),
        _ => Err(HostProblem::LabelTooLong),
    }
}

fn check_ipv6(host: &str) -> Result<(), HostProblem> {
    let address = parse_ipv6(host).ok_or(HostProblem::Ip)?;
    // Both end with their only closing bracket, so that nothing is left unread.
    write_ipv6(address, &mut Unread(host)).map_err(|_| HostProblem::Ip)
}

/// Accepts exactly the text it holds, piece by piece; comparing with it needs no allocation.
struct Unread<'a>(&'a str);

impl Write for Unread<'_> {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(piece).ok_or(fmt::Error)?;
        Ok(())
    }
}

fn longest_run_of_zeros(segments: &[u16; 8]) -> (usize, usize) {
    let mut best = (0, 0);
    let mut run = (0, 0);
    for (index, segment) in segments.iter().enumerate() {
        if *segment == 0 {
            run = if run.1 == 0 { (index, 1) } else { (run.0, run.1 + 1) };
            if run.1 > best.1 {
                best = run;
            }
        } else {
            run = (0, 0);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::{HostProblem, check};

    #[test]
    fn canonical_hosts_pass() {
        for host in [
            "example.com",
            "localhost",
            "a_b.example.com",
            "xn--bcher-kva.example",
            "127.0.0.1",
            "[::1]",
            "[::]",
            "[2001:db8:aaaa:1111::100]",
            "[1:0:2::]",
            "[1:0:2:3:4:5:6:7]",
            "[2001:db8::1:0:0:1]",
            "[::ffff:7f00:1]",
        ] {
            assert_eq!(check(host), Ok(()), "{host}");
        }
    }

    #[test]
    fn other_forms_of_an_address_do_not() {
        for host in [
            "127.1",
            "0x7f.0.0.1",
            "127.0.0.01",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::FFFF:7f00:1]",
            "[1::2:0]extra",
            "[1::2:3:4:5:6:7]",
            "[::1]]",
            "[fe80::1%eth0]",
            "[::1",
        ] {
            assert_eq!(check(host), Err(HostProblem::Ip), "{host}");
        }
    }

    #[test]
    fn each_rule_for_names_has_its_problem() {
        let long_label = format!("{}.example", "a".repeat(64));
        let long_host = ["a"; 128].join(".");
        for (host, problem) in [
            ("", HostProblem::Empty),
            (".example.com", HostProblem::EmptyLabel),
            ("a..example.com", HostProblem::EmptyLabel),
            ("example.com.", HostProblem::EmptyLabel),
            ("EXAMPLE.com", HostProblem::Character),
            ("a,b.example.com", HostProblem::Character),
            ("a-label-of-more-than-thirty-two-bytes.EXAMPLE", HostProblem::Character),
            (&long_label, HostProblem::LabelTooLong),
            (&long_label.to_uppercase(), HostProblem::LabelTooLong),
            (&long_host, HostProblem::TooLong),
        ] {
            assert_eq!(check(host), Err(problem), "{host}");
        }
    }
}
