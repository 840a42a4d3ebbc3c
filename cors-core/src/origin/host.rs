//! The hosts that a browser can serialize into an origin.

use std::fmt::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::http::ByteSet;

/// The longest host. DNS has no longer name; a trailing dot does not count.
pub(crate) const MAX_LEN: usize = 253;

/// The longest label of a domain.
pub(crate) const MAX_LABEL_LEN: usize = 63;

/// What a `*.` covers: what the labels of public names are made of.
const PLAIN_BYTES: ByteSet = ByteSet::alphanumeric_and(b"-_").without_upper_case();

/// What an opaque host can hold: everything but the [forbidden host code points], and `*`, which
/// is the wildcard of patterns.
///
/// [forbidden host code points]: https://url.spec.whatwg.org/#forbidden-host-code-point
const OPAQUE_BYTES: ByteSet = ByteSet::visible_ascii().without(b"#/:<>?@[\\]^|").without(b"*");

/// What a label of a domain can hold: no [forbidden domain code points], and no upper case, which
/// URL parsers turn into lower case.
///
/// [forbidden domain code points]: https://url.spec.whatwg.org/#forbidden-domain-code-point
const DOMAIN_BYTES: ByteSet = OPAQUE_BYTES.without(b"%.").without_upper_case();

/// What the host of a URL is, which [depends on the scheme](https://url.spec.whatwg.org/#host-parsing).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum HostKind {
    /// A domain or an IP address, after a [special scheme](https://url.spec.whatwg.org/#special-scheme).
    Domain,
    /// An identifier of the scheme's own kind, whose case counts, or an IPv6 address.
    Opaque,
}

/// Whether a `*.` covers the labels of a host.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Labels {
    /// Each has 1 to 63 characters of `[a-z0-9_-]`.
    Plain,
    /// One is empty, long or made of other characters, or there is a trailing dot.
    Other,
}

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

/// Checks that the [host serializer] can write this host, and says what its labels are.
///
/// Punycode is not checked: Chromium has pages at hosts such as `xn--f`.
///
/// [host serializer]: https://url.spec.whatwg.org/#concept-host-serializer
pub(crate) fn check(kind: HostKind, host: &str) -> Result<Labels, HostProblem> {
    if host.is_empty() {
        return Err(HostProblem::Empty);
    }
    if host.starts_with('[') {
        return check_ipv6(host).map(|()| Labels::Other);
    }
    match kind {
        HostKind::Domain => check_domain(host),
        HostKind::Opaque => check_opaque(host),
    }
}

fn check_domain(host: &str) -> Result<Labels, HostProblem> {
    let name = host.strip_suffix('.').unwrap_or(host);
    if name.len() > MAX_LEN {
        return Err(HostProblem::TooLong);
    }
    let mut labels = if name.len() == host.len() { Labels::Plain } else { Labels::Other };
    let mut label_start = 0;
    for (at, byte) in name.bytes().enumerate() {
        if byte == b'.' {
            check_label_len(at - label_start)?;
            label_start = at + 1;
        } else if !PLAIN_BYTES.contains(byte) {
            if !DOMAIN_BYTES.contains(byte) {
                // Of a label with two problems, the length is the one that is reported.
                let rest = name.as_bytes().get(at..).unwrap_or_default();
                let label_end = rest.iter().position(|byte| *byte == b'.').unwrap_or(rest.len());
                check_label_len(at + label_end - label_start)?;
                return Err(HostProblem::Character);
            }
            labels = Labels::Other;
        }
    }
    check_label_len(name.len() - label_start)?;
    let last = name.as_bytes().get(label_start..).unwrap_or_default();
    // URL parsers drop the trailing dot of an address.
    if is_number(last) && host.parse::<Ipv4Addr>().is_err() {
        return Err(HostProblem::Ip);
    }
    Ok(labels)
}

/// Whether a host with this last label [ends in a number], and is an IPv4 address or nothing.
///
/// [ends in a number]: https://url.spec.whatwg.org/#ends-in-a-number-checker
fn is_number(label: &[u8]) -> bool {
    match label {
        [b'0', b'x', digits @ ..] => digits.iter().all(u8::is_ascii_hexdigit),
        // Most names begin with a letter, and are not searched.
        [b'0'..=b'9', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn check_opaque(host: &str) -> Result<Labels, HostProblem> {
    if host.len() > MAX_LEN {
        return Err(HostProblem::TooLong);
    }
    if !host.bytes().all(|byte| OPAQUE_BYTES.contains(byte)) {
        return Err(HostProblem::Character);
    }
    Ok(labels(host))
}

/// The labels of a host that passed [`check`].
pub(crate) fn labels(host: &str) -> Labels {
    let is_plain_label = |label: &[u8]| check_label_len(label.len()).is_ok() && is_plain(label);
    let mut labels = host.as_bytes().split(|byte| *byte == b'.');
    if labels.all(is_plain_label) { Labels::Plain } else { Labels::Other }
}

/// Whether a part of a label is made of what a `*.` covers.
pub(crate) fn is_plain(part: &[u8]) -> bool {
    part.iter().all(|byte| PLAIN_BYTES.contains(*byte))
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

/// The address that a host is, if it passed [`check`] as a [`HostKind::Domain`].
pub(crate) fn parse_ip(host: &str) -> Option<IpAddr> {
    match host.starts_with('[') {
        true => parse_ipv6(host).map(IpAddr::V6),
        false => host.parse().ok().map(IpAddr::V4),
    }
}

/// Whether a host that passed [`check`] names this very machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    name == "localhost"
        || name.ends_with(".localhost")
        || host == "[::1]"
        || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

/// Writes an IPv6 address as the [IPv6 serializer] does. `Ipv6Addr`'s own `Display` differs:
/// it writes some addresses with a dotted IPv4 tail.
///
/// [IPv6 serializer]: https://url.spec.whatwg.org/#concept-ipv6-serializer
pub(crate) fn write_ipv6(address: Ipv6Addr, out: &mut dyn Write) -> fmt::Result {
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
    use super::{HostKind, HostProblem, Labels, check, is_loopback, labels};

    #[test]
    fn a_canonical_domain_or_address_passes() {
        for (host, labels) in [
            ("example.com", Labels::Plain),
            ("localhost", Labels::Plain),
            ("-a-.a_b.example.com", Labels::Plain),
            ("xn--bcher-kva.example", Labels::Plain),
            ("xn--f", Labels::Plain),
            ("127.0.0.1", Labels::Plain),
            // Their last label begins with a digit, and is no number.
            ("3d-printer", Labels::Plain),
            ("3f2a9c1b7d4e", Labels::Plain),
            ("app.2nd", Labels::Plain),
            ("a.1e3", Labels::Plain),
            ("a.0b1", Labels::Plain),
            ("a.0xg", Labels::Plain),
            ("0x7f.a", Labels::Plain),
            ("example.com.", Labels::Other),
            ("app.2nd.", Labels::Other),
            ("a!b.example", Labels::Other),
            ("a!\"$&'()+,-;=_`{}~", Labels::Other),
            ("[::1]", Labels::Other),
            ("[::]", Labels::Other),
            ("[2001:db8:aaaa:1111::100]", Labels::Other),
            ("[1:0:2::]", Labels::Other),
            ("[1:0:2:3:4:5:6:7]", Labels::Other),
            ("[2001:db8::1:0:0:1]", Labels::Other),
            ("[::ffff:7f00:1]", Labels::Other),
        ] {
            assert_eq!(check(HostKind::Domain, host), Ok(labels), "{host}");
        }
    }

    #[test]
    fn other_forms_of_an_address_do_not_pass() {
        for host in [
            "127.1",
            "0x7f.0.0.1",
            "127.0.0.01",
            "127.0.0.1.",
            "1.2.3.4.5",
            "example.123",
            "example.123.",
            "example.09",
            "example.0x",
            "example.0x7f",
            "example.0x7f.",
            "0xffffffffff",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::FFFF:7f00:1]",
            "[1::2:0]extra",
            "[1::2:3:4:5:6:7]",
            "[::1]]",
            "[fe80::1%eth0]",
            "[::1",
            "[::1].",
        ] {
            assert_eq!(check(HostKind::Domain, host), Err(HostProblem::Ip), "{host}");
        }
    }

    #[test]
    fn each_rule_for_domains_has_its_problem() {
        let long_label = format!("{}.example", "a".repeat(64));
        let long_host = ["a"; 128].join(".");
        for (host, problem) in [
            ("", HostProblem::Empty),
            (".", HostProblem::EmptyLabel),
            ("..", HostProblem::EmptyLabel),
            (".example.com", HostProblem::EmptyLabel),
            ("a..example.com", HostProblem::EmptyLabel),
            ("example.com..", HostProblem::EmptyLabel),
            ("EXAMPLE.com", HostProblem::Character),
            ("a*b.example.com", HostProblem::Character),
            ("a%2ab.example.com", HostProblem::Character),
            ("a\x7f.example.com", HostProblem::Character),
            ("é.example.com", HostProblem::Character),
            ("a-label-of-more-than-thirty-two-bytes.EXAMPLE", HostProblem::Character),
            (&long_label, HostProblem::LabelTooLong),
            (&long_label.to_uppercase(), HostProblem::LabelTooLong),
            (&long_host, HostProblem::TooLong),
            (&format!("{long_host}."), HostProblem::TooLong),
        ] {
            assert_eq!(check(HostKind::Domain, host), Err(problem), "{host}");
        }
    }

    #[test]
    fn every_forbidden_code_point_is_refused() {
        for byte in "\0\t\n\r #/:<>?@[\\]^|".chars() {
            for kind in [HostKind::Domain, HostKind::Opaque] {
                let host = format!("a{byte}b");
                assert_eq!(check(kind, &host), Err(HostProblem::Character), "{host:?}");
            }
        }
    }

    #[test]
    fn opaque_hosts_keep_their_case() {
        for (host, labels) in [
            ("example.com", Labels::Plain),
            ("8513c13e-1050-4fe6-a548-34448bfa51af", Labels::Plain),
            ("1.2.3", Labels::Plain),
            ("0x7f", Labels::Plain),
            ("E40BB581-1C2A-4E63-9A0D-0A1B2C3D4E5F", Labels::Other),
            (".", Labels::Other),
            ("a..b", Labels::Other),
            ("example.com.", Labels::Other),
            ("caf%C3%A9", Labels::Other),
            ("a%", Labels::Other),
            (&"a".repeat(64), Labels::Other),
            (&"a".repeat(253), Labels::Other),
            ("[::1]", Labels::Other),
        ] {
            assert_eq!(check(HostKind::Opaque, host), Ok(labels), "{host}");
        }
        for (host, problem) in [
            ("", HostProblem::Empty),
            ("é", HostProblem::Character),
            ("a*", HostProblem::Character),
            ("[::FFFF:7f00:1]", HostProblem::Ip),
            (&"a".repeat(254), HostProblem::TooLong),
        ] {
            assert_eq!(check(HostKind::Opaque, host), Err(problem), "{host}");
        }
    }

    #[test]
    fn labels_are_the_same_however_they_are_found() {
        for host in ["a.b", "a.b.", "a!.b", "3d-printer", "[::1]", "127.0.0.1", "xn--f"] {
            assert_eq!(check(HostKind::Domain, host), Ok(labels(host)), "{host}");
        }
    }

    #[test]
    fn names_of_this_machine_are_loopback_with_a_trailing_dot_too() {
        for host in ["localhost", "localhost.", "a.localhost", "a.localhost.", "127.8.9.1", "[::1]"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["alocalhost", "localhost.example", "localhost..", "128.0.0.1", "[::2]"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
