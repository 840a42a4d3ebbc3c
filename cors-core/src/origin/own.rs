use smallvec::SmallVec;

use crate::http::{HostAndPort, text};
use crate::origin::host;
use crate::origin::host::HostKind;
use crate::origin::index::{OriginIndex, RuleOrigins};
use crate::origin::origin;
use crate::origin::pattern;
use crate::origin::pattern::OriginPattern;

/// The origins at which a service itself is reached.
#[derive(Clone, Debug)]
pub(crate) struct OwnOrigins {
    origins: OriginIndex,
    /// The hosts of these origins, as patterns of origins that all have one scheme and no port.
    hosts: OriginIndex,
}

/// What the host that a request names is to the service.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum HostStanding {
    /// The host of one of the service's own origins.
    Listed,
    /// No such host, but one that nobody can let lead to the service: an IP address, `localhost`,
    /// or none at all.
    Passing,
    /// Any other host.
    Foreign,
}

/// What stands before a host to look it up.
const SCHEME: &str = "https://";

impl OwnOrigins {
    pub(crate) fn new(patterns: Vec<OriginPattern>) -> Self {
        let hosts = patterns.iter().filter_map(Self::host_pattern).collect();
        let index = |patterns| OriginIndex::new(vec![RuleOrigins::Patterns(patterns)]);
        Self { hosts: index(hosts), origins: index(patterns) }
    }

    /// The pattern of the hosts of a pattern, by which they are found.
    pub(crate) fn host_pattern(pattern: &OriginPattern) -> Option<OriginPattern> {
        let (_, authority) = text::split_once(pattern.as_str(), "://")?;
        let (host, _) = origin::split_port(authority);
        pattern::parse(&[SCHEME, host.strip_suffix('.').unwrap_or(host)].concat()).ok()
    }

    /// The patterns, as those of the one rule of an index.
    pub(crate) const fn index(&self) -> &OriginIndex {
        &self.origins
    }

    /// Returns whether the value of an `Origin` header is one of the service's own origins.
    pub(crate) fn matches(&self, origin: &[u8]) -> bool {
        self.origins.find(origin).is_some()
    }

    /// Compares the host of an authority, or of a `Host` header, with those of the origins. Letter
    /// case, the port and one trailing dot do not count.
    ///
    /// An IP address is one only as browsers write it. No DNS is asked for it, so no name of
    /// somebody else's can stand for it.
    pub(crate) fn host_standing(&self, authority: &[u8]) -> HostStanding {
        if authority.is_empty() {
            return HostStanding::Passing;
        }
        let Some(HostAndPort { host, .. }) = HostAndPort::of(authority) else {
            return HostStanding::Foreign;
        };
        let name = host.strip_suffix(b".").unwrap_or(host);
        let mut origin: SmallVec<[u8; 512]> = SmallVec::from_slice(SCHEME.as_bytes());
        origin.extend(name.iter().map(u8::to_ascii_lowercase));
        if self.hosts.find(&origin).is_some() {
            HostStanding::Listed
        } else if name.eq_ignore_ascii_case(b"localhost") || is_canonical_ip(host) {
            HostStanding::Passing
        } else {
            HostStanding::Foreign
        }
    }
}

fn is_canonical_ip(host: &[u8]) -> bool {
    let is_valid = |host: &&str| host::check(HostKind::Domain, host).is_ok();
    std::str::from_utf8(host).ok().filter(is_valid).is_some_and(host::is_ip)
}

#[cfg(test)]
mod tests {
    use super::{HostStanding, OwnOrigins};

    fn own(patterns: &[&str]) -> OwnOrigins {
        OwnOrigins::new(patterns.iter().map(|text| text.parse().unwrap()).collect())
    }

    fn expect(own: &OwnOrigins, standing: HostStanding, authorities: &[&str]) {
        for authority in authorities {
            assert_eq!(own.host_standing(authority.as_bytes()), standing, "{authority}");
        }
    }

    #[test]
    fn every_host_of_an_own_origin_is_listed() {
        let own = own(&[
            "https://bank.example",
            "http://a.b.example:*",
            "https://*.c.example:8443",
            "http://d.example.",
            "http://10.0.0.1",
        ]);
        let listed = [
            "bank.example",
            "BANK.Example:80",
            "bank.example.:443",
            "a.b.example",
            "x.y.c.example",
            "d.example",
            "d.example.",
            "10.0.0.1:8080",
        ];
        expect(&own, HostStanding::Listed, &listed);
        let foreign =
            ["b.example", "c.example", "x.a.b.example", "x.bank.example", "bank.example.."];
        expect(&own, HostStanding::Foreign, &foreign);
    }

    #[test]
    fn addresses_and_localhost_pass_everywhere() {
        let passing =
            ["", "127.0.0.1", "10.1.2.3:80", "[::1]", "[2001:db8::1]:8080", "localhost:1"];
        for own in
            [own(&["https://bank.example"]), own(&["https://*.example", "http://a.example:*"])]
        {
            expect(&own, HostStanding::Passing, &passing);
            expect(&own, HostStanding::Passing, &["LOCALHOST", "localhost."]);
        }
        expect(
            &own(&["http://localhost:*"]),
            HostStanding::Listed,
            &["localhost", "LocalHost.:80"],
        );
    }

    #[test]
    fn other_spellings_are_foreign() {
        let foreign = [
            "127.1",
            "127.0.0.1.",
            "0177.0.0.1",
            "0x7f.0.0.1",
            "2130706433",
            "[::0001]",
            "[::FFFF:7f00:1]",
            "[fe80::1%eth0]",
            "[::1",
            "::1",
            "localhost..",
            "a.localhost",
            "user@localhost",
            "user:80@bank.example",
            "user@bank.example",
            "bank.example:443:443",
            "bank.example:https",
            ":443",
            " ",
            "bank.example\0",
            "*.example",
        ];
        expect(&own(&["https://bank.example"]), HostStanding::Foreign, &foreign);
        let long = format!("{}.example", "a".repeat(300));
        expect(
            &own(&["https://*.example"]),
            HostStanding::Foreign,
            &[&long, "*.example", "a..example"],
        );
    }
}
